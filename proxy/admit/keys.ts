import {createHash} from "node:crypto";
import {LRUCache} from "lru-cache";
import {ProxyError} from "../errors.ts";
import {createKeyLimits} from "./key-limits.ts";
import type {Ticket} from "./trade.ts";

/**
 * Tickets of clients that hold a key and trade nothing. They are kept by the key's hash, never by the key, and
 * renewed while the old one still holds.
 */
export interface Keys {
  /** Rejects with ProxyError KEY_*, ADDRESS_BUSY or ISSUER_LOST. `address`: where the client is. */
  ticketOf(key: string, address: string): Promise<string>;
  /** Another ticket for one that is not taken any more; the same one where it has only just been given. */
  replace(ticket: string, key: string, address: string): Promise<string>;
}

interface Held {
  readonly token: string;
  readonly tradedMs: number;
  readonly endsMs: number;
  renewMs: number;
}

/** About 10 MB; the longest unused go first. */
const MAX_KEYS = 10_000;
/** Kept apart: made-up keys push out no good one. */
const MAX_REFUSED = 10_000;
/** As long as the issuer keeps its own: who has just been let in has to wait so long. */
const REFUSED_MS = 10_000;
/** Refusals that are the key's; others are the issuer's or the provider's, and may be over at once. */
const LASTING = [401, 402, 403];
/** A ticket that nobody takes is replaced once in this time. */
const REPLACE_MS = 10_000;

export function createKeys({
  trade,
  now,
}: {
  trade: (key: string) => Promise<Ticket>;
  /** Milliseconds from no particular start. */
  now: () => number;
}): Keys {
  const held = new LRUCache<string, Held>({max: MAX_KEYS});
  const refused = new LRUCache<string, ProxyError>({
    max: MAX_REFUSED,
    ttl: REFUSED_MS,
    ttlResolution: 0,
    perf: {now},
  });
  const trading = new Map<string, Promise<string>>();
  const limits = createKeyLimits(now);

  async function ticketOf(key: string, address: string): Promise<string> {
    const hash = hashOf(key);
    const one = held.get(hash);
    if (!one || one.endsMs <= now()) return join(hash, key, address);
    if (one.renewMs <= now()) renew(one, hash, key, address);
    return one.token;
  }

  async function replace(ticket: string, key: string, address: string): Promise<string> {
    const hash = hashOf(key);
    const one = held.get(hash);
    if (one && (one.token !== ticket || now() - one.tradedMs < REPLACE_MS)) return one.token;
    return join(hash, key, address);
  }

  /** In the background: the request that it comes with has a ticket. */
  function renew(one: Held, hash: string, key: string, address: string) {
    join(hash, key, address).catch((cause) => {
      const {retryAfterS = REFUSED_MS / 1000} = cause as ProxyError;
      one.renewMs = now() + retryAfterS * 1000;
    });
  }

  /** Callers that come while it is traded share the answer. */
  async function join(hash: string, key: string, address: string): Promise<string> {
    const refusal = refused.get(hash);
    if (refusal) throw refusal;
    return trading.get(hash) ?? begin(hash, key, address);
  }

  function begin(hash: string, key: string, address: string): Promise<string> {
    const leave = limits.enter({address, known: held.has(hash)});
    const traded = trade(key)
      .then((ticket) => keep(hash, ticket))
      .catch((cause) => drop(hash, cause))
      .finally(() => {
        trading.delete(hash);
        leave(refused.has(hash));
      });
    trading.set(hash, traded);
    return traded;
  }

  function keep(hash: string, {token, expires_at, refresh_in}: Ticket): string {
    const tradedMs = now();
    const endsMs = tradedMs + expires_at * 1000 - Date.now();
    held.set(hash, {token, tradedMs, endsMs, renewMs: tradedMs + refresh_in * 1000});
    return token;
  }

  /** A ticket outlives an issuer that is away, but not a key that is refused. */
  function drop(hash: string, cause: unknown): never {
    if (cause instanceof ProxyError && LASTING.includes(cause.status)) {
      held.delete(hash);
      refused.set(hash, cause);
    }
    throw cause;
  }

  return {ticketOf, replace};
}

const hashOf = (key: string) => createHash("sha256").update(key).digest("base64url");
