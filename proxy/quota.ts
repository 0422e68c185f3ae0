import {ProxyError} from "./errors.ts";
import type {Limits} from "./policy.ts";

/** What each user may ask for: requests a second, and requests under way. */
export interface Quota {
  /** Counts a request in. Throws USER_BUSY or USER_STREAMS; then it is not to be left. */
  enter(user: string): void;
  leave(user: string): void;
}

interface Account {
  /** Requests that may still be sent at once. */
  left: number;
  filledMs: number;
  streams: number;
}

/** About 10 MB of accounts; the longest silent go first. */
const MAX_USERS = 100_000;

/** A token bucket for each user, and a count of its streams. */
export function createQuota({
  limits,
  now = () => performance.now(),
}: {
  limits: () => Omit<Limits, "bodyBytes">;
  now?: () => number;
}): Quota {
  const accounts = new Map<string, Account>();

  function enter(user: string) {
    const {perSecond, burst, streams} = limits();
    const account = accountOf(user, burst);
    const time = now();
    const filled = account.left + ((time - account.filledMs) / 1000) * perSecond;
    account.left = Math.min(burst, filled);
    account.filledMs = time;
    if (account.streams >= streams) throw new ProxyError("USER_STREAMS", {retryAfterS: 1});
    if (account.left < 1)
      throw new ProxyError("USER_BUSY", {
        retryAfterS: Math.ceil((1 - account.left) / perSecond),
      });
    account.left--;
    account.streams++;
  }

  /** Moves the account to the end of the map, so that its order is that of use. */
  function accountOf(user: string, burst: number): Account {
    const account = accounts.get(user) ?? {left: burst, filledMs: now(), streams: 0};
    accounts.delete(user);
    accounts.set(user, account);
    if (accounts.size > MAX_USERS) forgetOne();
    return account;
  }

  function forgetOne() {
    for (const [user, {streams}] of accounts) {
      if (streams > 0) continue;
      accounts.delete(user);
      return;
    }
  }

  function leave(user: string) {
    const account = accounts.get(user);
    if (account) account.streams--;
  }

  return {enter, leave};
}
