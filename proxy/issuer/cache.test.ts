import assert from "node:assert/strict";
import {describe, test} from "node:test";
import {setImmediate as turn} from "node:timers/promises";
import fc from "fast-check";
import {createCache} from "./cache.ts";
import type {User} from "./exchange.ts";
import {Refusal} from "./refusal.ts";

function setUp({max}: {max?: number} = {}) {
  let time = 1e12;
  const cache = createCache({now: () => time, ...(max !== undefined && {max})});
  const pass = (ms: number) => {
    time += ms;
  };
  return {cache, pass};
}

describe("how long an answer is kept", () => {
  const refused = (code: ConstructorParameters<typeof Refusal>[0]) => () =>
    Promise.reject(new Refusal(code));
  const user = (untilMs?: number) => () => Promise.resolve({id: "github:1", untilMs});
  const cases: Record<string, [answer: () => Promise<User>, keptMs: number]> = {
    "a user": [user(), 60_000],
    "a user whose credential ends before": [user(1e12 + 7_000), 7_000],
    "a user whose credential ends after": [user(1e12 + 90_000), 60_000],
    "a user whose credential has ended": [user(1e12), 0],
    "a bad credential": [refused("CREDENTIAL_REFUSED"), 10_000],
    "a quota that is gone": [refused("QUOTA_REACHED"), 10_000],
    "a missing organization": [refused("ORGANIZATION_REQUIRED"), 10_000],
    "a provider that is away": [refused("EXCHANGE_LOST"), 0],
    "a provider that is busy": [refused("PROVIDER_BUSY"), 0],
    "a fault of ours": [() => Promise.reject(new Error("oops")), 0],
  };
  for (const [name, [answer, keptMs]] of Object.entries(cases))
    test(`${name}: ${keptMs} ms`, async () => {
      const {cache, pass} = setUp();
      let asked = 0;
      const ask = async () => {
        await cache
          .get("key", () => {
            asked++;
            return answer();
          })
          .catch(() => {});
        return asked;
      };
      assert.equal(await ask(), 1);
      pass(Math.max(0, keptMs - 1));
      assert.equal(await ask(), keptMs > 0 ? 1 : 2);
      pass(1);
      assert.equal(await ask(), keptMs > 0 ? 2 : 3);
    });
});

test("who comes while it is asked waits for the same answer; a failure is theirs too", async () => {
  const {cache} = setUp();
  const asked: PromiseWithResolvers<User>[] = [];
  const ask = () => {
    asked.push(Promise.withResolvers<User>());
    return asked.at(-1)!.promise;
  };
  const failing = [cache.get("a", ask), cache.get("a", ask), cache.get("b", ask)];
  assert.equal(asked.length, 2);
  asked[0]!.reject(new Refusal("EXCHANGE_LOST"));
  asked[1]!.resolve({id: "github:2"});
  const settled = await Promise.allSettled(failing);
  assert.deepEqual(
    settled.map(({status}) => status),
    ["rejected", "rejected", "fulfilled"],
  );
  void cache.get("a", ask);
  assert.equal(asked.length, 3);
});

test("whatever is asked: never over its bound, never another's answer, one question at a time", async () => {
  const steps = fc.array(
    fc.record({
      key: fc.integer({min: 0, max: 12}),
      outcome: fc.constantFrom("user", "CREDENTIAL_REFUSED", "EXCHANGE_LOST"),
      passMs: fc.constantFrom(0, 0, 9_999, 10_000, 60_000),
      settle: fc.boolean(),
    }),
  );
  await fc.assert(
    fc.asyncProperty(steps, fc.integer({min: 1, max: 5}), async (steps, max) => {
      const {cache, pass} = setUp({max});
      const underWay = new Set<number>();
      const answers: Promise<unknown>[] = [];
      for (const {key, outcome, passMs, settle} of steps) {
        const ask = async (): Promise<User> => {
          assert.ok(!underWay.has(key), "asked twice at once");
          underWay.add(key);
          await turn();
          underWay.delete(key);
          if (outcome === "user") return {id: `user:${key}`};
          throw new Refusal(outcome as "EXCHANGE_LOST");
        };
        const answer = cache.get(String(key), ask).then(
          ({id}) => assert.equal(id, `user:${key}`),
          (cause) => assert.ok(cause instanceof Refusal, String(cause)),
        );
        answers.push(answer);
        if (settle) await answer;
        pass(passMs);
        assert.ok(cache.size <= max);
      }
      await Promise.all(answers);
      assert.ok(cache.size <= max);
    }),
  );
});
