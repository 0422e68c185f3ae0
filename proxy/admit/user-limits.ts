import {ProxyError} from "../errors.ts";
import {type Limits, OWN_LIMITS} from "../policy.ts";
import type {Kind} from "./kind.ts";

/** What each user may ask for: requests a second and requests under way, by kind, and bytes of all of them. */
export interface UserLimits {
  /** Counts a request in. Throws USER_BUSY or USER_STREAMS; then it is not to be left. */
  enter(user: string, kind?: Kind): void;
  /** Counts it among those under way alone. Throws USER_STREAMS; then it is not to be left. */
  open(user: string, kind: Kind): void;
  /** Counts one that is under way against the rate. Throws USER_BUSY; it is to be left all the same. */
  count(user: string, kind: Kind): void;
  leave(user: string, kind?: Kind): void;
  /** Takes back what was counted against the rate. */
  forgive(user: string, kind?: Kind): void;
  /** A large request counts as several. */
  weigh(user: string, bytes: number, kind?: Kind): void;
  /** Bytes of a request under way are kept. Throws USER_BYTES or PROXY_FULL; then they are not to be released. */
  hold(user: string, bytes: number): void;
  release(user: string, bytes: number): void;
  /** Whether a failed request may be tried elsewhere; counts it. */
  mayRetry(user: string): boolean;
}

interface Bucket {
  /** Requests that may still be sent at once. */
  left: number;
  filledMs: number;
  streams: number;
}

/** What counts together: completions and chats, and each of the others by itself. */
type Lane = "people" | keyof typeof OWN_LIMITS;

const LANES: Readonly<Record<Kind, Lane>> = {
  completion: "people",
  chat: "people",
  next_edit: "nextEdits",
  ahead: "ahead",
};

interface Account {
  /** Those that the user has asked for. */
  readonly buckets: {[lane in Lane]: Bucket | undefined};
  bytes: number;
  /** Attempts beyond the first that may still be made at once. */
  retries: number;
  earnedMs: number;
}

/** What parsing, copying and sending so much costs is about what a request does. */
const BYTES_A_REQUEST = 64 << 10;
/** Bodies of all users. A pod has 512 MB, and each body is there up to three times. */
const MAX_BYTES = 96 << 20;
/** A person asks about twice a second. */
const RETRIES_PER_S = 4;
const MAX_RETRIES = 20;

/** About 40 MB of accounts, had each asked for everything; the longest silent go first. */
const MAX_USERS = 100_000;

type Shared = Pick<Limits, "perSecond" | "burst" | "streams" | "userBytes">;

/** Token buckets for each user, and counts of its streams and their bytes. */
export function createUserLimits({
  limits,
  now = () => performance.now(),
}: {
  limits: () => Shared & Partial<Pick<Limits, keyof typeof OWN_LIMITS>>;
  now?: () => number;
}): UserLimits {
  const accounts = new Map<string, Account>();
  let bytesOfAll = 0;

  function limitsOf(lane: Lane) {
    const all = limits();
    if (lane === "people") return all;
    const {perSecond, burst, streams} = OWN_LIMITS[lane];
    const own = all[lane];
    return {
      perSecond: own?.perSecond ?? perSecond,
      burst: own?.burst ?? burst,
      streams: own?.streams ?? streams,
    };
  }

  function enter(user: string, kind: Kind = "completion") {
    const bucket = open(user, kind);
    try {
      take(bucket, LANES[kind]);
    } catch (cause) {
      bucket.streams--;
      throw cause;
    }
  }

  function open(user: string, kind: Kind): Bucket {
    const lane = LANES[kind];
    const bucket = bucketOf(accountOf(user), lane);
    if (bucket.streams >= limitsOf(lane).streams)
      throw new ProxyError("USER_STREAMS", {retryAfterS: 1});
    bucket.streams++;
    return bucket;
  }

  function count(user: string, kind: Kind) {
    const lane = LANES[kind];
    take(bucketOf(accountOf(user), lane), lane);
  }

  function take(bucket: Bucket, lane: Lane) {
    const {perSecond, burst} = limitsOf(lane);
    const time = now();
    bucket.left = Math.min(burst, bucket.left + ((time - bucket.filledMs) / 1000) * perSecond);
    bucket.filledMs = time;
    if (bucket.left < 1)
      throw new ProxyError("USER_BUSY", {retryAfterS: Math.ceil((1 - bucket.left) / perSecond)});
    bucket.left--;
  }

  function bucketOf({buckets}: Account, lane: Lane): Bucket {
    buckets[lane] ??= {left: limitsOf(lane).burst, filledMs: now(), streams: 0};
    return buckets[lane];
  }

  /** Moves the account to the end of the map, so that its order is that of use. */
  function accountOf(user: string): Account {
    const account = accounts.get(user) ?? {
      buckets: {people: undefined, nextEdits: undefined, ahead: undefined},
      bytes: 0,
      retries: MAX_RETRIES,
      earnedMs: now(),
    };
    accounts.delete(user);
    accounts.set(user, account);
    if (accounts.size > MAX_USERS) forgetOne();
    return account;
  }

  function forgetOne() {
    for (const [user, {buckets}] of accounts) {
      if (Object.values(buckets).some((bucket) => bucket && bucket.streams > 0)) continue;
      accounts.delete(user);
      return;
    }
  }

  /** The bucket of one that was let in. */
  const entered = (user: string, kind: Kind) => accounts.get(user)?.buckets[LANES[kind]];

  function leave(user: string, kind: Kind = "completion") {
    const bucket = entered(user, kind);
    if (bucket) bucket.streams--;
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

  function mayRetry(user: string): boolean {
    const account = accounts.get(user);
    if (!account) return false;
    const time = now();
    const earned = ((time - account.earnedMs) / 1000) * RETRIES_PER_S;
    account.retries = Math.min(MAX_RETRIES, account.retries + earned);
    account.earnedMs = time;
    if (account.retries < 1) return false;
    account.retries--;
    return true;
  }

  return {
    enter,
    open,
    count,
    leave,
    forgive: (user, kind = "completion") => {
      const bucket = entered(user, kind);
      if (bucket) bucket.left++;
    },
    hold,
    release,
    weigh: (user, bytes, kind = "completion") => {
      const bucket = entered(user, kind);
      if (bucket) bucket.left -= Math.floor(bytes / BYTES_A_REQUEST);
    },
    mayRetry,
  };
}
