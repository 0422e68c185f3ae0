/** One request of a person's editor, as that person fared with it. */
export interface Sample {
  /** By `performance.now()`. */
  readonly beganMs: number;
  readonly endedMs: number;
  /** Until the first byte; where none came, until the request's end. */
  readonly waitedMs: number;
  readonly outcome: "served" | "cancelled" | "failed";
  /** What was shown, or why nothing could be. */
  readonly text: string;
  /** Of the person. */
  readonly person: number;
}

/** What a load had of the service from a time on. */
export interface Tally {
  readonly requests: number;
  readonly served: number;
  /** The person typed on. */
  readonly cancelled: number;
  readonly failed: number;
  /** Of those that failed, why the first did. */
  readonly failure: string | undefined;
  readonly worstMs: number;
  /** From the time until the last request that failed, or waited longer than the objective, had ended. */
  readonly recoverMs: number;
}

/** Of the samples that began at `fromMs` or later, or failed later than that. */
export function tallyOf(samples: readonly Sample[], fromMs: number, objectiveMs: number): Tally {
  const seen = samples.filter(
    ({beganMs, endedMs, outcome}) =>
      beganMs >= fromMs || (outcome === "failed" && endedMs > fromMs),
  );
  const of = (outcome: Sample["outcome"]) => seen.filter((sample) => sample.outcome === outcome);
  const failed = of("failed");
  const ill = seen.filter(({outcome, waitedMs}) => outcome === "failed" || waitedMs > objectiveMs);
  return {
    requests: seen.length,
    served: of("served").length,
    cancelled: of("cancelled").length,
    failed: failed.length,
    failure: failed[0]?.text,
    worstMs: Math.max(0, ...seen.map(({waitedMs}) => waitedMs)),
    recoverMs: Math.max(0, ...ill.map(({endedMs}) => endedMs - fromMs)),
  };
}
