import assert from "node:assert/strict";
import {generateKeyPairSync, type KeyObject} from "node:crypto";
import {test} from "node:test";
import {SignJWT} from "jose";
import {readSigningKey} from "./issuer/signing.ts";
import {createVerifier, parseKeys} from "./token.ts";

const START = Date.UTC(2026, 0, 1);
const ISSUER = "https://completions.example.com";

function keyOf(privateKey: KeyObject) {
  return readSigningKey(privateKey.export({format: "pem", type: "pkcs8"}) as string);
}

async function setUp() {
  const current = keyOf(generateKeyPairSync("ed25519").privateKey);
  const next = keyOf(generateKeyPairSync("ec", {namedCurve: "P-256"}).privateKey);
  const clock = {ms: START};
  const verifier = createVerifier({
    keys: {keys: [current.jwk, next.jwk]},
    issuer: ISSUER,
    audience: "meridian",
    now: () => clock.ms,
  });
  const sign = (key: typeof current) =>
    new SignJWT({models: ["codex"]})
      .setProtectedHeader({alg: key.alg, kid: key.jwk.kid as string})
      .setIssuer(ISSUER)
      .setAudience("meridian")
      .setSubject("github:7")
      .setJti("t1")
      .setExpirationTime(START / 1000 + 600)
      .sign(key.key);
  return {current, next, clock, verifier, sign};
}

test("a token is checked once, then known until it expires, with 30 s for the clocks' skew", async () => {
  const {current, clock, verifier, sign} = await setUp();
  const token = await sign(current);
  const claims = await verifier.verify(token);
  assert.deepEqual(claims, {
    user: "github:7",
    id: "t1",
    key: current.jwk.kid,
    models: ["codex"],
    expiresMs: START + 630_000,
  });
  clock.ms = START + 629_999;
  assert.equal(verifier.verify(token), claims);
  clock.ms = START + 630_000;
  assert.throws(() => verifier.verify(token), {code: "TOKEN_EXPIRED", status: 401});
  await assert.rejects(async () => verifier.verify(token), {code: "TOKEN_EXPIRED", status: 401});
});

test("current and next key, EdDSA and ES256, are both good", async () => {
  const {current, next, verifier, sign} = await setUp();
  for (const key of [current, next])
    assert.equal((await verifier.verify(await sign(key))).user, "github:7");
});

test("a key that is taken out takes its tokens with it", async () => {
  const {current, next, verifier, sign} = await setUp();
  const token = await sign(current);
  await verifier.verify(token);
  verifier.replaceKeys({keys: [next.jwk]});
  await assert.rejects(async () => verifier.verify(token), {code: "TOKEN_INVALID"});
});

test("a JWKS file without keys is refused", () => {
  assert.throws(() => parseKeys('{"keys": []}'), /at least|>=1|Too small/i);
  assert.throws(() => parseKeys("{"), SyntaxError);
});
