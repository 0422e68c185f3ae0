import {createHash} from "node:crypto";
import {createUserLimits} from "../admit/user-limits.ts";
import {ProxyError} from "../errors.ts";
import {createCache} from "./cache.ts";
import type {Exchange} from "./exchange.ts";
import {Refusal} from "./refusal.ts";

/** An editor asks once in a quarter of an hour; a user's windows may all be opened at once. */
const LIMITS = {perSecond: 0.5, burst: 30, streams: 30, userBytes: 0};

/**
 * An exchange that spares the identity provider: one credential may ask so often and no more, answers
 * are kept for a while, and who asks at the same time is answered together. What is kept is kept by the
 * credential's hash, never by the credential.
 */
export function limitExchange(
  exchange: Exchange,
  now: () => number = () => performance.now(),
): Exchange {
  const limits = createUserLimits({limits: () => LIMITS, now});
  const cache = createCache();

  return async (credential) => {
    const key = createHash("sha256").update(credential).digest("base64url");
    enter(key);
    try {
      return await cache.get(key, () => exchange(credential));
    } finally {
      limits.leave(key);
    }
  };

  function enter(key: string) {
    try {
      limits.enter(key);
    } catch (cause) {
      if (!(cause instanceof ProxyError)) throw cause;
      throw new Refusal("ASKED_TOO_OFTEN", {retryAfterS: cause.retryAfterS});
    }
  }
}
