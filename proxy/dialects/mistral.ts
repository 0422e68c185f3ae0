import {ProxyError} from "../errors.ts";
import {bodyOf} from "../rewrite/body.ts";
import type {Completion} from "./completion.ts";
import {type Dialect, DONE, limitAsked, membersOf} from "./dialect.ts";

/** Those of Mistral's parameters that completions have too; `random_seed` is their `seed`. */
const SHARED = [
  "model",
  "stop",
  "stream",
  "temperature",
  "top_p",
  "frequency_penalty",
  "presence_penalty",
];

const PROMPT_UNFIT = 'Send "prompt" as a text, and "suffix" as one or not at all.';

/**
 * Mistral's FIM (https://docs.mistral.ai/api/endpoint/fim), which Continue asks by as well. Answers have a
 * chat's shape.
 */
export const mistral: Dialect = {
  path: "/v1/fim/completions",
  hosted: {by: "mistral", api: "fim/completions"},
  read(body) {
    const prompt = body.get("prompt");
    const suffix = body.get("suffix") ?? "";
    if (typeof prompt !== "string" || typeof suffix !== "string")
      throw new ProxyError("PARAMETER_UNFIT", {message: PROMPT_UNFIT});
    const seed = body.get("random_seed");
    const completion = bodyOf({
      max_tokens: limitAsked(body.get("max_tokens")),
      ...membersOf(body, SHARED),
      ...(typeof seed === "number" && {seed}),
      prompt,
      suffix,
    });
    return {body: completion};
  },
  answer: (completion) => ({
    ...shell("chat.completion", completion),
    usage: completion.usage ?? UNCOUNTED,
    choices: choicesOf(completion, (content) => ({
      message: {role: "assistant", content, tool_calls: null},
    })),
  }),
  event: (completion) =>
    completion.choices.length > 0 || completion.usage
      ? {
          ...shell("chat.completion.chunk", completion),
          choices: choicesOf(completion, (content) => ({delta: {role: "assistant", content}})),
        }
      : undefined,
  last: () => DONE,
  error: ({message, type, code}) => ({object: "error", message, type, param: null, code}),
  empty: undefined,
};

const UNCOUNTED = {prompt_tokens: 0, completion_tokens: 0, total_tokens: 0};

/** Mistral's SDK throws an answer away that lacks one of these, which a host may leave out. */
const shell = (object: string, {id = "", created = 0, model = "", usage}: Completion) => ({
  id,
  object,
  created,
  model,
  usage: usage ?? undefined,
});

const choicesOf = ({choices}: Completion, saying: (content: string) => object) =>
  choices.map(({index, text, finish_reason}) => ({
    index,
    ...saying(text ?? ""),
    finish_reason: finish_reason ?? null,
  }));
