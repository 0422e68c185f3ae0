import assert from "node:assert/strict";
import {generateKeyPairSync, type KeyObject} from "node:crypto";
import {describe, type TestContext, test} from "node:test";
import {type JWTPayload, SignJWT} from "jose";
import {until} from "../../setup/until.ts";
import {createOidc} from "./oidc.ts";
import {createProviderKeys} from "./provider-keys.ts";
import {type Said, startIssuerRig, startProvider, TOKEN_PATH} from "./rig.ts";

const rsa = () => generateKeyPairSync("rsa", {modulusLength: 2048});
const [first, second] = [rsa(), rsa()];
const curve = generateKeyPairSync("ec", {namedCurve: "P-256"});
const jwkOf = (kid: string, {publicKey}: {publicKey: KeyObject}) => ({
  ...publicKey.export({format: "jwk"}),
  kid,
  use: "sig",
});

/** An OpenID provider whose documents can be changed while it runs. */
async function startOpenid(t: TestContext) {
  const documents = new Map<string, Said>();
  const provider = await startProvider(
    t,
    ({path}) => documents.get(path) ?? {status: 404, body: {error: "not found"}},
  );
  const issuer = `${provider.url}/tenant/`;
  const metadata = (changes: object = {}) =>
    documents.set("/tenant/.well-known/openid-configuration", {
      body: {issuer, jwks_uri: `${provider.url}/keys`, ...changes},
    });
  const keys = (...keys: object[]) => documents.set("/keys", {body: {keys}});
  metadata();
  keys(jwkOf("first", first), jwkOf("curve", curve));
  const sign = (
    {endsInS = 600, ...claims}: JWTPayload & {endsInS?: number} = {},
    {kid = "first", key = first.privateKey, alg = "RS256"} = {},
  ) =>
    new SignJWT({
      iss: issuer,
      aud: "api://meridian",
      sub: "ada",
      exp: Math.floor(Date.now() / 1000) + endsInS,
      ...claims,
    })
      .setProtectedHeader({alg, kid})
      .sign(key);
  return {issuer, asked: provider.asked, documents, metadata, keys, sign};
}

type Openid = Awaited<ReturnType<typeof startOpenid>>;

function exchangeOf(
  t: TestContext,
  {issuer}: Openid,
  {claim = "sub", scopes = [] as string[], groups = [] as string[], ...times} = {} as Options,
) {
  const failures: unknown[] = [];
  const keys = createProviderKeys({issuer, failed: (cause) => failures.push(cause), ...times});
  t.after(keys.close);
  const spec = {kind: "oidc", issuer, audience: "api://meridian", claim, scopes, groups} as const;
  const exchange = createOidc(spec, keys);
  const ask = (credential: string) =>
    exchange(credential).then(
      ({id}) => id,
      ({code}) => code as string,
    );
  return {exchange, ask, failures};
}

interface Options {
  claim?: string;
  scopes?: string[];
  groups?: string[];
  everyMs?: number;
  cooldownMs?: number;
}

/** Leaves a claim out of what the provider would sign. */
const without = (claim: keyof JWTPayload) => ({[claim]: undefined}) as JWTPayload;

describe("an access token of the company", () => {
  const cases: Record<
    string,
    [
      claims: JWTPayload & {endsInS?: number},
      expected: string,
      options?: Options,
      key?: Parameters<Openid["sign"]>[1],
    ]
  > = {
    "is its user's": [{}, "oidc:ada"],
    "is its user's, by another claim": [{oid: "9f1c"}, "oidc:9f1c", {claim: "oid"}],
    "is signed by another of the keys": [
      {},
      "oidc:ada",
      {},
      {kid: "curve", key: curve.privateKey, alg: "ES256"},
    ],
    "is for several audiences": [{aud: ["a", "api://meridian"]}, "oidc:ada"],
    "ended, by less than clocks differ": [{endsInS: -5}, "oidc:ada"],
    "has its scopes as words": [
      {scope: "openid completions"},
      "oidc:ada",
      {scopes: ["completions", "openid"]},
    ],
    "has its scopes as Entra writes them": [
      {scp: "completions"},
      "oidc:ada",
      {scopes: ["completions"]},
    ],
    "has its scopes as a list": [{scp: ["completions"]}, "oidc:ada", {scopes: ["completions"]}],
    "is in one of the groups": [{groups: ["b", "c"]}, "oidc:ada", {groups: ["a", "b"]}],
    "lacks one of the scopes": [{scope: "a"}, "SCOPE_REQUIRED", {scopes: ["a", "b"]}],
    "has no scopes": [{}, "SCOPE_REQUIRED", {scopes: ["a"]}],
    "is in none of the groups": [{groups: ["c"]}, "GROUP_REQUIRED", {groups: ["a", "b"]}],
    "names nobody": [without("sub"), "USER_UNNAMED"],
    "names its user by a number": [{oid: 7}, "USER_UNNAMED", {claim: "oid"}],
    "has ended": [{endsInS: -60}, "CREDENTIAL_REFUSED"],
    "has no end": [without("exp"), "CREDENTIAL_REFUSED"],
    "is for another audience": [{aud: "api://payroll"}, "CREDENTIAL_REFUSED"],
    "is of another issuer": [{iss: "https://evil.example"}, "CREDENTIAL_REFUSED"],
    "is signed by a key that is not the provider's": [
      {},
      "CREDENTIAL_REFUSED",
      {},
      {key: second.privateKey},
    ],
  };
  for (const [name, [claims, expected, options, key]] of Object.entries(cases))
    test(name, async (t) => {
      const openid = await startOpenid(t);
      const {ask} = exchangeOf(t, openid, options);
      assert.equal(await ask(await openid.sign(claims, key)), expected);
    });
});

