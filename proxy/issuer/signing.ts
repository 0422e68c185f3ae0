import {createHash, createPrivateKey, createPublicKey, type KeyObject} from "node:crypto";
import type {JSONWebKeySet, JWK} from "jose";

/** A key that signs tokens, and the public half that proxies check them with. */
export interface SigningKey {
  readonly key: KeyObject;
  readonly alg: string;
  readonly jwk: JWK & {readonly kid: string};
}

/**
 * Reads a PEM of an Ed25519 or P-256 private key. Its `kid` is the RFC 7638 thumbprint. Throws an Error
 * that says nothing of what was read.
 */
export function readSigningKey(pem: string): SigningKey {
  const key = privateKey(pem);
  const {kty, crv, x, y} = createPublicKey(key).export({format: "jwk"}) as JWK;
  const alg = {Ed25519: "EdDSA", "P-256": "ES256"}[crv ?? ""];
  if (!alg) throw new Error("The signing key must be an Ed25519 or a P-256 key.");
  const required = {crv, kty, x, ...(y && {y})};
  // Section 3.2: the required members in the order of their names, without white space.
  const kid = createHash("sha256").update(JSON.stringify(required)).digest("base64url");
  return {key, alg, jwk: {...required, kid, alg, use: "sig"} as SigningKey["jwk"]};
}

function privateKey(pem: string): KeyObject {
  try {
    return createPrivateKey(pem);
  } catch {
    throw new Error("The signing key is not a private key in PEM; write one, of Ed25519 or P-256.");
  }
}

/** The key that signs, and the one that signed or will: who checks tokens needs both. */
export function keySetOf(keys: readonly SigningKey[]): JSONWebKeySet {
  return {keys: [...new Map(keys.map(({jwk}) => [jwk.kid, jwk])).values()]};
}
