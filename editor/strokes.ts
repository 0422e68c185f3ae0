/** One press of a key, without what was written. */
export interface Stroke {
  /** Since the stroke before it. */
  readonly afterMs: number;
  readonly kind: "key" | "delete";
  /** How many characters came or went: 1, or more where text was pasted. */
  readonly size: number;
}

/**
 * How people type. docs/drills.md says what of this was measured elsewhere and what is chosen here.
 * Intervals are log-normal, and a burst of keys ends in a longer look at what was written.
 */
export const habits = {
  /** 239 ms on average: Dhakal et al., CHI 2018, of 168,000 typists. */
  keyMs: {median: 214, spread: 0.47},
  /** A word or two of code, then a look. */
  burstKeys: 6,
  /** The time to read, think or take a suggestion. */
  lookMs: {median: 1100, spread: 0.7},
  /** Share of keys that are backspaces, from the same study. */
  deleted: 0.06,
  /** Share of keys that agree with the suggestion: the editor keeps it, and asks nothing. */
  followed: 0.12,
  /** The editor asks when no key has come for so long. */
  debounceMs: 75,
} as const;

/**
 * Types without end. `random` is in [0, 1). `patience` is how many times longer than usual someone looks
 * between bursts of keys.
 */
export function* typing(random: () => number = Math.random, patience = 1): Generator<Stroke> {
  for (;;) {
    const looks = random() < 1 / habits.burstKeys;
    const usualMs = logNormal(looks ? habits.lookMs : habits.keyMs, random);
    const afterMs = looks ? patience * usualMs : usualMs;
    yield {afterMs, kind: random() < habits.deleted ? "delete" : "key", size: 1};
  }
}

/** A value of a log-normal distribution, by the Box-Muller transform. */
export function logNormal(
  {median, spread}: {median: number; spread: number},
  random: () => number,
) {
  const normal = Math.sqrt(-2 * Math.log(1 - random())) * Math.cos(2 * Math.PI * random());
  return median * Math.exp(spread * normal);
}

/** Repeats a recording without end, beginning at stroke `from`. */
export function* replay(strokes: readonly Stroke[], from: number): Generator<Stroke> {
  for (let at = from; ; at++) yield strokes[at % strokes.length]!;
}

/** A random generator that repeats for the same seed: mulberry32. */
export function seeded(seed: number): () => number {
  let state = seed >>> 0;
  return () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
}
