import {z} from "zod";
import type {Order, Refusal} from "./azure-openai.ts";
import {jsonIn} from "./json.ts";
import type {ResponseShape} from "./response-shape.ts";
import type {Head} from "./responses.ts";

/** What Mistral's FIM takes, refuses and says: npm @mistralai/mistralai 2.7, models/components. */

/** fimcompletionrequest.ts. */
const schema = z.strictObject({
  model: z.string(),
  prompt: z.string(),
  suffix: z.string().nullish(),
  max_tokens: z.int().min(0).nullish(),
  min_tokens: z.int().min(0).nullish(),
  temperature: z.number().min(0).max(1.5).nullish(),
  top_p: z.number().min(0).max(1).nullish(),
  stop: z.union([z.string(), z.array(z.string())]).nullish(),
  random_seed: z.int().min(0).nullish(),
  stream: z.boolean().optional(),
  metadata: z.record(z.string(), z.unknown()).nullish(),
  prompt_cache_key: z.string().nullish(),
});

/** Where a request names none, the model may go on for as long as it likes. */
const MOST_TOKENS = 4096;

/** Reads a body. All that is wrong is told. */
export function parseFim(body: string): Order | Refusal {
  const given = jsonIn(body);
  const {data, error} = schema.safeParse(given);
  if (error) return refusalOf(error, given);
  const {model, prompt, suffix, max_tokens, stop, stream} = data;
  return {
    ...{model, prompt, suffix: suffix ?? "", maxTokens: max_tokens ?? MOST_TOKENS},
    ...{stop: [stop ?? []].flat().filter(Boolean), choices: 1, stream: stream ?? false},
    ...{usage: true, forbidden: [], parameters: data},
  };
}

/**
 * httpvalidationerror.ts, within the form that users are answered in: editor-code-assistant/eca#231,
 * Gage-Technologies/mistral-go#2. `extra_forbidden` is theirs, the other types are pydantic's own.
 */
function refusalOf({issues}: z.ZodError, given: unknown): Refusal {
  const detail = issues.flatMap((issue) =>
    issue.code === "unrecognized_keys"
      ? issue.keys.map((name) =>
          fault("extra_forbidden", [...issue.path, name], "Extra inputs are not permitted", given),
        )
      : [fault("value_error", issue.path, issue.message, given)],
  );
  const message = {detail};
  const type = "invalid_request_error";
  return {status: 422, body: {object: "error", message, type, param: null, code: null}};
}

function fault(type: string, path: readonly PropertyKey[], msg: string, given: unknown) {
  const input = path.reduce<unknown>((value, name) => Reflect.get(Object(value), name), given);
  const isMissing = type === "value_error" && input === undefined;
  return {
    type: isMissing ? "missing" : type,
    loc: ["body", ...path],
    msg: isMissing ? "Field required" : msg,
    ...(!isMissing && {input}),
  };
}

/** fimcompletionresponse.ts and completionchunk.ts: a chat's, with the usage in the last event. */
export function fimShape(
  base: ResponseShape,
  {id, model, created, promptTokens}: Head,
): ResponseShape {
  let said = 0;
  const head = {id, object: "chat.completion.chunk", created, model};
  const usageOf = (tokens: number) => ({
    prompt_tokens: promptTokens,
    completion_tokens: tokens,
    total_tokens: promptTokens + tokens,
  });
  return {
    ...base,
    event(index, content, finish) {
      if (!finish) said++;
      const delta = {content, ...(said <= 1 && {role: "assistant"})};
      const choices = [{index, delta, finish_reason: finish ?? null}];
      const event = {...head, choices, ...(finish && {usage: usageOf(said)})};
      return `data: ${JSON.stringify(event)}\n\n`;
    },
    usage: () => "",
    body: (completions) => ({
      ...{...head, object: "chat.completion"},
      usage: usageOf(completions[0]!.tokens.length),
      choices: completions.map(({tokens, finish}, index) => ({
        index,
        message: {role: "assistant", content: tokens.join(""), tool_calls: null, prefix: false},
        finish_reason: finish,
      })),
    }),
  };
}
