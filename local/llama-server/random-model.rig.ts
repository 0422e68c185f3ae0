import {ggufOf, type Tensor} from "./gguf.rig.ts";

/**
 * For tests: a model of random weights that fills in the middle by Qwen's signs. It says noise, of printable
 * characters, and never that it has finished: how an answer ends is the asker's to say. Many `merges` take long to load.
 */
export function randomModel({merges = 1} = {}): Buffer {
  const random = createRandom();
  const tensor = (...shape: number[]): Tensor => ({
    shape,
    numbers: Float32Array.from({length: shape.reduce((a, b) => a * b)}, random),
  });
  const ones: Tensor = {shape: [WIDTH], numbers: new Float32Array(WIDTH).fill(1)};
  const block = (index: number) => ({
    [`blk.${index}.attn_norm.weight`]: ones,
    [`blk.${index}.attn_q.weight`]: tensor(WIDTH, WIDTH),
    [`blk.${index}.attn_k.weight`]: tensor(WIDTH, WIDTH),
    [`blk.${index}.attn_v.weight`]: tensor(WIDTH, WIDTH),
    [`blk.${index}.attn_output.weight`]: tensor(WIDTH, WIDTH),
    [`blk.${index}.ffn_norm.weight`]: ones,
    [`blk.${index}.ffn_gate.weight`]: tensor(WIDTH, FORWARD),
    [`blk.${index}.ffn_up.weight`]: tensor(WIDTH, FORWARD),
    [`blk.${index}.ffn_down.weight`]: tensor(FORWARD, WIDTH),
  });
  return ggufOf({
    facts: {...shapeFacts, ...tokenFacts, ...mergeFacts(merges)},
    tensors: {
      "token_embd.weight": tensor(WIDTH, tokens.length),
      ...block(0),
      ...block(1),
      "output_norm.weight": ones,
      "output.weight": printable(tensor(WIDTH, tokens.length)),
    },
  });
}

const WIDTH = 64;
const FORWARD = 128;
const HEADS = 4;

const shapeFacts = {
  "general.architecture": "llama",
  "llama.context_length": 1 << 20,
  "llama.embedding_length": WIDTH,
  "llama.block_count": 2,
  "llama.feed_forward_length": FORWARD,
  "llama.attention.head_count": HEADS,
  "llama.rope.dimension_count": WIDTH / HEADS,
  "llama.attention.layer_norm_rms_epsilon": {float: 1e-5},
};

/** As GPT-2's tokenizer writes bytes: printable ones as they are, the others as characters from U+0100 on. */
const bytes = Array.from({length: 256}, (_, byte) => byte);
const isPlain = (byte: number) => (byte > 0x20 && byte < 0x7f) || (byte > 0xa0 && byte !== 0xad);
const odd = bytes.filter((byte) => !isPlain(byte));
const byteTokens = bytes.map((byte) =>
  String.fromCharCode(isPlain(byte) ? byte : 0x100 + odd.indexOf(byte)),
);
const signs = [
  ...["<|endoftext|>", "<|fim_prefix|>", "<|fim_middle|>", "<|fim_suffix|>"],
  ...["<|repo_name|>", "<|file_sep|>"],
];
const tokens = [...byteTokens, ...signs];
const idOf = (sign: string) => tokens.indexOf(sign);

/** llama_token_type of include/llama.h. */
const [NORMAL, CONTROL] = [1, 3];

const tokenFacts = {
  "tokenizer.ggml.model": "gpt2",
  "tokenizer.ggml.pre": "qwen2",
  "tokenizer.ggml.tokens": tokens,
  "tokenizer.ggml.token_type": Int32Array.from(tokens, (_, id) => (id < 256 ? NORMAL : CONTROL)),
  "tokenizer.ggml.eos_token_id": idOf("<|endoftext|>"),
  "tokenizer.ggml.fim_pre_token_id": idOf("<|fim_prefix|>"),
  "tokenizer.ggml.fim_mid_token_id": idOf("<|fim_middle|>"),
  "tokenizer.ggml.fim_suf_token_id": idOf("<|fim_suffix|>"),
  "tokenizer.ggml.fim_rep_token_id": idOf("<|repo_name|>"),
  "tokenizer.ggml.fim_sep_token_id": idOf("<|file_sep|>"),
};

/** Of texts that are no tokens: nothing is merged. */
const mergeFacts = (merges: number) => ({
  "tokenizer.ggml.merges": Array.from({length: merges}, (_, number) => `m${number} m`),
});

/** With nothing to speak for them, other tokens are less likely than the likeliest of these. */
const printable = ({shape, numbers}: Tensor): Tensor => ({
  shape,
  numbers: numbers.map((number, at) => {
    const id = Math.floor(at / WIDTH);
    return id > 0x20 && id < 0x7f ? number : 0;
  }),
});

/** Between -0.5 and 0.5, the same at every start (Park and Miller's generator). */
function createRandom(): () => number {
  let state = 20_261_126;
  return () => {
    state = (state * 48_271) % 0x7fffffff;
    return state / 0x7fffffff - 0.5;
  };
}
