/** How soon first bytes have come in the last minutes. */
export interface Pace {
  add(ms: number): void;
  /** By when 95 of 100 had come; undefined while too few are known to say. */
  readonly p95Ms: number | undefined;
  /** How much later than `ms` those came that came later, on the mean; 0 where none did. */
  laterMs(ms: number): number;
}

const WINDOW_MS = 60_000;
const MIN_SAMPLES = 20;
const SHARE = 0.95;
/** Each bucket ends a tenth later than the one before; the last one at 17 s, when no first byte is waited for any more. */
const GROWTH = 1.1;
const BUCKETS = 103;
const LOG_GROWTH = Math.log(GROWTH);

const bucketOf = (ms: number) =>
  Math.min(BUCKETS - 1, Math.max(0, Math.floor(Math.log(ms) / LOG_GROWTH)));
const endOf = (bucket: number) => GROWTH ** (bucket + 1);
const middleOf = (bucket: number) => GROWTH ** (bucket + 0.5);

/** Counts by buckets in two windows, this minute's and the one before: what is older is forgotten. */
export function createPace(now: () => number): Pace {
  let current = new Uint32Array(BUCKETS);
  let before = new Uint32Array(BUCKETS);
  let endsMs = now() + WINDOW_MS;

  function turn() {
    const lateMs = now() - endsMs;
    if (lateMs < 0) return;
    [before, current] = [current, before];
    if (lateMs >= WINDOW_MS) before.fill(0);
    current.fill(0);
    endsMs = now() + WINDOW_MS;
  }

  const countOf = (bucket: number) => current[bucket]! + before[bucket]!;

  function p95Ms(): number | undefined {
    turn();
    let total = 0;
    for (let bucket = 0; bucket < BUCKETS; bucket++) total += countOf(bucket);
    if (total < MIN_SAMPLES) return undefined;
    let rest = Math.ceil(total * SHARE);
    let bucket = 0;
    for (; bucket < BUCKETS; bucket++) {
      rest -= countOf(bucket);
      if (rest <= 0) break;
    }
    return endOf(bucket);
  }

  function laterMs(ms: number): number {
    turn();
    let count = 0;
    let sum = 0;
    for (let bucket = bucketOf(ms) + 1; bucket < BUCKETS; bucket++) {
      count += countOf(bucket);
      sum += countOf(bucket) * (middleOf(bucket) - ms);
    }
    return count > 0 ? sum / count : 0;
  }

  return {
    add(ms) {
      turn();
      current[bucketOf(ms)]!++;
    },
    get p95Ms() {
      return p95Ms();
    },
    laterMs,
  };
}
