import {z} from "zod";
import {ProxyError} from "../../errors.ts";
import type {Asking} from "../../policy.ts";
import {type Body, bodyOf, isObject} from "../../rewrite/body.ts";
import type {Answer, Said} from "../answer.ts";
import {boundsOf, checkEcho, DEFAULT_MAX_TOKENS, limitOf, stopsIn} from "../bounds.ts";
import {membersOf} from "../dialect.ts";
import {withSnippets} from "../files.ts";
import type {Filter} from "../text/filter.ts";
import {createStops} from "../text/stops.ts";
import type {Asked, HostDialect} from "./host-dialect.ts";
import {codeFilter, gapIn, INSTRUCTION} from "./instruction.ts";

/**
 * Of models that speak Responses alone: npm openai 6.49, resources/responses/responses.d.ts. It has no stops and
 * one answer; the proxy looks for the stops.
 */
export const responses: HostDialect = {
  ask(body, {asking, files}) {
    checkEcho(body);
    const shown = withSnippets(body, files);
    const said = {instructions: INSTRUCTION, input: gapIn(boundsOf(shown).prompt, body)};
    const limit = limitOf(body.get("max_tokens")) ?? DEFAULT_MAX_TOKENS;
    return asked(
      body,
      asking,
      {...said, ...limited(limit), ...reasoning(asking, asking.parameters.effort)},
      codeFilter(shown),
    );
  },
  chat(body, asking) {
    const limit = limitOf(body.get("max_completion_tokens") ?? body.get("max_tokens"));
    const effort = reasoning(asking, body.get("reasoning_effort"));
    const said = {input: messagesOf(body), ...limited(limit), ...effort};
    const stops = stopsIn(body);
    return asked(body, asking, said, () => createStops(stops));
  },
  newReader,
  whole: (answer) => saidWhole(responseSchema.parse(answer)),
};

/** What it has by the same name as completions and chats. */
const SHARED = ["model", "stream", "temperature", "top_p", "user"];

function asked(
  body: Body,
  {parameters: {refuses = []}}: Asking,
  said: Readonly<Record<string, unknown>>,
  newFilter: () => Filter,
): Asked {
  const taken = SHARED.filter((name) => !refuses.includes(name));
  // What is typed is nobody's to keep.
  const sent = bodyOf({...membersOf(body, taken), ...said, store: false});
  return {api: "responses", body: sent, newFilter, choices: 1};
}

/** "Invalid 'max_output_tokens': integer below minimum value. Expected a value >= 16": https://github.com/vectorize-io/hindsight/issues/58 (Azure). */
const LEAST_TOKENS = 16;

const limited = (limit: number | undefined) =>
  limit === undefined ? {} : {max_output_tokens: Math.max(LEAST_TOKENS, limit)};

const reasoning = ({parameters: {refuses}}: Asking, effort: unknown) =>
  effort == null || refuses?.includes("reasoning_effort") ? {} : {reasoning: {effort}};

/** What a chat may ask for that is not its text, and Responses has otherwise. */
const BEYOND_TEXT = ["tools", "functions", "response_format", "audio"];
const CHAT_UNFIT = `This model takes chats of text alone: leave out ${BEYOND_TEXT.join(", ")}, and send "messages" of system, developer, user and assistant with texts.`;

const part = z.object({type: z.literal("text"), text: z.string()}).transform(({text}) => text);
const messages = z
  .array(
    z.object({
      role: z.enum(["system", "developer", "user", "assistant"]),
      content: z.union([z.string(), z.array(part).transform((texts) => texts.join(""))]),
    }),
  )
  .min(1);

function messagesOf(body: Body): z.output<typeof messages> {
  const {data} = messages.safeParse(body.get("messages"));
  if (!data || BEYOND_TEXT.some((name) => body.get(name) != null))
    throw new ProxyError("PARAMETER_UNFIT", {message: CHAT_UNFIT});
  return data;
}

const count = z.int().min(0);
const responseSchema = z.object({
  id: z.string().optional(),
  created_at: z.number().optional(),
  model: z.string().optional(),
  status: z.string().nullish(),
  error: z.unknown().optional(),
  incomplete_details: z.object({reason: z.string().optional()}).nullish(),
  output: z
    .array(z.looseObject({type: z.string(), content: z.array(z.looseObject({})).nullish()}))
    .default([]),
  usage: z.object({input_tokens: count, output_tokens: count, total_tokens: count}).nullish(),
});
type Response = z.output<typeof responseSchema>;

/** What surrounds an answer's choices. */
const headOf = ({id, created_at: created, model}: Response) => ({id, created, model});

const usageOf = ({usage}: Response) =>
  usage && {
    prompt_tokens: usage.input_tokens,
    completion_tokens: usage.output_tokens,
    total_tokens: usage.total_tokens,
  };

/** A refusal is for a reason of content, whatever the status. */
function finishOf({status, incomplete_details}: Response, refused: boolean): string {
  if (refused || incomplete_details?.reason === "content_filter") return "content_filter";
  return status === "incomplete" ? "length" : "stop";
}

function saidWhole(response: Response): Said {
  if (!["completed", "incomplete"].includes(response.status ?? ""))
    return {error: response.error ?? {message: `response ${response.status}`}};
  const parts = response.output
    .filter(({type}) => type === "message")
    .flatMap(({content}) => content ?? []);
  const text = parts.map(({type, text}) => (type === "output_text" ? text : "")).join("");
  const finish_reason = finishOf(
    response,
    parts.some(({type}) => type === "refusal"),
  );
  const choices = [{index: 0, text, finish_reason}];
  return {answer: {...headOf(response), choices, usage: usageOf(response)}};
}

/** Events are told by `type`; most are of no use to a completion. */
function newReader(): (event: unknown) => Said {
  let head: ReturnType<typeof headOf> | undefined;
  let refused = false;
  const answer = (choice: object, usage?: ReturnType<typeof usageOf>): Answer => ({
    ...head,
    choices: [{index: 0, ...choice}],
    usage,
  });
  const ends = (event: Record<string, unknown>): Said => {
    const response = responseSchema.parse(event.response);
    head = headOf(response);
    const finish_reason = finishOf(response, refused);
    return {answer: answer({finish_reason}, usageOf(response)), isLast: true};
  };

  return (event) => {
    if (!isObject(event)) throw new Error("an event that is no object");
    switch (event.type) {
      case "response.created":
        head = headOf(responseSchema.parse(event.response));
        return {};
      case "response.output_text.delta":
        return {answer: answer({text: z.string().parse(event.delta)})};
      case "response.refusal.delta":
        refused = true;
        return {};
      case "response.completed":
      case "response.incomplete":
        return ends(event);
      case "response.failed":
        return failed(event);
      case "error":
        return {error: errorOf(event)};
      default:
        return {};
    }
  };
}

/** Azure tells of its limit by this event without a reason, and of the reason by the next: https://github.com/earendil-works/pi/issues/7983. */
function failed({response}: Record<string, unknown>): Said {
  const error = isObject(response) ? response.error : undefined;
  return error == null ? {} : {error};
}

/** As it is documented, or within `error`, as it comes: https://github.com/openai/openai-dotnet/issues/881. */
const errorOf = ({error, code, message, param}: Record<string, unknown>) =>
  isObject(error) ? error : {message, type: code, param, code};
