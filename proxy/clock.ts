/** The time that requests are waited for by. Tests let it pass. */
export interface Clock {
  /** Milliseconds from no particular start. */
  now(): number;
  /** Runs something again and again, until what is returned is called. */
  every(ms: number, run: () => void): () => void;
}

export const systemClock: Clock = {
  now: () => performance.now(),
  every(ms, run) {
    const timer = setInterval(run, ms).unref();
    return () => clearInterval(timer);
  },
};
