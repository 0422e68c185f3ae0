import assert from "node:assert/strict";
import {describe, type TestContext, test} from "node:test";
import {until} from "../../setup/until.ts";
import type {MadeKey} from "../issuer/keys/personal-keys.ts";
import {KEYS_PATH} from "../issuer/rig.ts";
import {codeOf, startKeys} from "./keys.rig.ts";

const MINUTE = 60_000;

/** A proxy and an issuer that makes keys, and two keys of one user. */
async function startMade(t: TestContext) {
  const service = await startKeys(t);
  const make = async () => {
    const answer = await service.issuer.get(KEYS_PATH, "Bearer good-7", "POST");
    return (await answer.json()) as MadeKey;
  };
  return {...service, one: await make(), other: await make()};
}

describe("a personal key", () => {
  test("alone completes for longer than a ticket lives, and no longer than it does itself", async (t) => {
    const {complete, pass, one} = await startMade(t);
    for (let hours = 0; hours < 23; hours++) {
      assert.equal((await complete(one.key)).status, 200);
      pass(60 * MINUTE);
    }
    pass(90 * MINUTE);
    const answer = await complete(one.key);
    assert.deepEqual([answer.status, codeOf(answer)], [401, "key_refused"]);
    assert.match(answer.text, /expired; make a new one with npm run key/);
  });

  test("goes to no host, no log and no metric, nor does what it holds", async (t) => {
    const {complete, rig, host, issuer, one} = await startMade(t);
    assert.equal((await complete(one.key)).status, 200);
    const told = [
      JSON.stringify(host.seen.map(({headers}) => headers)),
      await rig.metrics(),
      ...rig.log,
      ...issuer.log,
    ].join();
    for (const secret of ["good-7", ...one.key.split(".").slice(2)])
      assert.ok(!told.includes(secret), secret);
  });

  for (const [by, revoked] of Object.entries({
    "its id, and another of its user's is not": ({id}: MadeKey) => ({tokens: [id]}),
    "its user": ({user}: MadeKey) => ({users: [user]}),
  }))
    test(`is revoked by ${by}, as soon as the policy is read, and for good`, async (t) => {
      const {complete, rig, pass, one, other} = await startMade(t);
      for (const {key} of [one, other]) assert.equal((await complete(key)).status, 200);
      rig.writePolicy({...rig.policy, revoked: revoked(one)});
      await until(async () => (await complete(one.key)).status === 401);
      const isOfUser = "users" in revoked(one);
      assert.equal((await complete(other.key)).status, isOfUser ? 401 : 200);
      for (let count = 0; count < 3; count++) {
        pass(20 * MINUTE);
        assert.equal(codeOf(await complete(one.key)), "token_revoked", "another ticket is as bad");
      }
    });
});
