import {setTimeout as sleep} from "node:timers/promises";

const LIMIT_MS = 15_000;
const LOOK_EVERY_MS = 50;

/** For tests: waits for `condition`, fifteen seconds at most, and leaves the machine to what it waits for. */
export async function until(condition: () => boolean | Promise<boolean>): Promise<void> {
  for (const end = Date.now() + LIMIT_MS; !(await condition()); await sleep(LOOK_EVERY_MS))
    if (Date.now() > end) throw new Error(`waited in vain for ${condition}`);
}
