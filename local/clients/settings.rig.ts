/**
 * For tests: what clients that do not run here send, as their sources have it, to an address that their settings
 * name.
 */
export interface Asker {
  /** What the client adds to the address. */
  readonly path: string;
  /** How it says its key, beside `authorization`. */
  readonly header?: string;
  readonly body: Readonly<Record<string, unknown>>;
  /** What it reads of the answer, or of each of its events. */
  readonly textOf: (said: Said) => unknown;
}

interface Said {
  readonly content?: string;
  readonly choices?: readonly {
    readonly text?: string;
    readonly delta?: {readonly content?: string};
    readonly message?: {readonly content?: string};
  }[];
}

const BEFORE = "function add(a, b) {\n  return";
const AFTER = "\n}";

/** llama.vscode, src/llama-server.ts; llama.vim, autoload/llama.vim. */
const infill: Omit<Asker, "path"> = {
  body: {
    input_prefix: "function add(a, b) {\n",
    input_suffix: AFTER,
    input_extra: [],
    prompt: "  return",
    n_predict: 128,
    top_k: 40,
    top_p: 0.99,
    stream: false,
    samplers: ["top_k", "top_p", "infill"],
    cache_prompt: true,
    n_indent: 2,
    t_max_prompt_ms: 500,
    t_max_predict_ms: 1000,
  },
  textOf: ({content}) => content,
};

const chat: Omit<Asker, "path"> = {
  body: {model: "copilot-nano", messages: [{role: "user", content: BEFORE}], stream: true},
  textOf: ({choices}) => choices?.[0]?.delta?.content,
};

/** By the title of their section; each for the addresses that it names, in that order. */
export const askers: Readonly<Record<string, readonly Asker[]>> = {
  "VS Code": [{...chat, path: "/chat/completions"}],
  JetBrains: [{...chat, path: "/chat/completions"}],
  /** crates/edit_prediction/src/open_ai_compatible.rs. */
  Zed: [
    {
      path: "",
      body: {
        model: "copilot-codex",
        prompt: `<|fim_prefix|>${BEFORE}<|fim_suffix|>${AFTER}<|fim_middle|>`,
        max_tokens: 64,
        stop: ["<|endoftext|>", "<|file_sep|>", "<|fim_pad|>", "<|repo_name|>"],
      },
      textOf: ({choices}) => choices?.[0]?.text,
    },
  ],
  /** packages/openai-adapters/src/apis/Mistral.ts; its chats go to the same base. */
  Continue: [
    {
      path: "fim/completions",
      header: "x-api-key",
      body: {
        ...{model: "copilot-codex", prompt: BEFORE, suffix: AFTER, max_tokens: 256},
        ...{temperature: 0.01, top_p: 1, frequency_penalty: 0, presence_penalty: 0},
        ...{stop: ["\n\n"], stream: true},
      },
      textOf: ({choices}) => choices?.[0]?.delta?.content,
    },
  ],
  "llama.vscode": [{...infill, path: "/infill"}],
  "llama.vim": [{...infill, path: ""}],
  /** lua/minuet/backends/common.lua. */
  "minuet-ai": [
    {
      path: "",
      body: {
        ...{model: "copilot-codex", prompt: BEFORE, suffix: AFTER},
        ...{max_tokens: 128, stream: true},
      },
      textOf: ({choices}) => choices?.[0]?.text,
    },
  ],
};

/** Asks as the client would; resolves to the text that it would show. */
export async function askBy(asker: Asker, address: string, key: string): Promise<string> {
  const answer = await fetch(address + asker.path, {
    method: "POST",
    headers: {
      authorization: `Bearer ${key}`,
      "content-type": "application/json",
      ...(asker.header && {[asker.header]: key}),
    },
    body: JSON.stringify(asker.body),
  });
  const text = await answer.text();
  if (!answer.ok) throw new Error(`${address}${asker.path} answers ${answer.status}: ${text}`);
  const events = text.startsWith("data: ") ? eventsIn(text) : [text];
  return events.map((said) => asker.textOf(JSON.parse(said) as Said) ?? "").join("");
}

const eventsIn = (text: string) =>
  text
    .split("\n\n")
    .map((event) => event.replace(/^data: /, ""))
    .filter((data) => data !== "" && data !== "[DONE]");
