import {createPublicKey} from "node:crypto";
import {calculateJwkThumbprint, type JWK} from "jose";

/** The names of the keys in the configuration of the stack `global`. */
export interface Keys {
  /** PEM; tokens are signed with it. */
  readonly signingKey: string;
  /** PEM; it will sign, or did. The same where no key is being rotated. */
  readonly nextSigningKey: string;
}

const howToMake = (name: string) =>
  `Make one with\n  openssl genpkey -algorithm ed25519 | pulumi config set --secret ${name} --stack global`;

/** The private key from the stack's configuration; throws with the command that makes one. */
export function requireSigningKey<Key>(key: Key | undefined): Key {
  if (key !== undefined) return key;
  throw new Error(
    `signingKey is not set: it signs the tokens of users. ${howToMake("signingKey")}`,
  );
}

/** The JSON Web Key Set that tokens are checked against: public halves, named by thumbprint (RFC 7638). */
export async function publicKeys({signingKey, nextSigningKey}: Keys): Promise<string> {
  const current = await publicKey("signingKey", signingKey);
  const next = await publicKey("nextSigningKey", nextSigningKey);
  return JSON.stringify({keys: current.kid === next.kid ? [current] : [current, next]});
}

async function publicKey(name: string, privateKey: string): Promise<JWK> {
  const key = publicHalf(name, privateKey);
  const kid = await calculateJwkThumbprint(key);
  return {...key, kid, use: "sig", alg: algorithm(name, key)};
}

function publicHalf(name: string, privateKey: string): JWK {
  try {
    return createPublicKey(privateKey).export({format: "jwk"}) as JWK;
  } catch (cause) {
    throw new Error(`${name} is not a private key in PEM. ${howToMake(name)}`, {cause});
  }
}

/** The two that a proxy accepts. */
function algorithm(name: string, {crv}: JWK): string {
  if (crv === "Ed25519") return "EdDSA";
  if (crv === "P-256") return "ES256";
  throw new Error(`${name} must be an Ed25519 or a P-256 key. ${howToMake(name)}`);
}
