import assert from "node:assert/strict";
import {generateKeyPairSync} from "node:crypto";
import {describe, type TestContext, test} from "node:test";
import {SignJWT} from "jose";
import {KEYS_PATH, type Said, startIssuerRig, startProvider, TOKEN_PATH} from "../rig.ts";
import type {MadeKey} from "./personal-keys.ts";

const signing = generateKeyPairSync("ec", {namedCurve: "P-256"});
const jwk = {...signing.publicKey.export({format: "jwk"}), kid: "one", use: "sig"};
const TERMS = {
  lifetimeS: 90 * 86_400,
  clientId: "meridian-key",
  scopes: ["api://meridian/completions", "offline_access"],
};
const REFRESH = "0.AXoA-refresh-token-of-ada";

/** A provider that redeems one refresh token, as `says` has it at each time. */
async function startOpenid(
  t: TestContext,
  {says = () => undefined, endpoint = "/token"}: Partial<Options> = {},
) {
  let redeemed = 0;
  const provider = await startProvider(t, async ({path, body}): Promise<Said> => {
    if (path === "/.well-known/openid-configuration") return {body: metadata()};
    if (path === "/keys") return {body: {keys: [jwk]}};
    const form = new URLSearchParams(body);
    const other = says(++redeemed, form);
    if (other) return other;
    if (form.get("refresh_token") !== REFRESH)
      return {status: 400, body: {error: "invalid_grant", error_description: "ada is gone"}};
    return {body: {access_token: await sign(provider.url), refresh_token: "another"}};
  });
  const metadata = () => ({
    issuer: provider.url,
    jwks_uri: `${provider.url}/keys`,
    ...(endpoint && {token_endpoint: `${provider.url}${endpoint}`}),
  });
  const exchange = () => ({
    kind: "oidc",
    issuer: provider.url,
    audience: "api://meridian",
    groups: ["developers"],
  });
  const issuer = await startIssuerRig(t, {exchange, keys: TERMS});
  const make = async (credential = REFRESH) =>
    issuer.get(KEYS_PATH, `Bearer ${credential}`, "POST");
  const trade = (key: string) => issuer.get(TOKEN_PATH, `Bearer ${key}`);
  return {...issuer, provider, make, trade};
}

interface Options {
  says: (time: number, form: URLSearchParams) => Said | undefined;
  endpoint: string;
}

const sign = (issuer: string, changes: object = {}) =>
  new SignJWT({sub: "ada", groups: ["developers"], aud: "api://meridian", ...changes})
    .setProtectedHeader({alg: "ES256", kid: "one"})
    .setIssuer(issuer)
    .setExpirationTime("1h")
    .sign(signing.privateKey);

const outcomeOf = async (answer: Response) => {
  const {user, error} = (await answer.json()) as {user?: string; error?: {code: string}};
  return [answer.status, user ?? error?.code];
};

test("a key holds a refresh token, which is redeemed at each trade as RFC 6749 says", async (t) => {
  const {make, trade, provider, log} = await startOpenid(t);
  const made = (await (await make()).json()) as MadeKey;
  assert.equal(made.user, "oidc:ada");
  assert.equal((await trade(made.key)).status, 200);
  const forms = provider.asked.filter(({path}) => path === "/token").map(({body}) => body);
  const form = new URLSearchParams({
    grant_type: "refresh_token",
    client_id: TERMS.clientId,
    refresh_token: REFRESH,
    scope: TERMS.scopes.join(" "),
  });
  assert.deepEqual(forms, [`${form}`, `${form}`, `${form}`]);
  assert.ok(!log.join().includes(REFRESH));
});

test("a refresh token alone is no credential", async (t) => {
  const {trade} = await startOpenid(t);
  assert.deepEqual(await outcomeOf(await trade(REFRESH)), [401, "credential_refused"]);
});

describe("an access token that is not for this service is the app's fault, and told to who runs it", () => {
  const other = async (url: string) => ({
    body: {access_token: await sign(url, {aud: "api://payroll"})},
  });
  const told = (log: readonly string[]) =>
    log.filter((line) => line.includes("service.tokens.keys.scopes asks for exchange.audience"));

  test("when a key is to be made", async (t) => {
    const held: {now?: Said} = {};
    const {make, provider, log} = await startOpenid(t, {says: () => held.now});
    held.now = await other(provider.url);
    assert.deepEqual(await outcomeOf(await make()), [503, "exchange_lost"]);
    assert.equal(told(log).length, 1);
    assert.ok(!log.join().includes("payroll"), "nothing of the user's token is logged");
  });
  test("when one is traded", async (t) => {
    const held: {now?: Said} = {};
    const {make, trade, provider, log} = await startOpenid(t, {says: () => held.now});
    const {key} = (await (await make()).json()) as MadeKey;
    held.now = await other(provider.url);
    assert.deepEqual(await outcomeOf(await trade(key)), [503, "exchange_lost"]);
    assert.equal(told(log).length, 1);
  });
});

describe("what becomes of a key at the trade, when the provider", () => {
  const cases: Record<
    string,
    [said: (issuer: string) => Promise<Said> | Said, expected: unknown[]]
  > = {
    "let the user go": [
      () => ({status: 400, body: {error: "invalid_grant"}}),
      [401, "personal_key_refused"],
    ],
    "wants the user at a browser": [
      () => ({status: 400, body: {error: "interaction_required"}}),
      [401, "personal_key_refused"],
    ],
    "took the user out of the group": [
      async (issuer) => ({body: {access_token: await sign(issuer, {groups: []})}}),
      [403, "group_required"],
    ],
    "names another user": [
      async (issuer) => ({body: {access_token: await sign(issuer, {sub: "bob"})}}),
      [401, "personal_key_refused"],
    ],
    "does not know the app": [
      () => ({status: 401, body: {error: "invalid_client"}}),
      [503, "exchange_lost"],
    ],
    "is busy": [() => ({status: 429, headers: {"retry-after": "7"}}), [429, "provider_busy"]],
    "answers a page": [() => ({status: 400, body: "<html>"}), [503, "exchange_lost"]],
    "gives no access token": [() => ({body: {}}), [503, "exchange_lost"]],
  };
  for (const [name, [said, expected]] of Object.entries(cases))
    test(name, async (t) => {
      const held: {now?: Said} = {};
      const {make, trade, provider, log} = await startOpenid(t, {says: () => held.now});
      const {key} = (await (await make()).json()) as MadeKey;
      held.now = await said(provider.url);
      assert.deepEqual(await outcomeOf(await trade(key)), expected);
      assert.ok(!log.join().includes(REFRESH));
    });
});

describe("no key is made", () => {
  const refused = {status: 400, body: {error: "invalid_grant"}};
  const cases: Record<
    string,
    [options: Partial<Options>, credential: string, expected: unknown[]]
  > = {
    "of a refresh token that the provider does not know": [
      {},
      "another",
      [401, "credential_refused"],
    ],
    "where the provider takes each refresh token once": [
      {says: (time) => (time > 1 ? refused : undefined)},
      REFRESH,
      [403, "credential_once"],
    ],
    "where discovery names no token endpoint": [{endpoint: ""}, REFRESH, [503, "exchange_lost"]],
  };
  for (const [name, [options, credential, expected]] of Object.entries(cases))
    test(name, async (t) => {
      const {make} = await startOpenid(t, options);
      assert.deepEqual(await outcomeOf(await make(credential)), expected);
    });
});
