import {createUserLimits} from "../../admit/user-limits.ts";
import {Refusal} from "../refusal.ts";

/** Of each issuer. A person needs one for each machine or tool. */
const KEYS_OF_USER = 10;
const KEYS_OF_USER_A_DAY = 10;

/** Counts the keys that a user has made. What it gives throws KEYS_MANY. */
export function createMakeLimit(now: () => number): (user: string) => void {
  const perSecond = KEYS_OF_USER_A_DAY / 86_400;
  const limits = {perSecond, burst: KEYS_OF_USER, streams: 1, userBytes: 0};
  const made = createUserLimits({limits: () => limits, now});

  return (user) => {
    try {
      made.enter(user);
    } catch (cause) {
      throw new Refusal("KEYS_MANY", {cause});
    }
    made.leave(user);
  };
}
