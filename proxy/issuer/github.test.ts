import assert from "node:assert/strict";
import {describe, type TestContext, test} from "node:test";
import {createGithub} from "./github.ts";
import {type Said, startProvider} from "./rig.ts";

const ADA: Said = {body: {id: 42, login: "ada"}};
const ACTIVE: Said = {body: {state: "active", organization: {login: "acme"}}};
const soon = () => `${Math.floor(Date.now() / 1000) + 20}`;

async function startGithub(
  t: TestContext,
  {user = ADA, member = {}}: {user?: Said; member?: Record<string, Said>},
) {
  const answers = new Map<string, Said>([["/user", user]]);
  for (const [organization, said] of Object.entries(member))
    answers.set(`/user/memberships/orgs/${organization}`, said);
  const github = await startProvider(t, ({path}) => answers.get(path) ?? {status: 404});
  const ask = (...organizations: string[]) =>
    createGithub({kind: "github", api: github.url, organizations})("gho_ada");
  return {ask, github};
}

test("GitHub is asked as its REST API says, and its user is known by number", async (t) => {
  const {ask, github} = await startGithub(t, {member: {acme: ACTIVE}});
  assert.deepEqual(await ask("acme"), {id: "github:42"});
  const asked = github.asked.map(({method, path, headers}) => [
    `${method} ${path}`,
    headers.authorization,
    headers.accept,
  ]);
  const json = "application/vnd.github+json";
  assert.deepEqual(asked, [
    ["GET /user", "Bearer gho_ada", json],
    ["GET /user/memberships/orgs/acme", "Bearer gho_ada", json],
  ]);
});

describe("whom GitHub lets in", () => {
  const cases: Record<string, [member: Record<string, Said>, expected: string]> = {
    "a member of the first": [{acme: ACTIVE}, "github:42"],
    "a member of the second": [{acme: {status: 404}, umbrella: ACTIVE}, "github:42"],
    "a member of the second, kept out of the first": [
      {acme: {status: 403}, umbrella: ACTIVE},
      "github:42",
    ],
    "a member of none": [{}, "ORGANIZATION_REQUIRED"],
    "one who was invited and did not accept": [
      {acme: {body: {state: "pending"}}},
      "ORGANIZATION_REQUIRED",
    ],
    "a credential without read:org": [
      {acme: {status: 403}, umbrella: {status: 403}},
      "ORGANIZATION_REQUIRED",
    ],
    "one whose credential was taken back meanwhile": [{acme: {status: 401}}, "CREDENTIAL_REFUSED"],
    "GitHub in trouble": [{acme: {status: 502}, umbrella: ACTIVE}, "EXCHANGE_LOST"],
    "a limit that is reached meanwhile": [
      {acme: {status: 403, headers: {"x-ratelimit-remaining": "0"}}},
      "PROVIDER_BUSY",
    ],
  };
  for (const [name, [member, expected]] of Object.entries(cases))
    test(name, async (t) => {
      const {ask} = await startGithub(t, {member});
      const outcome = await ask("acme", "umbrella").then(
        ({id}) => id,
        ({code}) => code,
      );
      assert.equal(outcome, expected);
    });
});

describe("GitHub's 403 of a user", () => {
  const cases: Record<string, [headers: Record<string, string>, code: string, waits: number[]]> = {
    "is the user's": [{}, "ACCESS_REFUSED", []],
    "is the user's, with requests left": [{"x-ratelimit-remaining": "17"}, "ACCESS_REFUSED", []],
    "is a limit's, until its reset": [
      {"x-ratelimit-remaining": "0", "x-ratelimit-reset": soon()},
      "PROVIDER_BUSY",
      // However long the test takes until it asks.
      Array.from({length: 18}, (_, index) => 3 + index),
    ],
    "is a limit's that ended": [
      {"x-ratelimit-remaining": "0", "x-ratelimit-reset": "1"},
      "PROVIDER_BUSY",
      [3],
    ],
    "is a secondary limit's": [{"retry-after": "60"}, "PROVIDER_BUSY", [30]],
  };
  for (const [name, [headers, code, waits]] of Object.entries(cases))
    test(name, async (t) => {
      const {ask} = await startGithub(t, {user: {status: 403, headers}});
      await assert.rejects(ask(), (refusal: {code: string; retryAfterS?: number}) => {
        assert.equal(refusal.code, code);
        if (waits.length === 0) assert.equal(refusal.retryAfterS, undefined);
        else assert.ok(waits.includes(refusal.retryAfterS ?? 0), `${refusal.retryAfterS}`);
        return true;
      });
    });
});
