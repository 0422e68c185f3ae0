import {z} from "zod";
import type {Order, Refusal} from "./azure-openai.ts";
import {jsonIn} from "./json.ts";
import type {ResponseShape} from "./response-shape.ts";
import type {Head} from "./responses.ts";

/** What llama-server's /infill takes, refuses and says: tools/server/server-context.cpp, post_infill, and a server that was asked. */

const refused = (message: string): Refusal => ({
  status: 400,
  body: {error: {code: 400, message, type: "invalid_request_error"}},
});

const refusals = {
  /** The server means to say so, but does not stop there: it completes an empty prompt (version 11434). */
  prompt: '"prompt" must be a string',
  input_prefix: "[json.exception.out_of_range.403] key 'input_prefix' not found",
  input_suffix: "[json.exception.out_of_range.403] key 'input_suffix' not found",
  input_extra: '"input_extra" must be an array of {"filename": string, "text": string}',
  filename: 'extra_context chunk\'s "filename" field must be a string',
  text: 'extra_context chunk must contain a "text" field with a string value',
} as const;

/** It lets what it does not know be. */
const schema = z.looseObject({
  prompt: z.string().default(""),
  input_prefix: z.string(),
  input_suffix: z.string(),
  input_extra: z.array(z.object({filename: z.string().optional(), text: z.string()})).default([]),
  model: z.string().default(""),
  n_predict: z.int().default(-1),
  stop: z.array(z.string()).default([]),
  stream: z.boolean().default(false),
  temperature: z.number().optional(),
  top_p: z.number().optional(),
});

/** A negative number stands for no limit. */
const MOST_TOKENS = 4096;

/** Reads a body. The model reads the files before the text. */
export function parseInfill(body: string): Order | Refusal {
  const {data, error} = schema.safeParse(jsonIn(body));
  if (error) return faultOf(error);
  const {input_prefix, input_suffix: suffix, prompt, input_extra, n_predict, ...given} = data;
  const files = input_extra.map(({text}) => `${text}\n`).join("");
  return {
    ...{model: given.model, prompt: files + input_prefix + prompt, suffix},
    ...{maxTokens: n_predict < 0 ? MOST_TOKENS : n_predict, stop: given.stop.filter(Boolean)},
    ...{choices: 1, stream: given.stream, usage: false, forbidden: [], parameters: data},
  };
}

function faultOf({issues}: z.ZodError): Refusal {
  const {path, message} = issues[0]!;
  const name = path.findLast((part) => typeof part === "string" && Object.hasOwn(refusals, part));
  return refused(name ? refusals[name as keyof typeof refusals] : `Field '${path}': ${message}`);
}

/** tools/server/server-task.cpp, to_json_non_oaicompat: the last event has no text, and there is no `[DONE]`. */
export function infillShape(base: ResponseShape, {model, promptTokens}: Head): ResponseShape {
  let said = 0;
  const last = (content: string, finish: string, tokens: number) => ({
    ...{index: 0, content, tokens: [], id_slot: 0, stop: true, model},
    ...{tokens_predicted: tokens, tokens_evaluated: promptTokens, truncated: false},
    ...{stop_type: finish === "length" ? "limit" : "eos", stopping_word: ""},
  });
  const piece = (content: string) => ({
    ...{index: 0, content, tokens: [said], stop: false, id_slot: -1},
    ...{tokens_predicted: said, tokens_evaluated: promptTokens},
  });
  return {
    ...base,
    event(_, text, finish) {
      if (!finish) said++;
      return `data: ${JSON.stringify(finish ? last("", finish, said) : piece(text))}\n\n`;
    },
    body: ([completion]) => {
      const {tokens, finish} = completion!;
      return last(tokens.join(""), finish, tokens.length);
    },
  };
}
