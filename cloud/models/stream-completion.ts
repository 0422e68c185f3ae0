import {setTimeout as sleep} from "node:timers/promises";
import type {Api, Order} from "./azure-openai.ts";
import type {HttpRequest} from "./http-request.ts";
import {lastOf, shapeOf} from "./operations.ts";
import {tokensOf} from "./predictor.ts";
import type {ResponseShape} from "./response-shape.ts";
import {type Considered, consider, type Thoughts} from "./thinking.ts";

/** How fast a model is. */
export interface Pace {
  readonly firstByteMs: number;
  /** For each choice. */
  readonly tokensPerSecond: number;
}

/** openai/includes/concepts-content-streaming-2.md: by default text is held until it is judged. */
export type Filters = "default" | "asynchronous";

export interface StreamOptions {
  readonly request: HttpRequest;
  readonly api: Api;
  readonly deployment: string;
  readonly order: Order;
  /** Azure's filters, which speak first in a chat's stream, and last where they are asynchronous. */
  readonly filters: Filters | undefined;
  /** What the model does before its first token. */
  readonly thoughts: Thoughts;
  /** Sent with the response, beside its content type. */
  readonly headers: Readonly<Record<string, string>>;
  readonly pace: Pace;
  /** A token that the model puts into each choice, whatever it was asked. */
  readonly stain?: string | undefined;
  /** Stops the response: the promise rejects. */
  readonly signal: AbortSignal;
  /** Told how many tokens were left to send when it was stopped. */
  readonly unsaid: (tokens: number) => void;
}

export const EVENT_STREAM = {"content-type": "text/event-stream", "cache-control": "no-cache"};

let count = 0;

/** Responds to an order token by token, at a model's pace. Resolves once the last token is sent. */
export async function streamCompletion(options: StreamOptions): Promise<void> {
  const {request, api, deployment, order, headers, thoughts, stain} = options;
  const completions = Array.from({length: order.choices}, (_, choice) =>
    stained(consider({...order, choice}, thoughts), stain),
  );
  const created = Math.floor(Date.now() / 1000);
  const rounds = Math.max(...completions.map(roundsOf));
  const promptTokens = tokensOf(order.prompt).length;
  const shape = shapeOf(api, {id: String(++count), model: deployment, created, promptTokens});
  const due = createPace(options, completions);
  if (order.stream) {
    await due(0);
    request.begin(200, {...EVENT_STREAM, ...headers});
    const filters = api === "chat/completions" ? options.filters : undefined;
    if (filters) request.write(shape.filtered());
    for (let round = 0; round < rounds; round++) {
      await due(round);
      for (const event of eventsOf(round, completions, shape, thoughts)) request.write(event);
    }
    const ends = completions.map(({finish}, index) => shape.event(index, "", finish));
    const notes = filters === "asynchronous" ? notesOf(order, completions, shape) : [];
    const usage = order.usage ? shape.usage(completions, promptTokens) : "";
    return request.end([...ends, ...notes, usage, lastOf(api)].join(""));
  }
  await due(rounds);
  request.begin(200, {"content-type": "application/json", ...headers});
  request.end(JSON.stringify(shape.body(completions, promptTokens)));
}

const stained = (completion: Considered, stain: string | undefined): Considered => ({
  ...completion,
  tokens: stain === undefined ? completion.tokens : completion.tokens.toSpliced(1, 0, stain),
});

const roundsOf = ({thoughts, tokens}: Considered): number => thoughts + tokens.length;

/** The next token of each choice that has one left. A thought that is hidden takes its round in silence. */
const eventsOf = (
  round: number,
  completions: readonly Considered[],
  shape: ResponseShape,
  {shown}: Thoughts,
) =>
  completions.flatMap(({thoughts, tokens}, index) => {
    if (round < thoughts) return (shown && shape.thought?.(index, "hm ")) || [];
    const token = tokens[round - thoughts];
    return token === undefined ? [] : shape.event(index, token);
  });

/** What is said of a choice when all of it is out already. */
const notesOf = (order: Order, completions: readonly Considered[], shape: ResponseShape) =>
  completions.map(({tokens}, index) => {
    const from = order.prompt.length;
    return shape.annotated?.(index, {from, to: from + tokens.join("").length});
  });

/** Waits for the time of a round of tokens: always counted from the start, so that timers' errors do not add up. */
function createPace(
  {pace: {firstByteMs, tokensPerSecond}, signal, unsaid}: StreamOptions,
  completions: readonly Considered[],
) {
  const startedMs = performance.now();
  return async (round: number): Promise<void> => {
    const atMs = startedMs + firstByteMs + (round * 1000) / tokensPerSecond;
    const waitMs = atMs - performance.now();
    try {
      if (waitMs >= 1) await sleep(waitMs, undefined, {signal});
      else signal.throwIfAborted();
    } catch (cause) {
      const left = completions.map((one) => Math.max(0, roundsOf(one) - round));
      unsaid(left.reduce((a, b) => a + b));
      throw cause;
    }
  };
}
