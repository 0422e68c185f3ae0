import assert from "node:assert/strict";
import {generateKeyPairSync, type KeyObject} from "node:crypto";
import {test} from "node:test";
import {calculateJwkThumbprint, type JWK} from "jose";
import {keySetOf, readSigningKey} from "./signing.ts";

const pem = (key: KeyObject) => key.export({type: "pkcs8", format: "pem"}) as string;
const ed25519 = pem(generateKeyPairSync("ed25519").privateKey);
const p256 = pem(generateKeyPairSync("ec", {namedCurve: "P-256"}).privateKey);

for (const [alg, key, members] of [
  ["EdDSA", ed25519, ["crv", "kty", "x", "kid", "alg", "use"]],
  ["ES256", p256, ["crv", "kty", "x", "y", "kid", "alg", "use"]],
] as const)
  test(`${alg}: the public half alone, named by the RFC's thumbprint`, async () => {
    const {jwk} = readSigningKey(key);
    assert.deepEqual(Object.keys(jwk), members);
    assert.deepEqual([jwk.kid, jwk.alg], [await calculateJwkThumbprint(jwk as JWK), alg]);
  });

test("a key that is current and next is published once", () => {
  const [one, other] = [readSigningKey(ed25519), readSigningKey(p256)];
  assert.deepEqual(keySetOf([one, one]), {keys: [one.jwk]});
  assert.deepEqual(keySetOf([one, other]), {keys: [one.jwk, other.jwk]});
});

const rsa = pem(generateKeyPairSync("rsa", {modulusLength: 2048}).privateKey);
const refused: Record<string, [text: string, message: RegExp]> = {
  "an RSA key": [rsa, /must be an Ed25519 or a P-256 key/],
  "text that is no key": ["hunter2", /is not a private key in PEM; write one/],
};
for (const [name, [text, message]] of Object.entries(refused))
  test(`${name} is refused, and not repeated`, () => {
    assert.throws(
      () => readSigningKey(text),
      (error: Error) => message.test(error.message) && !String(error.stack).includes(text),
    );
  });
