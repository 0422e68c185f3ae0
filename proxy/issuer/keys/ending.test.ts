import assert from "node:assert/strict";
import {describe, type TestContext, test} from "node:test";
import type {ProviderKeys} from "../provider-keys.ts";
import {type Said, startProvider} from "../rig.ts";
import {createGithubEnding, createOidcEnding} from "./ending.ts";

const TERMS = {lifetimeS: 86_400, clientId: "app", scopes: []};

async function start(t: TestContext, said: Said) {
  const provider = await startProvider(t, () => said);
  const {url} = provider;
  const endpoints = async () => ({token: undefined, revocation: `${url}/revoke`});
  return {
    provider,
    github: createGithubEnding({kind: "github", api: `${url}/`, organizations: []}),
    oidc: createOidcEnding(TERMS, {endpoints} as ProviderKeys),
  };
}

test("a refresh token is taken back as RFC 7009 says", async (t) => {
  const {oidc, provider} = await start(t, {});
  await oidc("refresh-ada");
  assert.deepEqual(
    provider.asked.map(({method, path, body}) => [method, path, body]),
    [["POST", "/revoke", "client_id=app&token=refresh-ada&token_type_hint=refresh_token"]],
  );
});

test("a provider that names no endpoint has no way to", async () => {
  const endpoints = async () => ({token: undefined, revocation: undefined});
  const end = createOidcEnding(TERMS, {endpoints} as ProviderKeys);
  await assert.rejects(end("refresh-ada"), {code: "KEY_UNENDED", status: 403});
});

describe("what a provider answers instead is its way, or its trouble", () => {
  const cases: Record<string, [said: Said, code: string, kinds: readonly ("github" | "oidc")[]]> = {
    "an Enterprise Server that wants somebody signed in": [
      {status: 401},
      "KEY_UNENDED",
      ["github"],
    ],
    "one that does not know the path": [{status: 404}, "KEY_UNENDED", ["github"]],
    "one that takes no tokens of apps": [{status: 422}, "KEY_UNENDED", ["github"]],
    "a 200, which GitHub does not say": [{status: 200}, "KEY_UNENDED", ["github"]],
    "a provider that takes back no such token": [
      {status: 400, body: {error: "unsupported_token_type"}},
      "KEY_UNENDED",
      ["oidc"],
    ],
    "a 403": [{status: 403}, "KEY_UNENDED", ["github", "oidc"]],
    "GitHub's limit, which it says by a 403": [
      {status: 403, headers: {"x-ratelimit-remaining": "0"}},
      "PROVIDER_BUSY",
      ["github"],
    ],
    "its secondary limit": [
      {status: 403, headers: {"retry-after": "60"}},
      "PROVIDER_BUSY",
      ["github"],
    ],
    "too many at once": [{status: 429}, "PROVIDER_BUSY", ["github", "oidc"]],
    trouble: [{status: 503}, "EXCHANGE_LOST", ["github", "oidc"]],
  };
  for (const [name, [said, code, kinds]] of Object.entries(cases))
    for (const kind of kinds)
      test(`${name}: ${kind}`, async (t) => {
        const ends = await start(t, said);
        await assert.rejects(ends[kind]("secret-of-ada"), (refusal: Error & {code: string}) => {
          assert.equal(refusal.code, code);
          assert.ok(!`${refusal.cause}`.includes("secret-of-ada"));
          return true;
        });
      });
});
