import {setTimeout as sleep} from "node:timers/promises";

/**
 * Waits until a condition holds, and leaves the machine to what it waits for. Rejects when the time is up.
 * It is in this folder because every other one may import from here.
 */
export async function until(
  condition: () => boolean | Promise<boolean>,
  {what = `${condition}`, withinMs = 15_000, everyMs = 5} = {},
): Promise<void> {
  for (const end = performance.now() + withinMs; !(await condition()); await sleep(everyMs))
    if (performance.now() > end) throw new Error(`not within ${withinMs / 1000} s: ${what}`);
}
