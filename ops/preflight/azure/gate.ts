/** Lets `limit` tasks run at once; the others wait their turn, in order. */
export function createGate(limit: number) {
  const waiting: (() => void)[] = [];
  let running = 0;

  return async function pass<Result>(run: () => Promise<Result>): Promise<Result> {
    if (running === limit) await new Promise<void>((resolve) => waiting.push(resolve));
    else running += 1;
    try {
      return await run();
    } finally {
      const next = waiting.shift();
      // The next in line takes over the place.
      if (next) next();
      else running -= 1;
    }
  };
}
