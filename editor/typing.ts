/** One thing that a hand does at a keyboard: what it wrote is not told. */
export interface Stroke {
  /** Since the one before it. */
  readonly afterMs: number;
  readonly kind: "key" | "delete";
  /** Characters that came or went: 1, or more for what was pasted. */
  readonly size: number;
}

/**
 * How people type, from what is known of it; docs/drills.md says what is measured elsewhere and what is
 * chosen here. Intervals are log-normal, and a burst of keys ends in a longer look at what was written.
 */
export const habits = {
  /** 239 ms on average: Dhakal et al., CHI 2018, of 168,000 typists. */
  keyMs: {median: 214, spread: 0.47},
  /** A word or two of code, then a look. */
  burstKeys: 6,
  /** Reading, thinking, taking a suggestion. */
  lookMs: {median: 1100, spread: 0.7},
  /** Backspaces among the keys: 6 in 100 in the same study. */
  deleted: 0.06,
  /** Keys that are what the suggestion says: the editor keeps it, and asks nothing. */
  followed: 0.12,
  /** From a key until the editor asks: none within it. */
  debounceMs: 75,
} as const;

/** A person who types without end. `random` is in [0, 1). */
export function* typing(random: () => number = Math.random): Generator<Stroke> {
  for (;;) {
    const looks = random() < 1 / habits.burstKeys;
    const afterMs = logNormal(looks ? habits.lookMs : habits.keyMs, random);
    yield {afterMs, kind: random() < habits.deleted ? "delete" : "key", size: 1};
  }
}

/** Box and Muller's way to a normal number. */
function logNormal({median, spread}: {median: number; spread: number}, random: () => number) {
  const normal = Math.sqrt(-2 * Math.log(1 - random())) * Math.cos(2 * Math.PI * random());
  return median * Math.exp(spread * normal);
}

/** A recorded hand, again and again, from a stroke of its own on. */
export function* replay(strokes: readonly Stroke[], from: number): Generator<Stroke> {
  for (let at = from; ; at++) yield strokes[at % strokes.length]!;
}

/** `random` that is the same for the same seed: mulberry32. */
export function seeded(seed: number): () => number {
  let state = seed >>> 0;
  return () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
}
