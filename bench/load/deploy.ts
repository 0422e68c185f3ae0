import type {Cell, Figures} from "../measures.ts";
import type {Client, Watch} from "./asked.ts";
import {LINGER_MS} from "./loop.ts";
import {pace, spinUntil} from "./pace.ts";

/** What a deployment does to a target, as the run does it. */
export interface Deployment {
  /** Starts another beside it; resolves to its origin once it listens. */
  start(): Promise<string>;
  /** Tells the first to stop; resolves once it is gone. */
  stop(): Promise<void>;
}

/** A moment of load: how often what it waits for is looked at. */
const MOMENT_S = 0.1;

/**
 * Streams at an even rate while a target is replaced: once the second listens, whoever connects anew is sent to it,
 * and the first is told to stop.
 */
export async function deploy(
  client: Client,
  {size: {perSecond = 0, settleS, seconds}}: Cell,
  {start, stop}: Deployment,
): Promise<Figures> {
  let [asked, under, failed, again] = [0, 0, 0, 0];
  const watch: Watch = {
    closed({refused}, whole) {
      under--;
      if (refused) again++;
      else if (!whole) failed++;
    },
  };
  const fire = () => {
    under++;
    asked++;
    client.ask("stream", watch);
  };
  const load = (lastS: number) => pace({perSecond, count: perSecond * lastS, fire});
  const loadUntil = async <Value>(work: Promise<Value>) => {
    let done = false;
    void work.catch(() => undefined).then(() => (done = true));
    while (!done) await load(MOMENT_S);
    return work;
  };
  await load(settleS);
  client.moveTo(await loadUntil(start()));
  const toldMs = performance.now();
  await loadUntil(stop());
  const goneMs = performance.now() - toldMs;
  await load(seconds);
  await spinUntil(() => under === 0, LINGER_MS);
  return {asked, failed: failed + under, again, goneMs, closed: client.closed};
}
