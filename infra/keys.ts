import {createPublicKey} from "node:crypto";
import {calculateJwkThumbprint, type JWK} from "jose";

const MAKE_KEY =
  "openssl genpkey -algorithm ed25519 | pulumi config set --secret signingKey --stack global";

/** The private key from the stack's configuration; throws with the command that makes one. */
export function requireSigningKey<Key>(key: Key | undefined): Key {
  if (key !== undefined) return key;
  throw new Error(
    `signingKey is not set: it signs the tokens of users. Make one with\n  ${MAKE_KEY}`,
  );
}

/** The JSON Web Key Set that tokens are checked against, with one public key named by its thumbprint (RFC 7638). */
export async function publicKeys(privateKey: string): Promise<string> {
  const key = publicKey(privateKey);
  const kid = await calculateJwkThumbprint(key);
  return JSON.stringify({keys: [{...key, kid, use: "sig", alg: algorithm(key)}]});
}

function publicKey(privateKey: string): JWK {
  try {
    return createPublicKey(privateKey).export({format: "jwk"}) as JWK;
  } catch (cause) {
    const message = `signingKey is not a private key in PEM. Make one with\n  ${MAKE_KEY}`;
    throw new Error(message, {cause});
  }
}

/** The two that a proxy accepts. */
function algorithm({crv}: JWK): string {
  if (crv === "Ed25519") return "EdDSA";
  if (crv === "P-256") return "ES256";
  throw new Error(`signingKey must be an Ed25519 or a P-256 key. Make one with\n  ${MAKE_KEY}`);
}
