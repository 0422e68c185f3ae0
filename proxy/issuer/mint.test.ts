import assert from "node:assert/strict";
import {test} from "node:test";
import fc from "fast-check";
import {refreshIn} from "./mint.ts";

test("editors come back early enough, not too often, and not together", () => {
  const lifetime = fc.integer({min: 600, max: 7200});
  const random = fc.double({min: 0, max: 1, maxExcluded: true, noNaN: true});
  fc.assert(
    fc.property(lifetime, random, (lifetimeS, random) => {
      const seconds = refreshIn(lifetimeS, () => random);
      assert.ok(Number.isInteger(seconds));
      assert.ok(seconds >= 300 && seconds <= lifetimeS - 90, `${seconds} of ${lifetimeS}`);
      const spread = refreshIn(lifetimeS, () => 1 - 2 ** -53) - refreshIn(lifetimeS, () => 0);
      assert.ok(spread >= lifetimeS / 5, `${lifetimeS} is spread over ${spread}`);
    }),
  );
});

const cases: Record<string, [lifetimeS: number, random: number, refreshIn: number]> = {
  "the shortest life, at its earliest": [600, 0, 360],
  "the shortest life, at its latest": [600, 0.999, 509],
  "twenty minutes, in the middle": [1200, 0.5, 870],
  "the longest life, at its latest": [7200, 0.999, 6118],
};

for (const [name, [lifetimeS, random, expected]] of Object.entries(cases))
  test(`${name}: ${expected} s`, () =>
    assert.equal(
      refreshIn(lifetimeS, () => random),
      expected,
    ));
