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
  /** Share of requests that were asked of a second replica, those before what is counted too. */
  readonly hedged: number;
  /** Replicas that stopped as they were told to when the other one had answered. */
  readonly cancelled: number;
  /** Hedged requests that one of the two answered: the other had to stop. */
  readonly decided: number;
  /** Requests that more than one replica answered. */
  readonly twice: number;
  /** Share of the time that replicas were at work. */
  readonly busy: number;
}

export function figuresOf(
  {answers, hedged, spent}: Replay,
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
    hedged,
    cancelled: answers.reduce((sum, {cancelled}) => sum + cancelled, 0),
    decided: answers.filter(({hedges, begun}) => hedges > 0 && begun > 0).length,
    twice: answers.filter(({begun}) => begun > 1).length,
    gpuSeconds: spent.busyMs / 1000 / answers.length,
    busy: spent.busyMs / replicas / forMs,
  };
}
