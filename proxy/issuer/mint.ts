import {SignJWT} from "jose";
import type {Issuing} from "./config.ts";
import type {User} from "./exchange.ts";
import type {SigningKey} from "./signing.ts";

/** What a client gets for its credential (the contract of the editors' token endpoint). */
export interface Ticket {
  readonly token: string;
  /** Unix seconds. */
  readonly expires_at: number;
  /** Seconds until the client should ask again. */
  readonly refresh_in: number;
  readonly endpoints: Issuing["endpoints"];
}

/** Signs a token for `user`, known by `id`. */
export async function mint(
  {key, alg, jwk}: SigningKey,
  issuing: Issuing,
  {user, id}: {user: User; id: string},
): Promise<Ticket> {
  const expiresAt = Math.floor(Date.now() / 1000) + issuing.lifetimeS;
  const byKey = user.key === undefined ? {} : {personal_key: user.key};
  const token = await new SignJWT({models: issuing.models, ...byKey})
    .setProtectedHeader({alg, kid: jwk.kid, typ: "JWT"})
    .setIssuer(issuing.issuer)
    .setAudience(issuing.audience)
    .setSubject(user.id)
    .setJti(id)
    .setIssuedAt()
    .setExpirationTime(expiresAt)
    .sign(key);
  const {lifetimeS, endpoints} = issuing;
  return {token, expires_at: expiresAt, refresh_in: refreshIn(lifetimeS), endpoints};
}

/** Below it editors ask again before each completion. */
const LEAST_REFRESH_S = 300;
/** Before the end: an editor that was refused, or told to wait 30 s, still has a token meanwhile. */
const MARGIN_S = 90;

/**
 * Seconds after which an editor should ask again: somewhere from 60 to 85 % of the token's life, so that
 * editors that were opened together do not come back together. At least 300, and 90 before the end.
 */
export function refreshIn(lifetimeS: number, random: () => number = Math.random): number {
  const earliest = Math.max(LEAST_REFRESH_S, lifetimeS * 0.6);
  const latest = Math.min(lifetimeS - MARGIN_S, lifetimeS * 0.85);
  return Math.floor(earliest + random() * (latest - earliest));
}
