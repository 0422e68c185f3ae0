import {createPublicKey} from "node:crypto";
import {calculateJwkThumbprint, type JWK} from "jose";

/** The configuration keys of the stack `global`: of each pair the key in use and the next one. */
export type KeyName = "signingKey" | "nextSigningKey";
export type SealingKeyName = "sealingKey" | "nextSealingKey";

/** The command that makes a key. */
const howToMake = (name: KeyName | SealingKeyName) =>
  `Make one with\n  openssl ${name.endsWith("igningKey") ? "genpkey -algorithm ed25519" : "rand -base64 32"} | pulumi config set --secret ${name} --stack global`;

/** The private key from the stack's configuration; throws with the command that makes one. */
export function requireSigningKey<Key>(key: Key | undefined): Key {
  if (key !== undefined) return key;
  throw new Error(
    `signingKey is not set: it signs the tokens of users. ${howToMake("signingKey")}`,
  );
}

/** The secret of personal keys, where the service makes them; throws with the command that makes one. */
export function requireSealingKey<Key>(key: Key | undefined): Key {
  if (key !== undefined) return key;
  throw new Error(
    `sealingKey is not set: it seals the personal keys that service.tokens.keys asks for. ${howToMake("sealingKey")}`,
  );
}

const SEALING_BYTES = 32;

/** The same secret, as issuers read it. */
export function sealingKeyOf(name: SealingKeyName, text: string): string {
  const key = text.trim();
  const bytes = Buffer.from(key, "base64");
  if (bytes.length === SEALING_BYTES && bytes.toString("base64") === key) return key;
  throw new Error(`${name} is not ${SEALING_BYTES} bytes in base64. ${howToMake(name)}`);
}

/**
 * The JSON Web Key Set that tokens are checked against: the public half of each key, named by its
 * thumbprint (RFC 7638). The next key is in it before anything is signed with it, the last one until
 * its tokens have expired: changing them over is swapping the two.
 */
export async function publicKeys(keys: {
  readonly signingKey: string;
  readonly nextSigningKey?: string | undefined;
  /** When the first key began to sign, in seconds since 1970; published as its `iat`. */
  readonly signsSince?: number | undefined;
}): Promise<string> {
  const given = (["signingKey", "nextSigningKey"] as const).flatMap((name) => {
    const key = keys[name];
    return key === undefined ? [] : [published(name, key)];
  });
  const [signing, ...others] = await Promise.all(given);
  const dated = keys.signsSince === undefined ? signing : {...signing, iat: keys.signsSince};
  return JSON.stringify({keys: [dated, ...others]});
}

async function published(name: KeyName, privateKey: string): Promise<JWK> {
  const key = publicKey(name, privateKey);
  const kid = await calculateJwkThumbprint(key);
  return {...key, kid, use: "sig", alg: algorithm(name, key)};
}

function publicKey(name: KeyName, privateKey: string): JWK {
  try {
    return createPublicKey(privateKey).export({format: "jwk"}) as JWK;
  } catch (cause) {
    throw new Error(`${name} is not a private key in PEM. ${howToMake(name)}`, {cause});
  }
}

/** A proxy accepts two algorithms. */
function algorithm(name: KeyName, {crv}: JWK): string {
  if (crv === "Ed25519") return "EdDSA";
  if (crv === "P-256") return "ES256";
  throw new Error(`${name} must be an Ed25519 or a P-256 key. ${howToMake(name)}`);
}
