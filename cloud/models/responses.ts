import {z} from "zod";
import type {Order, Refusal} from "./azure-openai.ts";
import type {Completion} from "./completer.ts";
import {jsonIn} from "./json.ts";
import type {ResponseShape} from "./response-shape.ts";

/** What Responses takes, refuses and says: npm openai 6.49, resources/responses/responses.d.ts. */

const refused = (code: string, param: string | null, message: string): Refusal => ({
  status: 400,
  body: {error: {message, type: "invalid_request_error", param, code}},
});

const ignored = z.unknown().optional();
const part = z
  .object({type: z.literal("input_text"), text: z.string()})
  .transform(({text}) => text);
const message = z.strictObject({
  type: z.literal("message").optional(),
  role: z.enum(["user", "assistant", "system", "developer"]),
  content: z.union([z.string(), z.array(part).transform((texts) => texts.join(""))]),
});

/** ResponseCreateParamsBase, of which the completer needs a few. */
const schema = z.strictObject({
  input: z.union([z.string(), z.array(message).min(1)]),
  instructions: z.string().nullish(),
  max_output_tokens: z.int().nullish(),
  model: z.string(),
  reasoning: z
    .strictObject({
      effort: z.enum(["none", "minimal", "low", "medium", "high", "xhigh", "max"]).nullish(),
      ...{context: ignored, generate_summary: ignored, mode: ignored, summary: ignored},
    })
    .nullish(),
  store: z.boolean().nullish(),
  stream: z.boolean().nullish(),
  stream_options: z.strictObject({include_obfuscation: z.boolean().optional()}).nullish(),
  temperature: z.number().min(0).max(2).nullish(),
  top_p: z.number().min(0).max(1).nullish(),
  background: ignored,
  context_management: ignored,
  conversation: ignored,
  include: ignored,
  metadata: ignored,
  moderation: ignored,
  parallel_tool_calls: ignored,
  previous_response_id: ignored,
  prompt: ignored,
  prompt_cache_key: ignored,
  prompt_cache_options: ignored,
  prompt_cache_retention: ignored,
  safety_identifier: ignored,
  service_tier: ignored,
  text: ignored,
  tool_choice: ignored,
  tools: ignored,
  top_logprobs: ignored,
  truncation: ignored,
  user: ignored,
});

/** Azure's gpt-5: https://github.com/vectorize-io/hindsight/issues/58. */
const LEAST_TOKENS = 16;
/** Where a request names none, the model may go on for as long as it likes. */
const MOST_TOKENS = 4096;
const GAP = "<gap/>";

/** Reads a body. The first thing that is wrong is told alone. */
export function parseResponses(body: string): Order | Refusal {
  const {data, error} = schema.safeParse(jsonIn(body));
  if (error) return faultOf(error);
  const {input, max_output_tokens: most, model, stream, reasoning} = data;
  if (most != null && most < LEAST_TOKENS)
    return refused(
      "integer_below_min_value",
      "max_output_tokens",
      `Invalid 'max_output_tokens': integer below minimum value. Expected a value >= ${LEAST_TOKENS}, but got ${most} instead.`,
    );
  const last = typeof input === "string" ? input : (input.at(-1)?.content ?? "");
  const [prompt = "", suffix = ""] = last.split(GAP);
  return {
    ...{model, prompt, suffix, maxTokens: most ?? MOST_TOKENS},
    ...{stop: [], choices: 1, stream: stream ?? false, usage: false, forbidden: []},
    parameters: {...data, ...(reasoning?.effort && {reasoning_effort: reasoning.effort})},
  };
}

/** Azure's words to `stop` for gpt-6-astra on 2026-09-21, and to others, by those who probed it: "Unknown parameter: 'seed'." */
function faultOf({issues}: z.ZodError): Refusal {
  const [issue] = issues;
  const path = issue!.path.join(".");
  if (issue?.code !== "unrecognized_keys")
    return refused("invalid_type", path || null, `Invalid type for '${path}': ${issue!.message}.`);
  const name = [path, issue.keys[0]].filter(Boolean).join(".");
  return refused("unknown_parameter", name, `Unknown parameter: '${name}'.`);
}

/**
 * The efforts that models take which speak Responses alone, the first that covers a name: router-for-me/CLIProxyAPI#249,
 * openai/codex#6647, anomalyco/opencode#26268, anomalyco/models.dev#2296.
 */
