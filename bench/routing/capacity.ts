import {roundRobin} from "./router.ts";
import {measure, type Setting, tracedIn} from "./setting.ts";

/** At work for so much of the time they have no room left. */
const FULL = 0.99;
/** Near enough. */
const STEP = 1.08;

/**
 * The people whom the replicas of a setting have room for by turns: one more part of them, and they are always
 * at work. No replica stands still meanwhile.
 */
export function capacityOf({stalls: _, ...whole}: Setting): number {
  const setting = {...whole, forMs: whole.forMs / 3};
  const isFull = (people: number) =>
    measure(setting, tracedIn(setting, people), roundRobin).busy >= FULL;
  let least = setting.replicas;
  while (!isFull(2 * least)) least *= 2;
  for (let most = 2 * least; most / least > STEP; ) {
    const middle = Math.round((least + most) / 2);
    if (isFull(middle)) most = middle;
    else least = middle;
  }
  return least;
}
