import {setTimeout as sleep} from "node:timers/promises";
import type {Api, Order} from "./azure-openai.ts";
import {type Completion, complete} from "./completer.ts";
import type {Exchange} from "./http-request.ts";
import {tokensOf} from "./predictor.ts";
import {createVoice, DONE} from "./response-shape.ts";

/** How fast a model is. */
export interface Pace {
  readonly firstByteMs: number;
  /** Of each choice. */
  readonly tokensPerSecond: number;
}

export interface Speech {
  readonly exchange: Exchange;
  readonly api: Api;
  readonly deployment: string;
  readonly order: Order;
  /** Sent with the answer, beside its type. */
  readonly headers: Readonly<Record<string, string>>;
  readonly pace: Pace;
  /** A token that the model puts into each choice, whatever was asked. */
  readonly stain?: string | undefined;
  /** Stops it, by rejection. */
  readonly signal: AbortSignal;
  /** Told how many tokens were not said when it was stopped. */
  readonly unsaid: (tokens: number) => void;
}

export const EVENT_STREAM = {"content-type": "text/event-stream", "cache-control": "no-cache"};

let count = 0;

/** Answers an order token by token, at a model's pace. Resolves once the last one is sent. */
export async function speak({
  exchange,
  api,
  deployment,
  order,
  headers,
  pace,
  stain,
  signal,
  unsaid,
}: Speech): Promise<void> {
  const started = performance.now();
  const completions = Array.from({length: order.choices}, (_, choice) =>
    stained(complete({...order, choice}), stain),
  );
  const created = Math.floor(Date.now() / 1000);
  const voice = createVoice(api, {id: String(++count), model: deployment, created});
  const rounds = Math.max(...completions.map(({tokens}) => tokens.length));
  const due = (round: number) =>
    sleepUntil(started + pace.firstByteMs + (round * 1000) / pace.tokensPerSecond, signal).catch(
      (cause) => {
        const left = completions.map(({tokens}) => Math.max(0, tokens.length - round));
        unsaid(left.reduce((a, b) => a + b));
        throw cause;
      },
    );

  if (!order.stream) {
    await due(rounds);
    exchange.begin(200, {"content-type": "application/json", ...headers});
    exchange.end(JSON.stringify(voice.body(completions, tokensOf(order.prompt).length)));
    return;
  }
  await due(0);
  exchange.begin(200, {...EVENT_STREAM, ...headers});
  for (let round = 0; round < rounds; round++) {
    await due(round);
    for (const [index, {tokens}] of completions.entries()) {
      if (round < tokens.length) exchange.write(voice.event(index, tokens[round]!));
    }
  }
  const endOf = ({finish}: Completion, index: number) => voice.event(index, "", finish);
  exchange.end(completions.map(endOf).join("") + DONE);
}

const stained = ({tokens, finish}: Completion, stain: string | undefined): Completion => ({
  tokens: stain === undefined ? tokens : tokens.toSpliced(1, 0, stain),
  finish,
});

/** Against a time, not for one, so that a pace holds whatever the timers' grain. */
async function sleepUntil(time: number, signal: AbortSignal): Promise<void> {
  const ms = time - performance.now();
  if (ms >= 1) await sleep(ms, undefined, {signal});
  else signal.throwIfAborted();
}
