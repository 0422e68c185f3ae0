import {quantile} from "../numbers.ts";
import type {Replay} from "./replay.ts";

/** What a way of routing came to. Shares are 0 to 1. */
export interface RoutingFigures {
  readonly requests: number;
  /** Of those that had one before their person typed on. */
  readonly firstByteP50Ms: number;
  readonly firstByteP95Ms: number;
  readonly firstByteP99Ms: number;
  /** Share of requests that had a first byte. */
  readonly begun: number;
  /** Share of the prompts' tokens that were there already. */
  readonly cached: number;
  readonly gpuSeconds: number;
  /** Share of the time that replicas were at work. */
  readonly busy: number;
}

export function figuresOf(
  {answers, spent}: Replay,
  {replicas, forMs}: {replicas: number; forMs: number},
): RoutingFigures {
  const waits = answers.flatMap(({firstByteMs}) =>
    firstByteMs === undefined ? [] : [firstByteMs],
  );
  return {
    requests: answers.length,
    firstByteP50Ms: quantile(waits, 0.5),
    firstByteP95Ms: quantile(waits, 0.95),
    firstByteP99Ms: quantile(waits, 0.99),
    begun: waits.length / answers.length,
    cached: spent.cachedTokens / spent.promptTokens,
    gpuSeconds: spent.busyMs / 1000 / answers.length,
    busy: spent.busyMs / replicas / forMs,
  };
}
