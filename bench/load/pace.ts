/**
 * Calls `fire` at even times, each told when it was meant: what is measured from then on counts every
 * wait, also that of a call which came late (an open loop). Keeps the core busy so as to be on time.
 */
export function pace({
  perSecond,
  count,
  fire,
}: {
  perSecond: number;
  count: number;
  fire: (meantMs: number) => void;
}): Promise<void> {
  const startMs = performance.now();
  let fired = 0;
  return new Promise((resolve) => {
    function turn() {
      const due = Math.min(count, ((performance.now() - startMs) / 1000) * perSecond);
      while (fired < due) fire(startMs + (fired++ / perSecond) * 1000);
      if (fired < count) setImmediate(turn);
      else resolve();
    }
    turn();
  });
}

/** Waits for `condition` without giving the core away; gives up after `limitMs` and says so by false. */
export function spinUntil(condition: () => boolean, limitMs: number): Promise<boolean> {
  const endMs = performance.now() + limitMs;
  return new Promise((resolve) => {
    function turn() {
      if (condition()) resolve(true);
      else if (performance.now() > endMs) resolve(false);
      else setImmediate(turn);
    }
    turn();
  });
}
