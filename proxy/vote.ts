import type {Policy} from "./policy.ts";

/** A proxy's judgement of itself: what its `/healthz` says. */
export interface Vote {
  /** One finished request. Cancels and client errors are not recorded: they say nothing of us. */
  record(succeeded: boolean, firstByteMs: number): void;
  readonly healthy: boolean;
  /** Share of good requests over the window, 1 when there were none. */
  readonly success: number;
  setObjective(objective: Objective): void;
}

type Objective = Policy["objective"];

const SLICES = 20;
/** Fewer than this say nothing. */
const MIN_SAMPLES = 20;

/**
 * Success over a sliding window against the objective; a late first byte counts as a failure. A vote
 * of "no" lasts at least one window, by which time what it was based on has slid out of sight.
 */
export function createVote({
  objective,
  now = Date.now,
}: {
  objective: Objective;
  now?: () => number;
}): Vote {
  const good = new Float64Array(SLICES);
  const bad = new Float64Array(SLICES);
  let sliceNow = Math.floor(now() / sliceMs());
  let outUntilMs = 0;

  function sliceMs() {
    return objective.windowMs / SLICES;
  }

  function slide() {
    const slice = Math.floor(now() / sliceMs());
    const passed = Math.min(SLICES, slice - sliceNow);
    for (let step = 1; step <= passed; step++) clear((sliceNow + step) % SLICES);
    sliceNow = slice;
  }

  function clear(index: number) {
    good[index] = 0;
    bad[index] = 0;
  }

  function record(succeeded: boolean, firstByteMs: number) {
    slide();
    const counts = succeeded && firstByteMs <= objective.firstByteMs ? good : bad;
    counts[sliceNow % SLICES]!++;
    const [goods, bads] = totals();
    if (goods + bads < MIN_SAMPLES || goods / (goods + bads) >= objective.success) return;
    outUntilMs = now() + objective.windowMs;
  }

  function totals(): [number, number] {
    slide();
    return [good.reduce((a, b) => a + b), bad.reduce((a, b) => a + b)];
  }

  return {
    record,
    get healthy() {
      return now() >= outUntilMs;
    },
    get success() {
      const [goods, bads] = totals();
      return goods + bads === 0 ? 1 : goods / (goods + bads);
    },
    setObjective: (next) => {
      objective = next;
      good.fill(0);
      bad.fill(0);
      sliceNow = Math.floor(now() / sliceMs());
    },
  };
}
