import assert from "node:assert/strict";
import {generateKeyPairSync, type KeyObject} from "node:crypto";
import {test} from "node:test";
import {SignJWT} from "jose";
import {readSigningKey} from "../issuer/signing.ts";
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
  const sign = (key: typeof current, {issuer = ISSUER, audience = "meridian", as = key} = {}) =>
    new SignJWT({models: ["codex"]})
      .setProtectedHeader({alg: key.alg, kid: as.jwk.kid as string})
      .setIssuer(issuer)
      .setAudience(audience)
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

test("a key that is taken out while its token is checked takes it too", async () => {
  const {current, next, verifier, sign} = await setUp();
  const token = await sign(current);
  const checking = verifier.verify(token);
  verifier.replaceKeys({keys: [next.jwk]});
  await checking;
  await assert.rejects(async () => verifier.verify(token), {code: "TOKEN_INVALID"});
});

type Rig = Awaited<ReturnType<typeof setUp>>;

const forged: Record<string, (rig: Rig) => Promise<string> | string> = {
  "another key under the name of ours": ({current, sign}) =>
    sign(keyOf(generateKeyPairSync("ed25519").privateKey), {as: current}),
  "our key under the name of the next": ({current, next, sign}) => sign(current, {as: next}),
  "another issuer": ({current, sign}) => sign(current, {issuer: "https://example.com"}),
  "another audience": ({current, sign}) => sign(current, {audience: "other"}),
  "no name of its key, so that none could be revoked": ({current}) =>
    new SignJWT({models: ["codex"]})
      .setProtectedHeader({alg: current.alg})
      .setIssuer(ISSUER)
      .setAudience("meridian")
      .setSubject("github:7")
      .setJti("t1")
      .setExpirationTime(START / 1000 + 600)
      .sign(current.key),
  "an HMAC of the public key": ({current: {jwk}}) =>
    new SignJWT({models: ["codex"]})
      .setProtectedHeader({alg: "HS256", kid: jwk.kid as string})
      .setIssuer(ISSUER)
      .setAudience("meridian")
      .setSubject("github:7")
      .setJti("t1")
      .setExpirationTime(START / 1000 + 600)
      .sign(Buffer.from(JSON.stringify(jwk))),
  "no signature, by its own word": async ({current, sign}) => {
    const [, payload] = (await sign(current)).split(".");
    return `${Buffer.from('{"alg":"none"}').toString("base64url")}.${payload}.`;
  },
  "a payload that was changed": async ({current, sign}) => {
    const [header, payload = "", signature] = (await sign(current)).split(".");
    const text = Buffer.from(payload, "base64url").toString().replace("github:7", "github:8");
    return [header, Buffer.from(text).toString("base64url"), signature].join(".");
  },
};

for (const [what, forge] of Object.entries(forged))
  test(`refused: ${what}`, async () => {
    const rig = await setUp();
    const token = await forge(rig);
    await assert.rejects(async () => rig.verifier.verify(token), {
      code: "TOKEN_INVALID",
      status: 401,
    });
  });

test("a token is ours by what it says of its issuer, whether it is good or not", async () => {
  const {current, clock, verifier, sign} = await setUp();
  const token = await sign(current);
  const [head, payload] = token.split(".");
  await verifier.verify(token);
  clock.ms += 3_600_000;
  for (const ours of [token, `${head}.${payload}.`, await sign(current, {audience: "other"})])
    assert.equal(verifier.isOurs(ours), true, ours);
  const other = await sign(current, {issuer: "https://login.example.com"});
  for (const foreign of [other, payload!, `${payload}.${payload}`, "gho_abc", "a.b.c", "..", ""])
    assert.equal(verifier.isOurs(foreign), false, foreign);
});

test("a JWKS file without keys is refused", () => {
  assert.throws(() => parseKeys('{"keys": []}'), /at least|>=1|Too small/i);
  assert.throws(() => parseKeys("{"), SyntaxError);
});

test("a JWKS file with one key that is none, or two of one name, is refused whole", () => {
  const {jwk} = keyOf(generateKeyPairSync("ed25519").privateKey);
  assert.equal(parseKeys(JSON.stringify({keys: [jwk]})).keys.length, 1);
  const broken = {...jwk, kid: "other", x: "AA"};
  assert.throws(() => parseKeys(JSON.stringify({keys: [jwk, broken]})));
  assert.throws(() => parseKeys(JSON.stringify({keys: [jwk, {...jwk}]})), /the same kid/);
});
