import {setTimeout as sleep} from "node:timers/promises";
import type {Cell, Figures} from "../measures.ts";
import type {Client} from "./asked.ts";
import {LINGER_MS, runLoop, startLoop} from "./loop.ts";
import {startMeter} from "./meter.ts";
import {pace, spinUntil} from "./pace.ts";

/** Requests under way at once when a target is to be saturated. */
const STREAMS = 64;
/** The share of streams that are cancelled, as an editor cancels them: the user types on. */
const CANCELLED = 0.48;
/** A stream of the model host takes 150 ms. */
const CANCEL_WITHIN_MS = 150;
const CANCEL = 8;

/** Runs what is to be measured until it is compiled. */
export const warm = (client: Client, requests: number) => runLoop(client, STREAMS, requests);

/** A target as busy as it can be with small requests. */
export async function unary(client: Client, {pids, size}: Cell): Promise<Figures> {
  const loop = startLoop(client, STREAMS);
  await sleep(size.settleS * 1000);
  const [whole, failed] = [loop.whole, loop.failed];
  const read = startMeter(pids);
  await sleep(size.seconds * 1000);
  const cost = read(loop.whole - whole);
  const figures = {...cost, failed: loop.failed - failed, closed: client.closed};
  await loop.stop();
  return figures;
}

/** Streams at an even rate, nearly half of which are cancelled at any time of their life. */
export async function streams(client: Client, {pids, size}: Cell): Promise<Figures> {
  let [under, failed, cancelled] = [0, 0, 0];
  function fire() {
    let isCancelled = false;
    under++;
    const asked = client.ask("stream", {
      closed(_, whole) {
        under--;
        if (!whole && !isCancelled) failed++;
      },
    });
    if (Math.random() >= CANCELLED) return;
    setTimeout(() => {
      if (asked.over) return;
      isCancelled = true;
      cancelled++;
      asked.stream.close(CANCEL);
    }, Math.random() * CANCEL_WITHIN_MS);
  }
  const {perSecond = 0, settleS, seconds} = size;
  await pace({perSecond, count: perSecond * settleS, fire});
  const read = startMeter(pids);
  cancelled = 0;
  await pace({perSecond, count: perSecond * seconds, fire});
  const {cpuUs, busy} = read(perSecond * seconds);
  const figures = {...(cpuUs !== undefined && {cpuUs, busy}), cancelled};
  await spinUntil(() => under === 0, LINGER_MS);
  return {...figures, failed: failed + under, closed: client.closed};
}
