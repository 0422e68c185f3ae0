import {cpuUs} from "../proc.ts";

/** What one request cost, between the start of a meter and its reading. */
export interface Cost {
  readonly perSecond: number;
  /** Microseconds of a core that the target's processes took for a request; of no process: left out. */
  readonly cpuUs?: number;
  /** Percent of a core that they took. */
  readonly busy?: number;
  /** Microseconds that generator and model host took for it. */
  readonly loadUs?: number;
}

/** Starts to count; the function it gives back reads the cost of so many requests since. */
export function startMeter(pids: readonly number[]): (requests: number) => Cost {
  const startMs = performance.now();
  const before = cpuUs(pids);
  const own = process.cpuUsage();
  return (requests) => {
    const elapsedUs = (performance.now() - startMs) * 1000;
    const used = cpuUs(pids) - before;
    const {user, system} = process.cpuUsage(own);
    if (requests === 0) return {perSecond: 0};
    return {
      perSecond: (requests / elapsedUs) * 1e6,
      ...(pids.length > 0 && {cpuUs: used / requests, busy: (used / elapsedUs) * 100}),
      loadUs: (user + system) / requests,
    };
  };
}
