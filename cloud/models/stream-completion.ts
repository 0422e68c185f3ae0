import {setTimeout as sleep} from "node:timers/promises";
import type {Api, Order} from "./azure-openai.ts";
import {type Completion, complete} from "./completer.ts";
import type {HttpRequest} from "./http-request.ts";
import {lastOf, shapeOf} from "./operations.ts";
import {tokensOf} from "./predictor.ts";
import type {ResponseShape} from "./response-shape.ts";

/** How fast a model is. */
export interface Pace {
  readonly firstByteMs: number;
  /** For each choice. */
  readonly tokensPerSecond: number;
}

export interface StreamOptions {
  readonly request: HttpRequest;
  readonly api: Api;
  readonly deployment: string;
  readonly order: Order;
  /** Whether Azure's filters speak first in a chat's stream. */
  readonly filtered: boolean;
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
  const {request, api, deployment, order, headers, stain} = options;
  const completions = Array.from({length: order.choices}, (_, choice) =>
    stained(complete({...order, choice}), stain),
  );
  const created = Math.floor(Date.now() / 1000);
  const promptTokens = tokensOf(order.prompt).length;
  const shape = shapeOf(api, {id: String(++count), model: deployment, created, promptTokens});
  const rounds = Math.max(...completions.map(({tokens}) => tokens.length));
  const due = createPace(options, completions);
  if (order.stream) {
    await due(0);
    request.begin(200, {...EVENT_STREAM, ...headers});
    if (options.filtered && api === "chat/completions") request.write(shape.filtered());
    for (let round = 0; round < rounds; round++) {
      await due(round);
      for (const event of eventsOf(round, completions, shape)) request.write(event);
    }
    const ends = completions.map(({finish}, index) => shape.event(index, "", finish));
    const usage = order.usage ? shape.usage(completions, promptTokens) : "";
    return request.end(ends.join("") + usage + lastOf(api));
  }
  await due(rounds);
  request.begin(200, {"content-type": "application/json", ...headers});
  request.end(JSON.stringify(shape.body(completions, promptTokens)));
}

const stained = ({tokens, finish}: Completion, stain: string | undefined): Completion => ({
  tokens: stain === undefined ? tokens : tokens.toSpliced(1, 0, stain),
  finish,
});

/** The next token of each choice that has one left. */
const eventsOf = (round: number, completions: readonly Completion[], shape: ResponseShape) =>
  completions.flatMap(({tokens}, index) =>
    round < tokens.length ? shape.event(index, tokens[round]!) : [],
  );

/** Waits for the time of a round of tokens: always counted from the start, so that timers' errors do not add up. */
function createPace(
  {pace: {firstByteMs, tokensPerSecond}, signal, unsaid}: StreamOptions,
  completions: readonly Completion[],
) {
  const startedMs = performance.now();
  return async (round: number): Promise<void> => {
    const atMs = startedMs + firstByteMs + (round * 1000) / tokensPerSecond;
    const waitMs = atMs - performance.now();
    try {
      if (waitMs >= 1) await sleep(waitMs, undefined, {signal});
      else signal.throwIfAborted();
    } catch (cause) {
      const left = completions.map(({tokens}) => Math.max(0, tokens.length - round));
      unsaid(left.reduce((a, b) => a + b));
      throw cause;
    }
  };
}
