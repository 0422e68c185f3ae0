import assert from "node:assert/strict";
import {type TestContext, test} from "node:test";
import {createEntraCredential, type EntraToken} from "./credential.ts";

const HOUR_MS = 3_600_000;

/** A credential whose tokens the test gives, and whose time it moves. */
function setUp(t: TestContext, answers: (EntraToken | Error)[]) {
  t.mock.timers.enable({apis: ["setTimeout", "Date"]});
  const log: string[] = [];
  let asked = 0;
  const credential = createEntraCredential({
    getToken: async () => {
      asked++;
      const answer = answers.shift();
      if (answer instanceof Error) throw answer;
      return answer ?? new Promise<never>(() => {});
    },
    log: (event, detail) => log.push(`${event}: ${detail}`),
  });
  t.after(() => credential.close());
  const pass = async (ms: number) => {
    t.mock.timers.tick(ms);
    for (let turn = 0; turn < 5; turn++) await Promise.resolve();
  };
  return {credential, log, pass, asked: () => asked};
}

const token = (name: string, expiresOnTimestamp: number): EntraToken => ({
  token: name,
  expiresOnTimestamp,
});

test("there is none until Entra has answered", async (t) => {
  const {credential, pass} = setUp(t, [token("first", HOUR_MS)]);
  assert.equal(credential.headers, undefined);
  await pass(0);
  assert.deepEqual(credential.headers, {authorization: "Bearer first"});
});

test("the next token is there long before the last one expires", async (t) => {
  const {credential, pass} = setUp(t, [token("first", HOUR_MS), token("second", 2 * HOUR_MS)]);
  await pass(0);
  await pass(HOUR_MS / 2);
  assert.deepEqual(credential.headers, {authorization: "Bearer second"});
});

test("while Entra is away the token serves on, and it is asked again and again", async (t) => {
  const away = new Error("AADSTS: try later");
  const answers = [token("first", HOUR_MS), away, away, token("second", 2 * HOUR_MS)];
  const {credential, log, pass} = setUp(t, answers);
  await pass(0);
  await pass(HOUR_MS / 2);
  assert.deepEqual(credential.headers, {authorization: "Bearer first"});
  await pass(1000);
  await pass(2000);
  assert.deepEqual(credential.headers, {authorization: "Bearer second"});
  assert.deepEqual(log, Array(2).fill("no Entra token: Error: AADSTS: try later"));
});

test("a token that has expired is not sent", async (t) => {
  const {credential, pass} = setUp(t, [token("first", HOUR_MS)]);
  await pass(0);
  await pass(HOUR_MS);
  assert.equal(credential.headers, undefined);
});

test("after close nobody is asked", async (t) => {
  const {credential, pass, asked} = setUp(t, [token("first", HOUR_MS), token("second", HOUR_MS)]);
  await pass(0);
  credential.close();
  await pass(HOUR_MS);
  assert.equal(asked(), 1);
});