const EFFORTS: readonly (readonly [models: RegExp, efforts: readonly string[]])[] = [
  [/codex-mini/, ["medium", "high"]],
  [/-codex/, ["low", "medium", "high", "xhigh"]],
  [/^gpt-5-pro$/, ["high"]],
  [/-pro/, ["medium", "high", "xhigh"]],
];

/** What a model refuses of what Responses has: MicrosoftDocs/azure-ai-docs, how-to/reasoning.md; the words of openai/codex#6647. */
export function responsesRefusal(
  model: string,
  {reasoning_effort: effort, ...given}: Readonly<Record<string, unknown>>,
): Refusal | undefined {
  const name = ["temperature", "top_p", "top_logprobs"].find((one) => given[one] != null);
  if (name)
    return refused(
      "unsupported_parameter",
      name,
      `Unsupported parameter: '${name}' is not supported with this model.`,
    );
  const taken = EFFORTS.find(([models]) => models.test(model))?.[1];
  if (effort == null || !taken || taken.includes(String(effort))) return undefined;
  return refused(
    "unsupported_value",
    "reasoning.effort",
    `Unsupported value: '${effort}' is not supported with the '${model}' model. Supported values are: ${taken.map((one) => `'${one}'`).join(", ")}.`,
  );
}

/** Events are numbered, named twice, and end with a whole response; there is no `[DONE]`. */
export function responsesShape(
  base: ResponseShape,
  {id, model, created, promptTokens}: Head,
): ResponseShape {
  const tokens: string[] = [];
  let number = 0;
  const item = `msg_${id}`;
  const place = {item_id: item, output_index: 0, content_index: 0};
  const event = (type: string, said: object) =>
    `event: ${type}\ndata: ${JSON.stringify({type, sequence_number: number++, ...said})}\n\n`;
  const response = (status: string, said: object = {}) => ({
    ...{id: `resp_${id}`, object: "response", created_at: created, status, model},
    ...{error: null, incomplete_details: null, instructions: null, metadata: {}, output: []},
    ...{parallel_tool_calls: true, temperature: 1, tool_choice: "auto", tools: [], top_p: 1},
    ...{store: false, usage: null, ...said},
  });
  const part = (text: string) => ({type: "output_text", text, annotations: []});
  const output = (status: string, text: string) => ({
    ...{id: item, type: "message", role: "assistant", status},
    content: [part(text)],
  });
  const ended = (said: readonly string[], finish: Completion["finish"]) => {
    const status = finish === "length" ? "incomplete" : "completed";
    return response(status, {
      output: [output(status, said.join(""))],
      usage: usageOf(promptTokens, said.length),
      ...(status === "incomplete" && {incomplete_details: {reason: "max_output_tokens"}}),
    });
  };
  const begin = () =>
    event("response.created", {response: response("in_progress")}) +
    event("response.in_progress", {response: response("in_progress")}) +
    event("response.output_item.added", {
      output_index: 0,
      item: {...output("in_progress", ""), content: []},
    }) +
    event("response.content_part.added", {...place, part: part("")});
  const end = (finish: Completion["finish"]) => {
    const text = tokens.join("");
    const last = ended(tokens, finish);
    return (
      event("response.output_text.done", {...place, text, logprobs: []}) +
      event("response.content_part.done", {...place, part: part(text)}) +
      event("response.output_item.done", {output_index: 0, item: output(last.status, text)}) +
      event(`response.${last.status}`, {response: last})
    );
  };

  return {
    ...base,
    event(_, text, finish) {
      const head = number === 0 ? begin() : "";
      if (finish) return head + end(finish);
      tokens.push(text);
      return head + event("response.output_text.delta", {...place, delta: text, logprobs: []});
    },
    body: ([completion]) => ended(completion!.tokens, completion!.finish),
  };
}

export interface Head {
  readonly id: string;
  readonly model: string;
  readonly created: number;
  readonly promptTokens: number;
}

const usageOf = (input: number, output: number) => ({
  input_tokens: input,
  input_tokens_details: {cached_tokens: 0},
  output_tokens: output,
  output_tokens_details: {reasoning_tokens: 0},
  total_tokens: input + output,
});
