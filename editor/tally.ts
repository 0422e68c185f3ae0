/** One request that a person's typing led to, and what became of it. */
export interface TypedRequest {
  /** Times are those of `performance.now()`. */
  readonly beganMs: number;
  readonly endedMs: number;
  /** From the request to its first byte; where none came, to its end. */
  readonly waitedMs: number;
  readonly outcome: "served" | "cancelled" | "failed";
  /** What was shown, or why nothing was. */
  readonly text: string;
  /** Which person typed, counted from 0. */
  readonly person: number;
  /** What the service called it, where it answered. */
  readonly id?: string;
}

/** What people had of the service from some time on. */
export interface Tally {
  readonly requests: number;
  readonly served: number;
  /** Requests whose person typed on. */
  readonly cancelled: number;
  readonly failed: number;
  /** Why the first of those failed. */
  readonly failure: string | undefined;
  readonly worstMs: number;
  /** How long it took until the last request that failed, or waited longer than the objective, had ended. */
  readonly recoverMs: number;
}

/** Counts the requests that began at `fromMs` or later, and those that failed later than that. */
export function tallyOf(
  requests: readonly TypedRequest[],
  fromMs: number,
  objectiveMs: number,
): Tally {
  const seen = requests.filter(
    ({beganMs, endedMs, outcome}) =>
      beganMs >= fromMs || (outcome === "failed" && endedMs > fromMs),
  );
  const having = (outcome: TypedRequest["outcome"]) =>
    seen.filter((request) => request.outcome === outcome);
  const failed = having("failed");
  const bad = seen.filter(({outcome, waitedMs}) => outcome === "failed" || waitedMs > objectiveMs);
  return {
    requests: seen.length,
    served: having("served").length,
    cancelled: having("cancelled").length,
    failed: failed.length,
    failure: failed[0]?.text,
    worstMs: Math.max(0, ...seen.map(({waitedMs}) => waitedMs)),
    recoverMs: Math.max(0, ...bad.map(({endedMs}) => endedMs - fromMs)),
  };
}
