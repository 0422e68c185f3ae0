import type {Objective} from "../policy.ts";
import {type Blame, createBlame, mostOfOneUser} from "../route/blame.ts";
import {exceeds} from "./proportion.ts";

/** A request that says something of us. */
export interface Sample {
  readonly succeeded: boolean;
  /** 0 where it is not judged by it: an answer in one piece has no first byte to wait for. */
  readonly firstByteMs: number;
  /** Whose request it was; undefined where nothing in it can have made it fail. */
  readonly user: string | undefined;
}

/** A proxy's judgement of how it serves one model, by one objective. */
export interface ModelVote {
  /**
   * One finished request. Client errors are not recorded, nor are cancels that came while the first byte
   * was not late yet: they say nothing of us.
   */
  record(sample: Sample): void;
  /**
   * A request of the proxy's own, made while it is out: there is no traffic to judge by. Returns whether
   * it brought it back.
   */
  probed(succeeded: boolean, firstByteMs: number): boolean;
  readonly healthy: boolean;
  /** What put it out; undefined while it is healthy. */
  readonly why: string | undefined;
  /** Share of good requests over the window, 1 when there were none. */
  readonly success: number;
  /** One that differs begins anew: what was counted was counted by the other. */
  setObjective(objective: Objective): void;
}

const SLICES = 20;
/** Fewer than this say nothing. */
const MIN_SAMPLES = 20;
/**
 * How often, at most, one look at a proxy that just meets its objective would find by chance that it
 * misses it. Each failure is one look, at the model that failed and no other, however many models there are.
 */
const ERROR_RATE = 1e-6;
/** Good probes in a row that bring it back; doubled each time that it falls out again soon. */
const PROBES_FIRST = 3;
const PROBES_LAST = 48;

interface Slice {
  good: number;
  /** Those of the bad that were answered, too late. */
  late: number;
  readonly bad: Blame;
}

/**
 * Success over a sliding window against the objective; a late first byte counts as a failure. Surely
 * under it, whoever fails most left out, it is out until enough probes in a row succeed: the
 * more, the sooner it fell out again, so that it does not flap.
 */
export function createModelVote({
  objective,
  now = Date.now,
}: {
  objective: Objective;
  now?: () => number;
}): ModelVote {
  const slices = Array.from(
    {length: SLICES},
    (): Slice => ({good: 0, late: 0, bad: createBlame()}),
  );
  let sliceNow = Math.floor(now() / sliceMs());
  let why: string | undefined;
  let backAtMs = Number.NEGATIVE_INFINITY;
  let needed = PROBES_FIRST;
  let inRow = 0;

  function sliceMs() {
    return objective.windowMs / SLICES;
  }

  function slide() {
    const slice = Math.floor(now() / sliceMs());
    const passed = Math.min(SLICES, slice - sliceNow);
    for (let step = 1; step <= passed; step++) clear(slices[(sliceNow + step) % SLICES] as Slice);
    sliceNow = slice;
  }

  function record({succeeded, firstByteMs, user}: Sample) {
    slide();
    const slice = slices[sliceNow % SLICES] as Slice;
    if (isGood(succeeded, firstByteMs)) slice.good++;
    else {
      slice.bad.add(user);
      if (succeeded) slice.late++;
      if (why === undefined && isUnder()) fallOut();
    }
  }

  function isUnder(): boolean {
    const {good, bad} = totals();
    const misses = (bad: number) =>
      good + bad >= MIN_SAMPLES && exceeds(bad, good + bad, 1 - objective.success, ERROR_RATE);
    return misses(bad) && misses(bad - mostOfOneUser(slices.map(({bad}) => bad)));
  }

  function fallOut() {
    const isSoon = now() < backAtMs + objective.windowMs;
    needed = isSoon ? Math.min(PROBES_LAST, needed * 2) : PROBES_FIRST;
    inRow = 0;
    why = reasonOf(totals(), objective);
  }

  function probed(succeeded: boolean, firstByteMs: number): boolean {
    if (why === undefined) return false;
    inRow = isGood(succeeded, firstByteMs) ? inRow + 1 : 0;
    if (inRow < needed) return false;
    forget();
    backAtMs = now();
    why = undefined;
    return true;
  }

  function isGood(succeeded: boolean, firstByteMs: number): boolean {
    return succeeded && firstByteMs <= objective.firstByteMs;
  }

  function forget() {
    slices.forEach(clear);
    sliceNow = Math.floor(now() / sliceMs());
  }

  function totals() {
    slide();
    const sum = {good: 0, late: 0, bad: 0};
    for (const {good, late, bad} of slices) {
      sum.good += good;
      sum.late += late;
      sum.bad += bad.total;
    }
    return sum;
  }

  return {
    record,
    probed,
    get healthy() {
      return why === undefined;
    },
    get why() {
      return why;
    },
    get success() {
      const {good, bad} = totals();
      return good + bad === 0 ? 1 : good / (good + bad);
    },
    setObjective: (next) => {
      if (isSame(next, objective)) return;
      objective = next;
      inRow = 0;
      forget();
    },
  };
}

const isSame = (one: Objective, other: Objective) =>
  one.success === other.success &&
  one.firstByteMs === other.firstByteMs &&
  one.windowMs === other.windowMs;

/** What others served in its place has failed here. */
function reasonOf(
  {good, late, bad}: {good: number; late: number; bad: number},
  {firstByteMs, windowMs}: Objective,
): string {
  const all = good + bad;
  const failed = bad - late;
  const counts = [
    failed > 0 && `${failed} of ${all} failed here`,
    late > 0 && `${late} of ${all} later than ${firstByteMs} ms`,
  ].filter(Boolean);
  return `${counts.join(", ")} in ${windowMs / 1000} s`;
}

function clear(slice: Slice) {
  slice.good = 0;
  slice.late = 0;
  slice.bad.clear();
}
