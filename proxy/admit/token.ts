import {createPublicKey} from "node:crypto";
import {createLocalJWKSet, decodeJwt, errors, type JSONWebKeySet, jwtVerify} from "jose";
import {z} from "zod";
import {ProxyError} from "../errors.ts";
import type {Policy} from "../policy.ts";

/** What a token says, once its signature has been checked. */
export interface Claims {
  /** Who: stable, and safe to put in a log. */
  readonly user: string;
  readonly id: string;
  /** `kid` of the key that signed it. */
  readonly key: string;
  /** Models that may be asked for. */
  readonly models: readonly string[];
  /** The id of the personal key that it was traded for. */
  readonly personalKey?: string;
  readonly expiresMs: number;
}

export interface Verifier {
  /** Synchronous for a token that was seen before. Throws or rejects with ProxyError TOKEN_*. */
  verify(token: string): Claims | Promise<Claims>;
  /** What is known of the token in an Authorization header that has the usual form; undefined where nothing is. */
  known(authorization: string): Claims | undefined;
  /** Whether it says that it is of our issuer. Whether that is true is for `verify` to find. */
  isOurs(token: string): boolean;
  /** Takes new keys; forgets every verdict given with the old ones. */
  replaceKeys(keys: JSONWebKeySet): void;
}

/** Clocks of issuer and proxy may differ by this much. */
const SKEW_S = 30;
/** About 10 MB of verdicts. */
const CACHE_SIZE = 10_000;
/** Never taken from the token: that is how `none` and HMAC-with-a-public-key get in. */
const ALGORITHMS = ["EdDSA", "ES256"];

const claimsSchema = z.object({
  sub: z.string().min(1),
  jti: z.string().min(1),
  exp: z.number(),
  models: z.array(z.string()),
  personal_key: z.string().min(1).optional(),
});

const headerSchema = z.object({kid: z.string().min(1)});

export function createVerifier({
  keys,
  issuer,
  audience,
  now = Date.now,
}: {
  keys: JSONWebKeySet;
  issuer: string;
  audience: string;
  now?: () => number;
}): Verifier {
  let keySet = createLocalJWKSet(keys);
  /** By the header as nearly all clients say it: the same string comes again, and is found without being read. */
  const cache = new Map<string, Claims>();

  function verify(token: string) {
    const claims = cache.get(headerOf(token));
    if (!claims) return verifyNew(token);
    if (claims.expiresMs > now()) return claims;
    cache.delete(headerOf(token));
    throw new ProxyError("TOKEN_EXPIRED");
  }

  function known(authorization: string): Claims | undefined {
    const claims = cache.get(authorization);
    return claims && claims.expiresMs > now() ? claims : undefined;
  }

  async function verifyNew(token: string): Promise<Claims> {
    const keysThen = keySet;
    const claims = await checkSignature(token);
    if (keySet !== keysThen) return claims;
    if (cache.size >= CACHE_SIZE) cache.delete(cache.keys().next().value as string);
    cache.set(headerOf(token), claims);
    return claims;
  }

  async function checkSignature(token: string): Promise<Claims> {
    try {
      const {payload, protectedHeader} = await jwtVerify(token, keySet, {
        algorithms: ALGORITHMS,
        issuer,
        audience,
        clockTolerance: SKEW_S,
        currentDate: new Date(now()),
      });
      const {sub, jti, exp, models, personal_key} = claimsSchema.parse(payload);
      // Without it a token of a key that is revoked would pass.
      const {kid} = headerSchema.parse(protectedHeader);
      const claims = {user: sub, id: jti, key: kid, models, expiresMs: (exp + SKEW_S) * 1000};
      return personal_key === undefined ? claims : {...claims, personalKey: personal_key};
    } catch (cause) {
      const expired = cause instanceof errors.JWTExpired;
      throw new ProxyError(expired ? "TOKEN_EXPIRED" : "TOKEN_INVALID", {cause});
    }
  }

  function replaceKeys(keys: JSONWebKeySet) {
    keySet = createLocalJWKSet(keys);
    cache.clear();
  }

  // Those that were seen are known without being read again.
  const isOurs = (token: string) => cache.has(headerOf(token)) || issuerOf(token) === issuer;

  return {verify, known, isOurs, replaceKeys};
}

const headerOf = (token: string) => `Bearer ${token}`;

/** Who a token says that it is of, read as `jwtVerify` reads it; undefined for what is no JWT. */
function issuerOf(token: string): string | undefined {
  try {
    return decodeJwt(token).iss;
  } catch {
    return undefined;
  }
}

/** Throws TOKEN_REVOKED; asked at every request, so that a revocation holds as soon as it is read. */
export function checkRevoked(claims: Claims, revoked: Policy["revoked"]): void {
  const {id, user, key, personalKey = id} = claims;
  const {tokens, users, keys} = revoked;
  const isToken = tokens.includes(id) || tokens.includes(personalKey);
  if (isToken || users.includes(user) || keys.includes(key)) throw new ProxyError("TOKEN_REVOKED");
}

/** Parses a JWKS file; throws where it is not one, holds no key, or one that nothing can be checked against. */
export function parseKeys(text: string): JSONWebKeySet {
  const set = jwks.parse(JSON.parse(text));
  if (new Set(set.keys.map(({kid}) => kid)).size < set.keys.length)
    throw new Error("two keys have the same kid");
  for (const key of set.keys) createPublicKey({key, format: "jwk"});
  return set;
}

const jwks = z.object({
  keys: z.array(z.looseObject({kty: z.string(), kid: z.string().min(1)})).min(1),
});
