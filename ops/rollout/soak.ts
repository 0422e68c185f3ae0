import {setTimeout as sleep} from "node:timers/promises";
import type {Sample} from "./gate.ts";
import type {Visitor} from "./visitor.ts";

/** Enough that an objective of 99.5% may lose one answer, and little beside what users ask for. */
const TURNS = 100;

/** Lets visitors ask their regions in turns that are spread over a time; an abort ends it early. */
export async function soak({
  visitors,
  forMs,
  signal,
}: {
  readonly visitors: readonly Visitor[];
  readonly forMs: number;
  readonly signal: AbortSignal;
}): Promise<Sample[]> {
  const endMs = performance.now() + forMs;
  const samples: Sample[] = [];
  const work = async ({visit}: Visitor) => {
    do {
      const nextMs = performance.now() + forMs / TURNS;
      samples.push(...(await visit()));
      await pause(Math.min(nextMs, endMs) - performance.now(), signal);
    } while (performance.now() < endMs && !signal.aborted);
  };
  try {
    await Promise.all(visitors.map(work));
  } finally {
    for (const {close} of visitors) close();
  }
  return samples;
}

/** How long a region that is brought back may take until it serves: its proxies' votes, its edge's looks at them. */
const SERVES_WITHIN_MS = 60_000;
const AGAIN_MS = 1000;

/** Waits until a region answers everything well once; resolves to what is wrong where it does not. */
export async function untilServing(
  {visit, close}: Visitor,
  withinMs = SERVES_WITHIN_MS,
): Promise<string | undefined> {
  const endMs = performance.now() + withinMs;
  try {
    for (;;) {
      const bad = (await visit()).find(({fault}) => fault !== undefined);
      if (!bad) return undefined;
      if (performance.now() > endMs) return `${bad.asked}: ${bad.fault}`;
      await sleep(AGAIN_MS);
    }
  } finally {
    close();
  }
}

const pause = (ms: number, signal: AbortSignal) =>
  sleep(Math.max(0, ms), undefined, {signal}).catch(() => {});