test("what is no token of a public key is refused: none, HMAC with the public key, an opaque text", async (t) => {
  const openid = await startOpenid(t);
  const {ask} = exchangeOf(t, openid);
  const good = await openid.sign();
  const claims = good.split(".")[1];
  const none = Buffer.from('{"alg":"none","kid":"first"}').toString("base64url");
  const pem = first.publicKey.export({format: "pem", type: "spki"}) as string;
  const hmac = await new SignJWT({sub: "ada"})
    .setProtectedHeader({alg: "HS256", kid: "first"})
    .setIssuer(openid.issuer)
    .setAudience("api://meridian")
    .setExpirationTime("5m")
    .sign(Buffer.from(pem));
  const credentials = [`${none}.${claims}.`, hmac, "gho_opaque", "a.b.c", good.slice(0, -8)];
  for (const credential of credentials)
    assert.equal(await ask(credential), "CREDENTIAL_REFUSED", credential);
});

test("a token has one spelling, or each would be limited by itself", async (t) => {
  const openid = await startOpenid(t);
  const {ask} = exchangeOf(t, openid);
  // 64 bytes of signature leave four bits of the last character unread.
  const good = await openid.sign({}, {kid: "curve", key: curve.privateKey, alg: "ES256"});
  const bytes = (token: string) => Buffer.from(token.split(".")[2]!, "base64url").toString("hex");
  const ends = [..."ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_"];
  const same = ends
    .map((end) => good.slice(0, -1) + end)
    .filter((other) => bytes(other) === bytes(good));
  assert.equal(same.length, 16);
  for (const other of [...same, `${good}=`, `${good}==`])
    assert.equal(await ask(other), other === good ? "oidc:ada" : "CREDENTIAL_REFUSED", other);
});

test("keys are asked for once, then a check is the machine's own", async (t) => {
  const openid = await startOpenid(t);
  const {ask} = exchangeOf(t, openid);
  const tokens = await Promise.all(["a", "b", "c"].map((sub) => openid.sign({sub})));
  assert.deepEqual(await Promise.all(tokens.map(ask)), ["oidc:a", "oidc:b", "oidc:c"]);
  openid.documents.clear();
  assert.equal(await ask(await openid.sign({sub: "d"})), "oidc:d");
  assert.deepEqual(
    openid.asked.map(({path}) => path),
    ["/tenant/.well-known/openid-configuration", "/keys"],
  );
});

test("a key that the provider begins to sign with is found when it is met", async (t) => {
  const openid = await startOpenid(t);
  const {ask} = exchangeOf(t, openid, {cooldownMs: 0});
  const rotated = await openid.sign({}, {kid: "second", key: second.privateKey});
  assert.equal(await ask(rotated), "CREDENTIAL_REFUSED");
  openid.keys(jwkOf("second", second));
  assert.equal(await ask(rotated), "oidc:ada");
});

test("an unknown key signs nobody out while the keys are too new to be read again", async (t) => {
  const openid = await startOpenid(t);
  const {ask} = exchangeOf(t, openid);
  await ask(await openid.sign());
  const before = openid.asked.length;
  const rotated = await openid.sign({}, {kid: "second", key: second.privateKey});
  assert.equal(await ask(rotated), "KEY_UNKNOWN");
  assert.equal(openid.asked.length, before);
});

test("a key that the provider took back is forgotten; while it is away nothing is", async (t) => {
  const openid = await startOpenid(t);
  const {ask, failures} = exchangeOf(t, openid, {everyMs: 20});
  const token = await openid.sign();
  assert.equal(await ask(token), "oidc:ada");
  openid.documents.set("/keys", {status: 500});
  await until(() => failures.length > 1);
  assert.equal(await ask(token), "oidc:ada");
  openid.keys(jwkOf("second", second));
  await until(async () => (await ask(token)) !== "oidc:ada");
});

describe("no keys, no verdict: 503, and tried again", () => {
  const cases: Record<string, (openid: Openid) => void> = {
    "discovery that is not there": ({documents}) => documents.clear(),
    "discovery of another issuer": ({metadata}) => metadata({issuer: "https://evil.example"}),
    "keys that would come in the clear": ({metadata}) =>
      metadata({jwks_uri: "http://keys.example.com/"}),
    "keys that are not there": ({documents}) => documents.delete("/keys"),
    "keys that are none": ({documents}) => documents.set("/keys", {body: {keys: "none"}}),
  };
  for (const [name, spoil] of Object.entries(cases))
    test(name, async (t) => {
      const openid = await startOpenid(t);
      const good = new Map(openid.documents);
      spoil(openid);
      const {ask} = exchangeOf(t, openid);
      const token = await openid.sign();
      assert.equal(await ask(token), "EXCHANGE_LOST");
      for (const [path, document] of good) openid.documents.set(path, document);
      assert.equal(await ask(token), "oidc:ada");
    });
});

test("an issuer takes a company's token from an editor", async (t) => {
  const openid = await startOpenid(t);
  const exchange = () => ({
    kind: "oidc",
    issuer: openid.issuer,
    audience: "api://meridian",
    scopes: ["completions"],
  });
  const {get, log} = await startIssuerRig(t, {exchange});
  const statusOf = async (claims: JWTPayload) => {
    const credential = await openid.sign(claims);
    const {status} = await get(TOKEN_PATH, `Bearer ${credential}`);
    assert.ok(!log.join().includes(credential));
    return status;
  };
  assert.deepEqual(
    [await statusOf({scope: "completions"}), await statusOf({}), await statusOf({aud: "other"})],
    [200, 403, 401],
  );
});
