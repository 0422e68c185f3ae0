import {ProxyError} from "../errors.ts";
import type {Limits} from "../policy.ts";

/** What each user may ask for: requests a second, requests under way, and bytes of them. */
export interface UserLimits {
  /** Counts a request in. Throws USER_BUSY or USER_STREAMS; then it is not to be left. */
  enter(user: string): void;
  leave(user: string): void;
  /** Takes back what `enter` counted against the rate. */
  forgive(user: string): void;
  /** A large request counts as several. */
  weigh(user: string, bytes: number): void;
  /** Bytes of a request under way are kept. Throws USER_BYTES or PROXY_FULL; then they are not to be released. */
  hold(user: string, bytes: number): void;
  release(user: string, bytes: number): void;
  /** Whether a failed request may be tried elsewhere; counts it. */
  mayRetry(user: string): boolean;
}

interface Account {
  /** Requests that may still be sent at once. */
  left: number;
  filledMs: number;
  streams: number;
  bytes: number;
  /** Attempts beyond the first that may still be made at once. */
  retries: number;
}

/** What parsing, copying and sending so much costs is about what a request does. */
const BYTES_A_REQUEST = 64 << 10;
/** Bodies of all users. A pod has 512 MB, and each body is there up to three times. */
const MAX_BYTES = 96 << 20;
/** A person asks about twice a second. */
const RETRIES_PER_S = 4;
const MAX_RETRIES = 20;

/** About 10 MB of accounts; the longest silent go first. */
const MAX_USERS = 100_000;

/** Token buckets for each user, and counts of its streams and their bytes. */
export function createUserLimits({
  limits,
  now = () => performance.now(),
}: {
  limits: () => Pick<Limits, "perSecond" | "burst" | "streams" | "userBytes">;
  now?: () => number;
}): UserLimits {
  const accounts = new Map<string, Account>();
  let bytesOfAll = 0;

  function enter(user: string) {
    const {perSecond, burst, streams} = limits();
    const account = accountOf(user, burst);
    refill(account, perSecond, burst);
    if (account.streams >= streams) throw new ProxyError("USER_STREAMS", {retryAfterS: 1});
    if (account.left < 1)
      throw new ProxyError("USER_BUSY", {
        retryAfterS: Math.ceil((1 - account.left) / perSecond),
      });
    account.left--;
    account.streams++;
  }

  function refill(account: Account, perSecond: number, burst: number) {
    const time = now();
    const seconds = (time - account.filledMs) / 1000;
    account.left = Math.min(burst, account.left + seconds * perSecond);
    account.retries = Math.min(MAX_RETRIES, account.retries + seconds * RETRIES_PER_S);
    account.filledMs = time;
  }

  /** Moves the account to the end of the map, so that its order is that of use. */
  function accountOf(user: string, burst: number): Account {
    const account = accounts.get(user) ?? {
      left: burst,
      filledMs: now(),
      streams: 0,
      bytes: 0,
      retries: MAX_RETRIES,
    };
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

  function hold(user: string, bytes: number) {
    const account = accounts.get(user) as Account;
    if (account.bytes + bytes > limits().userBytes)
      throw new ProxyError("USER_BYTES", {retryAfterS: 1});
    if (bytesOfAll + bytes > MAX_BYTES) throw new ProxyError("PROXY_FULL", {retryAfterS: 1});
    account.bytes += bytes;
    bytesOfAll += bytes;
  }

  function release(user: string, bytes: number) {
    const account = accounts.get(user);
    if (account) account.bytes -= bytes;
    bytesOfAll -= bytes;
  }

  return {
    enter,
    leave,
    forgive: (user) => {
      const account = accounts.get(user);
      if (account) account.left++;
    },
    hold,
    release,
    weigh: (user, bytes) => {
      const account = accounts.get(user);
      if (account) account.left -= Math.floor(bytes / BYTES_A_REQUEST);
    },
    mayRetry: (user) => {
      const account = accounts.get(user);
      if (!account || account.retries < 1) return false;
      account.retries--;
      return true;
    },
  };
}
