import {EncryptJWT, errors, type JWTPayload, jwtDecrypt} from "jose";
import {z} from "zod";
import type {Exchange, User} from "../exchange.ts";
import {limitExchange} from "../exchange-limits.ts";
import {asRefusal, Refusal} from "../refusal.ts";
import {isPlain} from "../spelling.ts";
import type {Ending} from "./ending.ts";
import {createMakeLimit} from "./make-limit.ts";
import type {SealingKey} from "./sealing.ts";

/** Keys that the service makes for its users: docs/decisions/personal-keys.md. */
export interface PersonalKeys {
  /** Seals a credential of the user's into a key of this id. Rejects with Refusal. */
  make(credential: string, id: string): Promise<MadeKey>;
  /** The user of a key, for whom the provider still vouches. Rejects with Refusal. */
  readonly trade: Exchange;
  /**
   * Has the provider take back what the key holds, so that nobody trades it again; an expired key too, as what it
   * holds may have no end. Rejects with Refusal.
   */
  end(key: string): Promise<EndedKey>;
}

export interface EndedKey {
  readonly id: string;
  readonly user: string;
}

export interface MadeKey {
  readonly key: string;
  readonly id: string;
  readonly user: string;
  /** Unix seconds. */
  readonly expires_at: number;
}

/** By which scanners for secrets find them; no token of ours and none of a provider's begins so. */
const PREFIX = "meridian_";
/** RFC 8725, section 3.11: what is sealed for another purpose is no key. */
const TYPE = "key+jwt";
const SEALED = {alg: "dir", enc: "A256GCM"} as const;
/** What a proxy takes as a key. */
const MAX_CHARACTERS = 8192;

const claimsSchema = z.object({
  sub: z.string().min(1),
  jti: z.string().min(1),
  exp: z.number(),
  credential: z.string().min(1),
});
type Claims = z.output<typeof claimsSchema>;

export const isPersonalKey = (credential: string): boolean => credential.startsWith(PREFIX);

export function createPersonalKeys({
  issuer,
  audience,
  lifetimeS,
  sealingKeys,
  vouch,
  takeBack,
  now = Date.now,
}: {
  issuer: string;
  audience: string;
  lifetimeS: number;
  /** The first seals; all of them open. */
  sealingKeys: () => readonly [SealingKey, ...SealingKey[]];
  /** Whose a credential that can be kept for long is. */
  vouch: Exchange;
  takeBack: Ending;
  now?: () => number;
}): PersonalKeys {
  const prove = limitExchange(provenBy(vouch));
  const countMade = createMakeLimit(now);

  /** Ends are few, and GitHub takes 60 an hour of one address. */
  const endOnce = limitExchange(async (key) => {
    if (!isPersonalKey(key)) throw new Refusal("PERSONAL_KEY_REFUSED");
    const {sub, jti, credential} = await open(key.slice(PREFIX.length), 0);
    const isGone = await vouch(credential).then(() => false, isRefused);
    if (!isGone) await takeBack(credential);
    return {id: sub, key: jti};
  });

  async function make(credential: string, id: string): Promise<MadeKey> {
    if (isPersonalKey(credential)) throw new Refusal("CREDENTIAL_REFUSED");
    const user = await prove(credential);
    const expiresAt = Math.floor(now() / 1000) + lifetimeS;
    const claims = {sub: user.id, jti: id, exp: expiresAt, credential};
    const key = `${PREFIX}${await seal(claims)}`;
    if (key.length > MAX_CHARACTERS) throw new Refusal("CREDENTIAL_LARGE");
    countMade(user.id);
    return {key, id, user: user.id, expires_at: expiresAt};
  }

  function seal(claims: Claims & JWTPayload): Promise<string> {
    const [{id, secret}] = sealingKeys();
    return (
      new EncryptJWT(claims)
        // The id can be read by whoever finds a key (RFC 7519, section 5.3).
        .setProtectedHeader({...SEALED, kid: id, typ: TYPE, jti: claims.jti})
        .setIssuer(issuer)
        .setAudience(audience)
        .encrypt(secret)
    );
  }

  async function trade(key: string): Promise<User> {
    const {sub, jti, exp, credential} = await open(key.slice(PREFIX.length));
    const {id, untilMs = Number.POSITIVE_INFINITY} = await vouch(credential).catch(ofKey);
    if (id !== sub) throw new Refusal("PERSONAL_KEY_REFUSED");
    return {id, key: jti, untilMs: Math.min(untilMs, exp * 1000)};
  }

  async function end(key: string): Promise<EndedKey> {
    const {id: user, key: id = ""} = await endOnce(key);
    return {id, user};
  }

  async function open(sealed: string, at = now()): Promise<Claims> {
    try {
      if (!isPlain(sealed)) throw new Error("it is not spelled as it was made");
      const {payload} = await jwtDecrypt(sealed, ({kid}) => secretOf(kid), {
        issuer,
        audience,
        typ: TYPE,
        keyManagementAlgorithms: [SEALED.alg],
        contentEncryptionAlgorithms: [SEALED.enc],
        currentDate: new Date(at),
      });
      return claimsSchema.parse(payload);
    } catch (cause) {
      const expired = cause instanceof errors.JWTExpired;
      // Refusals are kept for a while, and jose's errors hold what was opened.
      throw new Refusal(expired ? "PERSONAL_KEY_EXPIRED" : "PERSONAL_KEY_REFUSED");
    }
  }

  function secretOf(kid: string | undefined): Uint8Array {
    const found = sealingKeys().find(({id}) => id === kid);
    if (!found) throw new Error("it was sealed with a key that is not known");
    return found.secret;
  }

  return {make, trade, end};
}

/** Asks twice: some providers take a refresh token once, and the key would be good for one ticket. */
function provenBy(vouch: Exchange): Exchange {
  return async (credential) => {
    await vouch(credential);
    return vouch(credential).catch((cause) => {
      throw isRefused(cause) ? new Refusal("CREDENTIAL_ONCE", {cause}) : cause;
    });
  };
}

/** The user holds a key and knows nothing of the credential in it. */
function ofKey(cause: unknown): never {
  throw isRefused(cause) ? new Refusal("PERSONAL_KEY_REFUSED", {cause}) : cause;
}

const isRefused = (cause: unknown) => asRefusal(cause).code === "CREDENTIAL_REFUSED";
