import {ProxyError} from "../errors.ts";
import {createUserLimits, type UserLimits} from "./user-limits.ts";

/**
 * How many keys may be traded at a time. Anyone can make keys up, and each costs a question to the issuer and
 * one to the identity provider. Who was let in before is counted apart, so that made-up keys cost those alone
 * who have never been here.
 */
export interface KeyLimits {
  /** Counts a trade in. Throws ADDRESS_BUSY or KEYS_FULL; else to be told whether the key was refused. */
  enter(trade: {address: string; known: boolean}): (wasRefused: boolean) => void;
}

/**
 * An issuer takes 4,096 connections: 30 proxies leave a quarter of them to the edge. At the 150 ms that a
 * provider takes, a proxy that has just started learns some 400 keys a second.
 */
const NEW_KEYS = 64;
const KNOWN_KEYS = 32;
/** One address may take so many of them; the rest is for others. A company's users may all come from one. */
const NEW_KEYS_OF_ADDRESS = 48;
/** Only keys that were refused count: at once, and as many a second after. */
const REFUSED_OF_ADDRESS = 100;
const REFUSED_OF_ADDRESS_PER_S = 2;
/** For all addresses together: a provider that is asked of too many bad keys shuts out the good ones too. */
const REFUSED_OF_ALL = 400;
const REFUSED_OF_ALL_PER_S = 20;

const ADDRESS = {
  perSecond: REFUSED_OF_ADDRESS_PER_S,
  burst: REFUSED_OF_ADDRESS,
  streams: NEW_KEYS_OF_ADDRESS,
  userBytes: 0,
};
const ALL = {
  perSecond: REFUSED_OF_ALL_PER_S,
  burst: REFUSED_OF_ALL,
  streams: NEW_KEYS,
  userBytes: 0,
};

export function createKeyLimits(now: () => number): KeyLimits {
  const addresses = createUserLimits({limits: () => ADDRESS, now});
  const all = createUserLimits({limits: () => ALL, now});
  let known = 0;

  function enterKnown() {
    if (known >= KNOWN_KEYS) throw new ProxyError("KEYS_FULL", {retryAfterS: 1});
    known++;
    return () => void known--;
  }

  function enterNew(address: string) {
    const leaveAddress = enter(addresses, address, "ADDRESS_BUSY");
    try {
      const leaveAll = enter(all, EVERYONE, "KEYS_FULL");
      return (wasRefused: boolean) => {
        leaveAddress(wasRefused);
        leaveAll(wasRefused);
      };
    } catch (cause) {
      leaveAddress(false);
      throw cause;
    }
  }

  return {enter: ({address, known}) => (known ? enterKnown() : enterNew(address))};
}

const EVERYONE = "";

function enter(limits: UserLimits, who: string, code: "ADDRESS_BUSY" | "KEYS_FULL") {
  try {
    limits.enter(who);
  } catch (cause) {
    if (!(cause instanceof ProxyError)) throw cause;
    throw new ProxyError(code, {retryAfterS: cause.retryAfterS});
  }
  return (wasRefused: boolean) => {
    if (!wasRefused) limits.forgive(who);
    limits.leave(who);
  };
}
