/** Attempts beyond the first are a share of traffic: when every host fails, asking twice fails harder. */
export interface RetryBudget {
  /** A request came. */
  earn(): void;
  /** Whether one more attempt may be made; counts it. */
  spend(): boolean;
}

const SHARE = 0.2;
/** A quiet proxy may still try again, so often a second. */
const MIN_PER_S = 10;
const MAX_SAVED = 100;

export function createRetryBudget(now: () => number = () => performance.now()): RetryBudget {
  let saved = MAX_SAVED;
  let seenMs = now();

  return {
    earn: () => {
      saved = Math.min(MAX_SAVED, saved + SHARE);
    },
    spend: () => {
      saved = Math.min(MAX_SAVED, saved + ((now() - seenMs) / 1000) * MIN_PER_S);
      seenMs = now();
      if (saved < 1) return false;
      saved--;
      return true;
    },
  };
}
