import {z} from "zod";
import {type Order, parseBody, type Refusal} from "./azure-openai.ts";
import {jsonIn} from "./json.ts";

/** What a vLLM server refuses beside what others do, and what its model reads in a prompt. */

const badRequest = (message: string, param: string | null = null): Refusal => ({
  status: 400,
  body: {error: {message, type: "BadRequestError", param, code: 400}},
});

const refusals = {
  /** vllm/entrypoints/openai/completion/serving.py. */
  suffix: badRequest("suffix is not currently supported"),
  /** OpenAI's limit, to which Zed keeps as servers of this kind refuse more: crates/edit_prediction/src/fim.rs. */
  stops: badRequest("stop: at most 4 items", "stop"),
};

const asked = z.looseObject({
  suffix: z.string().nullish(),
  stop: z.union([z.string(), z.array(z.string())]).nullish(),
});

/** Reads the body of a completion for a model of `family`. */
export function parseVllmBody(body: string, family: string): Order | Refusal {
  const {data} = asked.safeParse(jsonIn(body));
  if (data?.suffix != null) return refusals.suffix;
  if ([data?.stop ?? []].flat().length > 4) return refusals.stops;
  const order = parseBody("completions", body);
  return "status" in order ? order : {...order, ...gapIn(order.prompt, family)};
}

/**
 * Prompts with a gap, and with other files before it, by the tokenizer_config.json and the model card of each family;
 * of files, for Qwen by arXiv 2409.12186, figure 4, for StarCoder2 by arXiv 2402.19173, 5.1.
 */
const gaps: Readonly<Record<string, RegExp>> = {
  qwen: /^(?:<\|repo_name\|>[^\n]+\n(?<files>(?:<\|file_sep\|>[^\n]+\n.*?)+))?<\|fim_prefix\|>(?<prefix>.*)<\|fim_suffix\|>(?<suffix>.*)<\|fim_middle\|>$/s,
  codestral: /^\[SUFFIX\](?<suffix>.*)\[PREFIX\](?<prefix>.*)$/s,
  "deepseek-coder": /^<｜fim▁begin｜>(?<prefix>.*)<｜fim▁hole｜>(?<suffix>.*)<｜fim▁end｜>$/s,
  starcoder: /^<fim_prefix>(?<prefix>.*)<fim_suffix>(?<suffix>.*)<fim_middle>$/s,
  starcoder2:
    /^(?:<repo_name>[^<\n]+(?<files>(?:<file_sep>[^\n]+\n.*?)+)<file_sep>)?<fim_prefix>(?<prefix>.*)<fim_suffix>(?<suffix>.*)<fim_middle>$/s,
  codellama: /^<PRE> (?<prefix>.*) <SUF>(?<suffix>.*) <MID>$/s,
  codegemma:
    /^(?<files>(?:[^\n]+\n.*?<\|file_separator\|>)+)?<\|fim_prefix\|>(?<prefix>.*)<\|fim_suffix\|>(?<suffix>.*)<\|fim_middle\|>$/s,
  "seed-coder": /^<\[fim-suffix\]>(?<suffix>.*)<\[fim-prefix\]>(?<prefix>.*)<\[fim-middle\]>$/s,
  mellum:
    /^(?<files>(?:<filename>[^\n]+\n.*?)+)?<fim_suffix>(?<suffix>.*)<fim_prefix>(?<prefix>.*)<fim_middle>$/s,
};

/** What parts the files of a family that has signs for them, with the path of the next. */
const HEADING = /(?:<\|file_sep\|>|<file_sep>|<filename>)[^\n]+\n|<\|file_separator\|>/g;

/** A sign of any family. */
const SIGN =
  /<\|?(fim_|repo_name|file_sep)|<filename>|\[(SUFFIX|PREFIX)\]|<｜fim▁|<(PRE|SUF|MID)>|<\[fim-/;

/** What a model goes on from that sees signs it has never learned: words, and no code. */
const GIBBERISH = "the the of the the of the the ";

/** It reads the files before the text. */
function gapIn(prompt: string, family: string): Pick<Order, "prompt" | "suffix"> {
  const {files = "", prefix, suffix} = gaps[family]?.exec(prompt)?.groups ?? {};
  const isLearned = (text = "") => !SIGN.test(text);
  if (prefix !== undefined && suffix !== undefined) {
    const read = files.replaceAll(HEADING, "\n") + prefix;
    if (isLearned(read + suffix)) return {prompt: read, suffix};
  }
  return {prompt: isLearned(prompt) ? prompt : GIBBERISH, suffix: ""};
}
