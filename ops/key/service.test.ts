import assert from "node:assert/strict";
import {describe, type TestContext, test} from "node:test";
import {type Said, startProvider} from "../../proxy/issuer/rig.ts";
import {keysAt} from "./service.ts";

const MADE = {key: "meridian_k", id: "k1", user: "github:42", expires_at: 1_800_000_000};
const lost = (headers: Record<string, string> = {}): Said => ({
  status: 503,
  headers,
  body: {message: "The identity provider did not answer; retry after the time given."},
});

/** A service that says what it is told to, one answer after the other, and the last for ever. */
async function setUp(t: TestContext, ...answers: readonly [Said, ...Said[]]) {
  const said = [...answers];
  const {url, asked} = await startProvider(t, () => (said.length > 1 ? said.shift()! : said[0]!));
  const waits: number[] = [];
  const keys = keysAt(url, async (ms) => waits.push(ms / 1000));
  return {keys, asked, waits};
}

describe("a sign-in that was approved is offered again where the service", () => {
  const cases: Record<string, [said: Said, wait: number]> = {
    "has lost its provider, after the time that it says": [lost({"retry-after": "10"}), 10],
    "is not there, and says no time": [{status: 503, body: "no healthy upstream"}, 1],
    "is busy": [{status: 429, headers: {"retry-after": "7"}, body: {message: "Retry."}}, 7],
  };
  for (const [name, [refusal, wait]] of Object.entries(cases))
    test(name, async (t) => {
      const {keys, asked, waits} = await setUp(t, refusal, {body: MADE});
      assert.deepEqual(await keys.make("gho_ada"), MADE);
      assert.deepEqual(waits, [wait]);
      assert.deepEqual(
        asked.map(({method, headers}) => [method, headers.authorization]),
        [
          ["POST", "Bearer gho_ada"],
          ["POST", "Bearer gho_ada"],
        ],
      );
    });

  test("but not for ever", async (t) => {
    const {keys, asked, waits} = await setUp(t, lost({"retry-after": "10"}));
    await assert.rejects(keys.make("gho_ada"), /did not answer; .* That is in 10 s\.$/);
    assert.deepEqual([asked.length, waits], [5, [10, 10, 10, 10]]);
  });
});

describe("asked once, and told as it is:", () => {
  const cases: Record<string, [said: Said, message: RegExp]> = {
    "a no": [{status: 403, body: {message: "You are in none."}}, /^http:\S+: You are in none\.$/],
    "many keys": [
      {status: 429, body: {message: "Make another tomorrow."}},
      /: Make another tomorrow\.$/,
    ],
    "an edge that waited too long": [
      {status: 504, body: "upstream request timeout"},
      /^http:\S+ did not answer in time \(504\); run the command again\.$/,
    ],
    "a page": [{body: "<html>"}, /answered 200, and nothing that is known of its keys/],
  };
  for (const [name, [said, message]] of Object.entries(cases))
    test(name, async (t) => {
      const {keys, asked, waits} = await setUp(t, said);
      await assert.rejects(keys.make("gho_ada"), {message});
      assert.deepEqual([asked.length, waits], [1, []]);
    });

  test("an end that the provider is too busy for, with its time", async (t) => {
    const busy = {message: "It is asked too often; retry after the time given."};
    const said = {status: 429, headers: {"retry-after": "30"}, body: busy};
    const {keys, asked} = await setUp(t, said);
    await assert.rejects(keys.end("meridian_k"), /after the time given\. That is in 30 s\.$/);
    assert.equal(asked.length, 1);
  });
});
