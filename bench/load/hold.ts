import {setTimeout as sleep} from "node:timers/promises";
import type {Cell, Figures} from "../measures.ts";
import {residentMb} from "../proc.ts";
import type {Client, Watch} from "./asked.ts";
import {runLoop} from "./loop.ts";
import {spinUntil} from "./pace.ts";

/** By HTTP/1.1 a stream is a connection, of which both ends are in the generator's process. */
const HTTP1_STREAMS = 1000;
/** Opened in one go, so that no limit of waiting requests is met on the way. */
const AT_ONCE = 100;
const OPEN_WITHIN_MS = 30_000;
/** Far below what saturates: growth is of requests, not of a queue. */
const STREAMS = 64;

/** Memory of the target while it holds streams open; each rest lets garbage go. */
export async function memory(client: Client, {pids, size, http1}: Cell): Promise<Figures> {
  let [opened, lost, refused] = [0, 0, 0];
  const watch: Watch = {
    firstByte: () => opened++,
    closed({firstByteMs}) {
      if (firstByteMs > 0) lost++;
      else refused++;
    },
  };
  const rest = () => sleep(size.settleS * 1000);
  await rest();
  const idleMb = residentMb(pids);
  const figures: Record<string, number> = {idleMb};
  let asked = 0;
  const most = http1 ? HTTP1_STREAMS : Number.POSITIVE_INFINITY;
  for (const streams of (size.open ?? []).filter((each) => each <= most)) {
    while (asked < streams) {
      for (let stream = 0; stream < AT_ONCE; stream++, asked++) client.ask("hold", watch);
      await spinUntil(() => opened + refused >= asked, OPEN_WITHIN_MS);
    }
    await rest();
    const mb = residentMb(pids);
    figures[`mb${streams}`] = mb;
    figures.streamKb = ((mb - idleMb) * 1000) / (opened - lost);
  }
  return {...figures, failed: asked - opened + lost, closed: client.closed};
}

/** Memory of the target before and after many requests, once as many as make it warm have been. */
export async function growth(client: Client, {pids, size}: Cell): Promise<Figures> {
  await sleep(size.settleS * 1000);
  const before = residentMb(pids);
  const {whole, failed} = await runLoop(client, STREAMS, size.requests ?? 0);
  await sleep(size.settleS * 1000);
  const after = residentMb(pids);
  return {requests: whole, before, after, grown: after - before, failed, closed: client.closed};
}
