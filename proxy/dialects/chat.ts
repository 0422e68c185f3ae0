import {z} from "zod";
import type {Asking, ChatParameters} from "../policy.ts";
import {mediaTypeOf} from "../relay/headers.ts";
import {type Body, isObject} from "../rewrite/body.ts";
import type {Call, Sink} from "../upstream/transport.ts";
import type {Upstream, UpstreamRequest} from "../upstream/upstream.ts";
import {boundsOf, checkEcho} from "./bounds.ts";
import {createCode} from "./code.ts";
import {choiceIndex} from "./completion.ts";
import {eventOf} from "./dialect.ts";
import {type Filter, filtered} from "./filter.ts";
import {filled} from "./fim.ts";
import {fitted, hurried} from "./parameters.ts";
import {createEventReader, createWholeAnswer, type WholeAnswer} from "./reading.ts";
import {createStops} from "./stops.ts";

/** OpenAI's default for completions, where a chat has none. */
const DEFAULT_MAX_TOKENS = 16;

const INSTRUCTION =
  "You complete code in an editor. The user's text is a file with a gap, marked <gap/>. Answer with " +
  "exactly the text that belongs in the gap: no explanation, no Markdown fence, nothing repeated from " +
  "before or after the gap.";

/**
 * The chat that asks for a completion, with no more than the model takes. Throws PARAMETER_UNFIT for what a
 * chat cannot do.
 */
export function toChat(body: Body, parameters: ChatParameters): Body {
  checkEcho(body);
  const {prompt, stop} = boundsOf(body);
  const suffix = body.get("suffix");
  const chat = body.fork();
  for (const name of COMPLETIONS_ALONE) chat.remove(name);
  chat.set("messages", [
    {role: "system", content: INSTRUCTION},
    {role: "user", content: `${prompt}<gap/>${typeof suffix === "string" ? suffix : ""}`},
  ]);
  if (body.get("max_tokens") == null) chat.set("max_tokens", DEFAULT_MAX_TOKENS);
  const sent = sentStops(stop);
  if (sent.length > 0) chat.set("stop", sent);
  if (parameters.effort !== undefined) chat.set("reasoning_effort", parameters.effort);
  return fitted(chat, parameters);
}

