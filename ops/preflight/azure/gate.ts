/** Lets so many run at once; the others wait for their turn, in order. */
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
      // Whoever is next takes the place over.
      if (next) next();
      else running -= 1;
    }
  };
}
