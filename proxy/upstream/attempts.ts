const BACKOFF_FIRST_MS = 100;
const BACKOFF_LAST_MS = 5000;
/** Between two attempts that requests bring about: at any rate of theirs a host that is away is asked twenty times a second. */
const ATTEMPT_EVERY_MS = 50;

/** When to connect to a host again that could not be reached. Times are by one clock, in milliseconds. */
export interface Attempts {
  began(nowMs: number): void;
  succeeded(): void;
  failed(nowMs: number): void;
  /** How long until the next; who waits for it does not wait for the back-off as well. */
  waitMs(nowMs: number, isAwaited: boolean): number;
}

export function createAttempts(): Attempts {
  let backoffMs = 0;
  let beganAtMs = Number.NEGATIVE_INFINITY;
  let retryAtMs = Number.NEGATIVE_INFINITY;

  return {
    began(nowMs) {
      beganAtMs = nowMs;
    },
    succeeded() {
      backoffMs = 0;
      retryAtMs = Number.NEGATIVE_INFINITY;
    },
    failed(nowMs) {
      backoffMs = Math.min(BACKOFF_LAST_MS, Math.max(BACKOFF_FIRST_MS, backoffMs * 2));
      retryAtMs = nowMs + backoffMs;
    },
    waitMs(nowMs, isAwaited) {
      // The clock was put back: what was said by it holds no more.
      if (nowMs < beganAtMs) return 0;
      const awaitedAtMs = Math.min(retryAtMs, beganAtMs + ATTEMPT_EVERY_MS);
      return Math.max(0, (isAwaited ? awaitedAtMs : retryAtMs) - nowMs);
    },
  };
}
