import {z} from "zod";
import {jsonIn} from "../../json.ts";
import {bodyOf} from "../../rewrite/body.ts";
import type {Said} from "../answer.ts";
import {boundsOf, checkEcho, DEFAULT_MAX_TOKENS, limitOf} from "../bounds.ts";
import {membersOf} from "../dialect.ts";
import {createStops} from "../text/stops.ts";
import type {HostDialect} from "./host-dialect.ts";

/** Those of a completion's parameters that llama-server has too. */
const SHARED = [
  "stream",
  "temperature",
  "top_p",
  "frequency_penalty",
  "presence_penalty",
  "logit_bias",
  "seed",
];

/**
 * Of llama-server, which puts the gap and the files into the signs of its model by itself (tools/server/README.md,
 * POST /infill). What has no suffix is written already, and goes as it came.
 */
export const infill: HostDialect = {
  ask(body, {files}) {
    const suffix = body.get("suffix");
    if (typeof suffix !== "string") return {api: "completions", body};
    checkEcho(body);
    const {prompt, stop} = boundsOf(body);
    return {
      api: "infill",
      body: bodyOf({
        ...membersOf(body, SHARED),
        ...(stop.length > 0 && {stop}),
        n_predict: limitOf(body.get("max_tokens")) ?? DEFAULT_MAX_TOKENS,
        input_prefix: prompt,
        input_suffix: suffix,
        input_extra: files.map(({path, text}) => ({filename: path, text})),
      }),
      newFilter: () => createStops(stop),
      choices: 1,
    };
  },
  newReader: () => said,
  whole: said,
  refusal: (text) => refusalSchema.safeParse(jsonIn(text)).data?.error.message,
};

const count = z.int().min(0).optional();
const answerSchema = z.object({
  content: z.string(),
  stop: z.boolean(),
  stop_type: z.string().optional(),
  model: z.string().optional(),
  tokens_evaluated: count,
  tokens_predicted: count,
});
const errorSchema = z.object({error: z.unknown().refine((error) => error != null)});

/** tools/server/server-common.cpp, format_error_response: OpenAI's form, but for a number as its code and no parameter. */
const refusalSchema = z.object({error: z.object({message: z.string()})});

/** tools/server/server-task.cpp, to_json_non_oaicompat: the last event, and an answer in one piece, tell why it stopped. */
function said(event: unknown): Said {
  const error = errorSchema.safeParse(event);
  if (error.success) return {error: error.data.error};
  const {content, stop, stop_type, model, ...tokens} = answerSchema.parse(event);
  const finish_reason = stop ? (stop_type === "limit" ? "length" : "stop") : null;
  const usage = stop ? usageOf(tokens) : undefined;
  return {
    answer: {model, choices: [{index: 0, text: content, finish_reason}], usage},
    isLast: stop,
  };
}

function usageOf({tokens_evaluated = 0, tokens_predicted = 0}) {
  return {
    prompt_tokens: tokens_evaluated,
    completion_tokens: tokens_predicted,
    total_tokens: tokens_evaluated + tokens_predicted,
  };
}
