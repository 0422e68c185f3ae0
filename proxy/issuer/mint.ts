import {randomUUID} from "node:crypto";
import {calculateJwkThumbprint, exportJWK, importPKCS8, type JWK, SignJWT} from "jose";
import type {Issuing} from "./config.ts";
import type {User} from "./exchange.ts";

/** A key that signs tokens, and the public half that proxies check them with. */
export interface SigningKey {
  readonly key: CryptoKey;
  readonly alg: string;
  readonly jwk: JWK;
}

/** What a client gets for its credential (the contract of the editors' token endpoint). */
export interface Ticket {
  readonly token: string;
  /** Unix seconds. */
  readonly expires_at: number;
  /** Seconds until the client should ask again: well before the end, and never so short that it asks before each completion. */
  readonly refresh_in: number;
  readonly endpoints: Issuing["endpoints"];
}

/** Reads a PKCS #8 PEM of an Ed25519 or P-256 key. Its `kid` is the RFC 7638 thumbprint. */
export async function readSigningKey(pem: string): Promise<SigningKey> {
  const {key, alg} = await importEither(pem);
  const {kty, crv, x, y} = await exportJWK(key);
  const publicHalf = {kty, crv, x, y} as JWK;
  const kid = await calculateJwkThumbprint(publicHalf);
  return {key, alg, jwk: {...publicHalf, kid, alg, use: "sig"}};
}

async function importEither(pem: string): Promise<{key: CryptoKey; alg: string}> {
  for (const alg of ["EdDSA", "ES256"]) {
    const key = await importPKCS8(pem, alg, {extractable: true}).catch(() => undefined);
    if (key) return {key, alg};
  }
  throw new Error("The signing key is not a PKCS #8 PEM of an Ed25519 or P-256 key.");
}

export async function mint(
  {key, alg, jwk}: SigningKey,
  issuing: Issuing,
  user: User,
): Promise<Ticket> {
  const expiresAt = Math.floor(Date.now() / 1000) + issuing.lifetimeS;
  const token = await new SignJWT({models: issuing.models})
    .setProtectedHeader({alg, kid: jwk.kid as string, typ: "JWT"})
    .setIssuer(issuing.issuer)
    .setAudience(issuing.audience)
    .setSubject(user.id)
    .setJti(randomUUID())
    .setIssuedAt()
    .setExpirationTime(expiresAt)
    .sign(key);
  const refreshIn = Math.max(300, Math.floor(issuing.lifetimeS * 0.75));
  return {token, expires_at: expiresAt, refresh_in: refreshIn, endpoints: issuing.endpoints};
}
