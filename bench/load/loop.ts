import type {Client} from "./asked.ts";
import {spinUntil} from "./pace.ts";

/** Requests that each follow on the end of another: as many as the target can take. */
export interface Loop {
  /** Ended, so far. */
  readonly whole: number;
  readonly failed: number;
  stop(): Promise<void>;
}

/** Between the last request sent and the last answer. */
export const LINGER_MS = 5000;

export function startLoop(client: Client, streams: number): Loop {
  let running = true;
  let under = 0;
  let whole = 0;
  let failed = 0;
  const watch = {
    closed(_: unknown, isWhole: boolean) {
      under--;
      if (isWhole) whole++;
      else failed++;
      if (running) next();
    },
  };
  function next() {
    under++;
    client.ask("unary", watch);
  }
  for (let stream = 0; stream < streams; stream++) next();
  return {
    get whole() {
      return whole;
    },
    get failed() {
      return failed;
    },
    async stop() {
      running = false;
      await spinUntil(() => under === 0, LINGER_MS);
    },
  };
}

/** Runs a loop until `requests` have ended. */
export async function runLoop(client: Client, streams: number, requests: number): Promise<Loop> {
  const loop = startLoop(client, streams);
  await spinUntil(() => loop.whole + loop.failed >= requests, 120_000);
  await loop.stop();
  return loop;
}
