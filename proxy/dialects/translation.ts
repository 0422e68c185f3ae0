import {type Body, isObject} from "../rewrite/body.ts";
import type {Answer, Choice, Said} from "./answer.ts";
import {DONE, eventOf} from "./dialect.ts";
import {createEventReader} from "./reading.ts";
import {type Filter, filtered} from "./text/filter.ts";

/** The form that an answer of OpenAI's has: a completion's or a chat's. */
export interface Shape {
  readonly object: string;
  readonly chunk: string;
  choice(text: string): object;
  piece(text: string): object;
}

const completionText = (text: string) => ({text, logprobs: null});
export const completionShape: Shape = {
  object: "text_completion",
  chunk: "text_completion",
  choice: completionText,
  piece: completionText,
};
export const chatShape: Shape = {
  object: "chat.completion",
  chunk: "chat.completion.chunk",
  choice: (content) => ({message: {role: "assistant", content}}),
  piece: (content) => ({delta: {role: "assistant", content}}),
};

/** How an answer is put in another form. */
export interface Form {
  readonly shape: Shape;
  /** What is taken off each choice. */
  readonly newFilter: () => Filter;
}

/** An answer in one piece. */
export function translated(answer: Answer, {shape, newFilter}: Form): string {
  const choices = answer.choices.map(({index, message, text, finish_reason}) => {
    const said = filtered(message?.content ?? text ?? "", newFilter());
    const finish = said.ended ? "stop" : finishOf(finish_reason);
    return {index, ...shape.choice(said.text), finish_reason: finish};
  });
  return JSON.stringify(around(shape.object, answer, choices));
}

/** What surrounds the choices; hosts' annotations of prompts and choices are left out. */
function around(object: string, answer: Answer, choices: unknown[]) {
  const {id, created, model, system_fingerprint, usage} = answer;
  return {id, object, created, model, system_fingerprint, choices, usage};
}

/** A completion ends by `stop`, `length` or `content_filter`. Mistral's `model_length` is the model's own limit. */
function finishOf(reason: string | null | undefined): string | null {
  if (!reason) return null;
  if (reason === "model_length") return "length";
  return reason === "length" || reason === "content_filter" ? reason : "stop";
}

/** Turns a host's events into those of another form, each as it comes. */
export interface Translation {
  /** What of the chunk can be said already; empty where nothing can. Throws where an event is none. */
  push(chunk: Buffer): string;
  /** Everything has been said although the host goes on: what it does is of no use. */
  readonly isCutShort: boolean;
}

export function createTranslation({
  shape,
  newFilter,
  read,
  choices: count,
  awaitsUsage,
}: Form & {
  read: (event: unknown) => Said;
  /** After so many it is whole. */
  choices: number;
  /** Whether a count of tokens comes after the last of them. */
  awaitsUsage: boolean;
}): Translation {
  const filters = new Map<number, Filter>();
  const closed = new Set<number>();
  let out = "";
  let last: Answer = {choices: []};
  let hostEnded = false;
  let cut = false;
  let ended = false;
  const feed = createEventReader((data) => {
    if (ended) return;
    if (data === "[DONE]") hostEnds();
    else translate(read(JSON.parse(data)));
  });

  function translate({answer, error, isLast}: Said) {
    hostEnded ||= isLast ?? false;
    if (error !== undefined) say({error});
    if (answer) pass(answer);
    if (isLast) hostEnds();
    else if (closed.size >= count && !awaitsUsage) end();
  }

  function pass(answer: Answer) {
    last = answer;
    const choices = answer.choices.flatMap(advance);
    if (choices.length > 0 || answer.usage) say(around(shape.chunk, answer, choices));
  }

  /** Some hosts end without a reason; what was held back is then said. */
  function hostEnds() {
    hostEnded = true;
    const choices = [...filters.keys()].flatMap((index) => advance({index, finish_reason: "stop"}));
    if (choices.length > 0) say(around(shape.chunk, {...last, usage: undefined}, choices));
    end();
  }

  function advance({index, delta, text: said, finish_reason}: Choice) {
    if (closed.has(index)) return [];
    const filter = filterAt(index);
    const finish = finishOf(finish_reason);
    let text = filter.push(delta?.content ?? said ?? "");
    if (finish && !filter.ended) text += filter.end();
    cut ||= filter.ended;
    const reason = filter.ended ? "stop" : finish;
    if (reason) closed.add(index);
    return text || reason ? [{index, ...shape.piece(text), finish_reason: reason}] : [];
  }

  function filterAt(index: number): Filter {
    const filter = filters.get(index) ?? newFilter();
    filters.set(index, filter);
    return filter;
  }

  function say(event: unknown) {
    out += eventOf(event);
  }

  function end() {
    ended = true;
    out += DONE;
  }

  return {
    push(chunk) {
      out = "";
      feed(chunk);
      return out;
    },
    get isCutShort() {
      return cut && ended && !hostEnded;
    },
  };
}

/** Whether a client is to be told of the tokens at the end of a stream: that comes after the last choice. */
export function awaitsUsage(body: Body): boolean {
  const options = body.get("stream_options");
  return isObject(options) && options.include_usage === true;
}
