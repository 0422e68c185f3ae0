import assert from "node:assert/strict";
import {generateKeyPairSync} from "node:crypto";
import {test} from "node:test";
import {SignJWT} from "jose";
import type {Fields} from "../http2/fields.ts";
import {readSigningKey} from "../issuer/signing.ts";
import {createAdmission} from "./admission.ts";
import {createVerifier} from "./token.ts";

const START = Date.UTC(2026, 0, 1);
const ISSUER = "https://completions.example.com";
const NOTHING = {tokens: [], users: [], keys: []};

const keyOf = () =>
  readSigningKey(
    generateKeyPairSync("ed25519").privateKey.export({format: "pem", type: "pkcs8"}) as string,
  );

async function setUp() {
  const key = keyOf();
  const clock = {ms: START};
  const policy: {revoked: {tokens: string[]; users: string[]; keys: string[]}} = {revoked: NOTHING};
  const verifier = createVerifier({
    keys: {keys: [key.jwk]},
    issuer: ISSUER,
    audience: "meridian",
    now: () => clock.ms,
  });
  const token = await new SignJWT({models: ["codex"]})
    .setProtectedHeader({alg: key.alg, kid: key.jwk.kid as string})
    .setIssuer(ISSUER)
    .setAudience("meridian")
    .setSubject("github:7")
    .setJti("t1")
    .setExpirationTime(START / 1000 + 600)
    .sign(key.key);
  const admission = createAdmission({verifier, keys: undefined, revoked: () => policy.revoked});
  return {clock, policy, verifier, token, admission};
}

/** However clients say it. */
const formsOf = (token: string): readonly Fields[] => [
  {authorization: `Bearer ${token}`},
  {authorization: `bearer ${token}`},
  {authorization: `BEARER   ${token}`},
  {authorization: `Bearer ${token}`, "x-api-key": "other"},
  {authorization: "Basic YTpi", "x-api-key": token},
  {"x-api-key": token},
  {"api-key": token},
];

test("a token that was seen once is known in whatever form it comes", async () => {
  for (const index of formsOf("").keys()) {
    const {token, admission} = await setUp();
    const forms = formsOf(token);
    const claims = admission(forms[index]!);
    assert.ok(claims instanceof Promise);
    const {user} = await claims;
    assert.equal(user, "github:7");
    for (const form of forms) assert.equal(admission(form), await claims, JSON.stringify(form));
  }
});

test("a header that is no token's is known by none that resembles it", async () => {
  const {token, admission} = await setUp();
  await admission({authorization: `Bearer ${token}`});
  for (const authorization of [`Bearer ${token}x`, `Bearer x${token}`, `Bearer ${token.slice(1)}`])
    await assert.rejects(async () => admission({authorization}), {code: "TOKEN_INVALID"});
  for (const authorization of ["", "Bearer", `${token}`, ` Bearer ${token}`, `Bearer ${token} x`])
    assert.throws(() => admission({authorization}), {code: "TOKEN_MISSING"});
});

test("a known token is refused at once when it is revoked, over, or its key is gone", async () => {
  for (const index of formsOf("").keys()) {
    const {clock, policy, verifier, token, admission} = await setUp();
    const form = formsOf(token)[index]!;
    await admission(form);
    policy.revoked = {...NOTHING, tokens: ["t1"]};
    assert.throws(() => admission(form), {code: "TOKEN_REVOKED"});
    policy.revoked = NOTHING;
    clock.ms += 700_000;
    assert.throws(() => admission(form), {code: "TOKEN_EXPIRED"});
    clock.ms = START;
    await admission(form);
    verifier.replaceKeys({keys: [keyOf().jwk]});
    await assert.rejects(async () => admission(form), {code: "TOKEN_INVALID"});
  }
});
