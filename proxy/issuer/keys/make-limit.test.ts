import assert from "node:assert/strict";
import {test} from "node:test";
import fc from "fast-check";
import {createMakeLimit} from "./make-limit.ts";

const DAY_MS = 86_400_000;

test("whenever they come, a user makes ten keys and then ten a day, and counts for no other", () => {
  const asks = fc.array(
    fc.record({user: fc.constantFrom("github:1", "github:2"), afterMs: fc.nat(DAY_MS / 4)}),
    {minLength: 30, maxLength: 200},
  );
  fc.assert(
    fc.property(asks, (asks) => {
      let ms = 0;
      const count = createMakeLimit(() => ms);
      const made = new Map<string, number>();
      for (const {user, afterMs} of asks) {
        ms += afterMs;
        const sofar = made.get(user) ?? 0;
        const most = 10 + (ms / DAY_MS) * 10;
        try {
          count(user);
          made.set(user, sofar + 1);
          assert.ok(sofar + 1 <= most + 1e-6, `${sofar + 1} of ${most}`);
        } catch (error) {
          assert.equal((error as {code?: string}).code, "KEYS_MANY");
          assert.ok(sofar >= 10, "the first ten are never refused");
        }
      }
    }),
    {numRuns: 100},
  );
});

test("the eleventh is refused, and made a tenth of a day later", () => {
  let ms = 0;
  const count = createMakeLimit(() => ms);
  for (let made = 0; made < 10; made++) count("github:1");
  // Nobody is to come back in seconds.
  const many = {code: "KEYS_MANY", status: 429, retryAfterS: undefined};
  assert.throws(() => count("github:1"), many);
  count("github:2");
  ms += DAY_MS / 10;
  count("github:1");
  assert.throws(() => count("github:1"), {code: "KEYS_MANY"});
});
