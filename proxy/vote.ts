import type {Policy} from "./policy.ts";

/** A proxy's judgement of itself: what its `/healthz` says. */
export interface Vote {
  /**
   * One finished request. Client errors are not recorded, nor are cancels that came while the first byte
   * was not late yet: they say nothing of us.
   */
  record(succeeded: boolean, firstByteMs: number): void;
  /**
   * A request of the proxy's own, made while it is out: there is no traffic to judge by. Returns whether
   * it brought the proxy back.
   */
  probed(succeeded: boolean, firstByteMs: number): boolean;
  readonly healthy: boolean;
  /** Share of good requests over the window, 1 when there were none. */
  readonly success: number;
  setObjective(objective: Objective): void;
}

type Objective = Policy["objective"];

const SLICES = 20;
/** Fewer than this say nothing. */
const MIN_SAMPLES = 20;
/** Good probes in a row that bring a proxy back; doubled each time that it falls out again soon. */
const PROBES_FIRST = 3;
const PROBES_LAST = 48;

/**
 * Success over a sliding window against the objective; a late first byte counts as a failure. Under
 * it the proxy is out until enough probes in a row succeed: the more, the sooner it fell out again,
 * so that it does not flap.
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
  let healthy = true;
  let backAtMs = Number.NEGATIVE_INFINITY;
  let needed = PROBES_FIRST;
  let inRow = 0;

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
    const counts = isGood(succeeded, firstByteMs) ? good : bad;
    counts[sliceNow % SLICES]!++;
    const [goods, bads] = totals();
    if (goods + bads < MIN_SAMPLES || goods / (goods + bads) >= objective.success) return;
    if (healthy) fallOut();
  }

  function fallOut() {
    const isSoon = now() < backAtMs + objective.windowMs;
    needed = isSoon ? Math.min(PROBES_LAST, needed * 2) : PROBES_FIRST;
    inRow = 0;
    healthy = false;
  }

  function probed(succeeded: boolean, firstByteMs: number): boolean {
    if (healthy) return false;
    inRow = isGood(succeeded, firstByteMs) ? inRow + 1 : 0;
    if (inRow < needed) return false;
    forget();
    backAtMs = now();
    healthy = true;
    return true;
  }

  function isGood(succeeded: boolean, firstByteMs: number): boolean {
    return succeeded && firstByteMs <= objective.firstByteMs;
  }

  function forget() {
    good.fill(0);
    bad.fill(0);
    sliceNow = Math.floor(now() / sliceMs());
  }

  function totals(): [number, number] {
    slide();
    return [good.reduce((a, b) => a + b), bad.reduce((a, b) => a + b)];
  }

  return {
    record,
    probed,
    get healthy() {
      return healthy;
    },
    get success() {
      const [goods, bads] = totals();
      return goods + bads === 0 ? 1 : goods / (goods + bads);
    },
    setObjective: (next) => {
      objective = next;
      forget();
    },
  };
}
