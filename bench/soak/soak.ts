import {setTimeout as sleep} from "node:timers/promises";
import {FIRST_BYTE_MS, QUOTA_FACTOR, startLoad} from "../../local/drills/load.ts";
import {startWorld} from "../../local/world/world.ts";
import type {World} from "../../regions/world.ts";
import {type Sample, sampleOf} from "./sample.ts";

export interface SoakOptions {
  readonly world: World;
  readonly envoy: string;
  readonly minutes: number;
  readonly people: number;
  /** Between samples. */
  readonly stepMs: number;
  /** Ends it early; what was measured stands. */
  readonly signal?: AbortSignal;
  /** Told each sample as it is taken. */
  readonly told?: (sample: Sample) => void;
  /** A place of its own, where worlds run beside each other: see startWorld. */
  readonly folder?: string;
  readonly block?: number;
}

/** Runs a world in which people type, for so many minutes; resolves to what it was like on the way. */
export async function soak(options: SoakOptions): Promise<Sample[]> {
  const {world, envoy, minutes, people, stepMs, signal, told = () => {}, folder, block} = options;
  const running = await startWorld({
    world,
    proxies: 1,
    envoy,
    firstByteMs: FIRST_BYTE_MS,
    quotaFactor: QUOTA_FACTOR,
    ...(folder !== undefined && {folder}),
    ...(block !== undefined && {block}),
  });
  try {
    const load = startLoad({world, running, people});
    try {
      const samples: Sample[] = [];
      const fromMs = performance.now();
      for (let seen = 0; performance.now() - fromMs < minutes * 60_000; ) {
        await sleep(stepMs, undefined, {signal}).catch(() => {});
        if (signal?.aborted) break;
        const asked = load.requests.slice(seen);
        seen += asked.length;
        samples.push(await sampleOf(running, asked, (performance.now() - fromMs) / 60_000));
        told(samples.at(-1)!);
      }
      return samples;
    } finally {
      await load.stop();
    }
  } finally {
    await running.stop();
  }
}
