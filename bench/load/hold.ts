import {setTimeout as sleep} from "node:timers/promises";
import type {Cell, Figures} from "../measures.ts";
import {residentMb} from "../proc.ts";
import type {Client} from "./asked.ts";
import {runLoop} from "./loop.ts";
import {spinUntil} from "./pace.ts";

/** Opened in one go, so that no limit of waiting requests is met on the way. */
const AT_ONCE = 100;
const OPEN_WITHIN_MS = 30_000;
/** Far below what saturates: growth is of requests, not of a queue. */
const STREAMS = 64;

/** Memory of the target while it holds streams open; each rest lets garbage go. */
export async function memory(client: Client, {pids, size}: Cell): Promise<Figures> {
  let [open, failed] = [0, 0];
  const watch = {
    firstByte: () => open++,
    closed: () => failed++,
  };
  const rest = () => sleep(size.settleS * 1000);
  await rest();
  const idleMb = residentMb(pids);
  const figures: Record<string, number> = {idleMb};
  let asked = 0;
  for (const streams of size.open ?? []) {
    while (asked < streams) {
      for (let stream = 0; stream < AT_ONCE; stream++, asked++) client.ask("hold", watch);
      await spinUntil(() => open + failed >= asked, OPEN_WITHIN_MS);
    }
    await rest();
    const mb = residentMb(pids);
    figures[`mb${streams}`] = mb;
    figures.streamKb = ((mb - idleMb) * 1000) / (open - failed);
  }
  return {...figures, failed: failed + asked - open, closed: client.closed};
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
