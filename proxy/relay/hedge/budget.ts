/** How many of a model's requests may be asked of a second host. */
export interface Budget {
  /** A request came, of which `share` may be asked again. */
  earn(share: number): void;
  /** Whether one more may be; counts it. */
  spend(): boolean;
  /** A host had no room: none may be for a while. */
  rest(): void;
  readonly rests: boolean;
}

/** What quiet times save up: so many late ones in a row at most. */
const MAX_SAVED = 10;
/** Room that was short is taken to be so for as long: ten times what hosts mostly name as a wait. */
const REST_MS = 10_000;

/** Begins with nothing, so that at no time more was spent than earned. */
export function createBudget(now: () => number): Budget {
  let saved = 0;
  let restsUntilMs = Number.NEGATIVE_INFINITY;
  return {
    earn: (share) => {
      saved = Math.min(MAX_SAVED, saved + share);
    },
    spend: () => {
      if (saved < 1) return false;
      saved--;
      return true;
    },
    rest: () => {
      restsUntilMs = now() + REST_MS;
    },
    get rests() {
      return now() < restsUntilMs;
    },
  };
}
