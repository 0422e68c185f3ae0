import type {Cell, Figures} from "../measures.ts";
import {quantile} from "../numbers.ts";
import type {Asked, Client} from "./asked.ts";
import type {Host} from "./host.ts";
import {LINGER_MS} from "./loop.ts";
import {pace, spinUntil} from "./pace.ts";

/** The first byte of an answer that the model host gives at once, counted from when it was due to be asked for. */
export async function firstByte(client: Client, {size}: Cell): Promise<Figures> {
  let waitsUs: number[] = [];
  let [under, failed] = [0, 0];
  const watch = {
    firstByte: ({firstByteMs, meantMs}: Asked) => waitsUs.push((firstByteMs - meantMs) * 1000),
    closed(_: Asked, whole: boolean) {
      under--;
      if (!whole) failed++;
    },
  };
  const fire = (meantMs: number) => {
    under++;
    client.ask("unary", watch, meantMs);
  };
  const {perSecond = 0, settleS, seconds} = size;
  await pace({perSecond, count: perSecond * settleS, fire});
  waitsUs = [];
  await pace({perSecond, count: perSecond * seconds, fire});
  await spinUntil(() => under === 0, LINGER_MS);
  return {
    p50: quantile(waitsUs, 0.5),
    p99: quantile(waitsUs, 0.99),
    failed: failed + under,
    closed: client.closed,
  };
}

const CANCEL = 8;
/** From the first byte, or from the request where the model is mute: it has arrived there by then. */
const CANCEL_AFTER_MS = 5;
const CANCEL_SPREAD_MS = 20;

/**
 * Half of the requests are cancelled in mid-stream, half before the first byte; the time from the
 * client's reset to the model host's sight of it, by one clock.
 */
export async function cancel(client: Client, {size}: Cell, host: Host): Promise<Figures> {
  const cancels = new Map<string, number>();
  let [count, open] = [0, 0];
  const reset = (asked: Asked) => {
    cancels.set(asked.id, performance.now());
    asked.stream.close(CANCEL);
  };
  const later = (asked: Asked) =>
    setTimeout(reset, CANCEL_AFTER_MS + Math.random() * CANCEL_SPREAD_MS, asked);
  const closed = () => open--;
  const fire = () => {
    open++;
    if (count++ % 2 === 0) client.ask("hold", {firstByte: later, closed});
    else later(client.ask("mute", {closed}));
  };
  const {perSecond = 0, settleS, seconds} = size;
  await pace({perSecond, count: perSecond * settleS, fire});
  await spinUntil(() => open === 0, LINGER_MS);
  cancels.clear();
  host.forget();
  await pace({perSecond, count: perSecond * seconds, fire});
  const seen = () => [...cancels.keys()].filter((id) => host.resets.has(id));
  await spinUntil(() => open === 0 && seen().length === cancels.size, LINGER_MS);
  const waitsUs = seen().map((id) => (host.resets.get(id)! - cancels.get(id)!) * 1000);
  return {
    p50: quantile(waitsUs, 0.5),
    p99: quantile(waitsUs, 0.99),
    cancels: cancels.size,
    lost: [...cancels.keys()].filter((id) => host.begun.has(id) && !host.resets.has(id)).length,
    closed: client.closed,
  };
}