/** A fence that is taken off would meet the others: they are looked for here alone, as all are. */
const sentStops = (stop: readonly string[]) =>
  stop.filter((text) => /[^\s`]/.test(text)).slice(0, MAX_SENT_STOPS);

/** OpenAI's limit: https://platform.openai.com/docs/api-reference/chat/create#chat-create-stop */
const MAX_SENT_STOPS = 4;

/** Parameters that a chat does not have, or has otherwise. */
const COMPLETIONS_ALONE = ["prompt", "suffix", "echo", "best_of", "logprobs", "stop"];

/** A text, or parts of which some hold text and others thoughts or pictures. */
const content = z
  .union([z.string(), z.array(z.looseObject({text: z.string().optional()}))])
  .nullish()
  .transform((said) =>
    Array.isArray(said) ? said.map(({text = ""}) => text).join("") : (said ?? ""),
  );

/** As much of an answer, or of one of its events, as a completion carries: a chat says it in a message, a completion in a text. */
const choice = z.object({
  index: choiceIndex,
  text: z.string().nullish(),
  delta: z.object({content}).nullish(),
  message: z.object({content}).nullish(),
  finish_reason: z.string().nullish(),
});
const answerSchema = z.looseObject({choices: z.array(choice)});
type Answer = z.output<typeof answerSchema>;
type Choice = z.output<typeof choice>;

/** What is taken off each choice of an answer. */
type NewFilter = () => Filter;

const codeFilter = (body: Body): NewFilter => {
  const bounds = boundsOf(body);
  return () => createCode(bounds);
};

/** An answer in one piece as a completion's. Throws where it is none. */
export function toCompletion(text: string, body: Body, newFilter = codeFilter(body)): string {
  const answer = answerSchema.parse(JSON.parse(text));
  const choices = answer.choices.map(({index, message, text, finish_reason}) => {
    const code = filtered(message?.content ?? text ?? "", newFilter());
    return completed(index, code.text, code.ended ? "stop" : finishOf(finish_reason));
  });
  return JSON.stringify(shell(answer, choices));
}

function completed(index: number, text: string, finish: string | null) {
  return {index, text, logprobs: null, finish_reason: finish};
}

/** What surrounds the choices; hosts' annotations of prompts and choices are left out. */
function shell({id, created, model, system_fingerprint, usage}: Answer, choices: unknown[]) {
  return {id, object: "text_completion", created, model, system_fingerprint, choices, usage};
}

/** A completion ends by `stop`, `length` or `content_filter`. */
function finishOf(reason: string | null | undefined): string | null {
  if (!reason) return null;
  return reason === "length" || reason === "content_filter" ? reason : "stop";
}

/** Turns a host's events into a completion's, each as it comes. */
export interface Translation {
  /** What of the chunk can be said already; empty where nothing can. Throws where an event is none. */
  push(chunk: Buffer): string;
  /** Everything has been said although the host goes on: what it does is of no use. */
  readonly isCutShort: boolean;
}

export function createTranslation(
  body: Body,
  parameters: ChatParameters,
  newFilter = codeFilter(body),
): Translation {
  const n = parameters.refuses?.includes("n") ? 1 : body.get("n");
  const count = typeof n === "number" ? n : 1;
  const codes = new Map<number, Filter>();
  const closed = new Set<number>();
  let out = "";
  let last: Answer = {choices: []};
  let hostEnded = false;
  let cut = false;
  let ended = false;
  const read = createEventReader((data) => {
    if (!ended) translate(data);
  });

  function translate(data: string) {
    if (data === "[DONE]") return hostEnds();
    const event: unknown = JSON.parse(data);
    if (isObject(event) && !Object.hasOwn(event, "choices")) return aside(event);
    const answer = answerSchema.parse(event);
    last = answer;
    const choices = answer.choices.flatMap(advance);
    if (choices.length > 0 || answer.usage) say(shell(answer, choices));
    if (closed.size >= count && !awaitsUsage(body)) end();
  }

  /** Hosts say of errors, and of what is no choice's. */
  function aside(event: Record<string, unknown>) {
    if (Object.hasOwn(event, "error")) say(event);
  }

  /** Some hosts end without a reason; what was held back is then said. */
  function hostEnds() {
    hostEnded = true;
    const choices = [...codes.keys()].flatMap((index) => advance({index, finish_reason: "stop"}));
    if (choices.length > 0) say(shell({...last, usage: undefined}, choices));
    end();
  }

  function advance({index, delta, text: said, finish_reason}: Choice) {
    if (closed.has(index)) return [];
    const code = codeAt(index);
    const finish = finishOf(finish_reason);
    let text = code.push(delta?.content ?? said ?? "");
    if (finish && !code.ended) text += code.end();
    cut ||= code.ended;
    const reason = code.ended ? "stop" : finish;
    if (reason) closed.add(index);
    return text || reason ? [completed(index, text, reason)] : [];
  }

  function codeAt(index: number): Filter {
    const code = codes.get(index) ?? newFilter();
    codes.set(index, code);
    return code;
  }

  function say(event: unknown) {
    out += eventOf(event);
  }

  function end() {
    ended = true;
    out += "data: [DONE]\n\n";
  }

  return {
    push(chunk) {
      out = "";
      read(chunk);
      return out;
    },
    get isCutShort() {
      return cut && ended && !hostEnded;
    },
  };
}

/** The count of tokens comes after the last choice. */
function awaitsUsage(body: Body): boolean {
  const options = body.get("stream_options");
  return isObject(options) && options.include_usage === true;
}

/** One completion that is asked for in another form than its own. */
interface Asked<Context> {
  readonly sink: Sink<Context>;
  readonly context: Context;
  readonly body: Body;
  readonly newFilter: NewFilter;
  readonly translation: Translation;
  call: Call | undefined;
  form: "events" | WholeAnswer | "as it is";
}

/**
 * Asks in the way that the model can be asked: a completion of a model that only chats goes by chat, one of
 * a model with a template with the gap in its prompt, and no chat has what the model refuses. Throws
 * PARAMETER_UNFIT for what cannot go so.
 */
export function askModel<Context>(
  {upstream, asking: {api, parameters, template}}: {upstream: Upstream; asking: Asking},
  request: UpstreamRequest,
  sink: Sink<Context>,
  context: Context,
): Call {
  const {body, leastEffort = false} = request;
  if (request.api !== "completions") {
    const chat = leastEffort ? hurried(body, parameters) : body;
    return upstream.request({...request, body: fitted(chat, parameters)}, sink, context);
  }
  if (api === "chat") {
    const chat = {...request, api: "chat/completions", body: toChat(body, parameters)} as const;
    const given = {sink, context, body, newFilter: codeFilter(body)};
    return askAndFilter(upstream, chat, parameters, given);
  }
  const gap = template && filled(body, template);
  if (!gap) return upstream.request(request, sink, context);
  const asked = {...request, body: gap.body};
  if (gap.cutAt.length === 0) return upstream.request(asked, sink, context);
  const newFilter = () => createStops(gap.cutAt);
  return askAndFilter(upstream, asked, parameters, {sink, context, body, newFilter});
}

/** Asks for what `request` says; what comes back is told as the answer to `body`. */
function askAndFilter<Context>(
  upstream: Upstream,
  request: UpstreamRequest,
  parameters: ChatParameters,
  given: Pick<Asked<Context>, "sink" | "context" | "body" | "newFilter">,
): Call {
  const asked: Asked<Context> = {
    ...given,
    translation: createTranslation(given.body, parameters, given.newFilter),
    call: undefined,
    form: "as it is",
  };
  asked.call = upstream.request(request, filteringSink as Sink<Asked<Context>>, asked);
  return asked.call;
}

const filteringSink: Sink<Asked<unknown>> = {
  answered(asked, status, {"content-length": _, ...headers}) {
    const isEvents = mediaTypeOf(headers) === "text/event-stream";
    asked.form = status !== 200 ? "as it is" : isEvents ? "events" : createWholeAnswer();
    asked.sink.answered(asked.context, status, headers);
  },
  data(asked, chunk) {
    if (asked.form === "as it is") return asked.sink.data(asked.context, chunk);
    const {form} = asked;
    guard(asked, () => (form === "events" ? passEvents(asked, chunk) : keep(asked, form, chunk)));
  },
  ended(asked) {
    guard(asked, () => {
      if (typeof asked.form === "object") {
        const said = toCompletion(asked.form.text(), asked.body, asked.newFilter);
        asked.sink.data(asked.context, Buffer.from(said));
      }
      asked.sink.ended(asked.context);
    });
  },
  alive: ({sink, context}) => sink.alive(context),
  failed: ({sink, context}, failure, cause) => sink.failed(context, failure, cause),
};

/** What the host says is no answer of its kind: it has failed. */
function guard({call, sink, context}: Asked<unknown>, pass: () => void) {
  try {
    pass();
  } catch (cause) {
    call?.cancel();
    sink.failed(context, "reset", cause);
  }
}

function passEvents({translation, call, sink, context}: Asked<unknown>, chunk: Buffer) {
  const text = translation.push(chunk);
  if (text) sink.data(context, Buffer.from(text));
  else sink.alive(context);
  if (!translation.isCutShort) return;
  call?.cancel();
  sink.ended(context);
}

function keep({sink, context}: Asked<unknown>, whole: WholeAnswer, chunk: Buffer) {
  sink.alive(context);
  whole.push(chunk);
}
