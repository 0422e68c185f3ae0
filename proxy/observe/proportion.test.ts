import assert from "node:assert/strict";
import {test} from "node:test";
import fc from "fast-check";
import {exceeds} from "./proportion.ts";

/** The binomial's tail itself: the probability of `bad` or more of `count`. */
function tail(bad: number, count: number, p: number): number {
  let term = (1 - p) ** count;
  let below = bad > 0 ? term : 0;
  for (let k = 1; k < bad; k++) {
    term *= ((count - k + 1) / k) * (p / (1 - p));
    below += term;
  }
  return 1 - below;
}

test("what is found is rarer by chance than the error rate, by the exact distribution", () => {
  const share = fc.double({min: 0.001, max: 0.5, noNaN: true});
  const rate = fc.constantFrom(0.05, 0.001, 1e-6);
  fc.assert(
    fc.property(fc.integer({min: 1, max: 400}), fc.nat(400), share, rate, (count, bad, p, rate) => {
      fc.pre(bad <= count);
      if (exceeds(bad, count, p, rate)) assert.ok(tail(bad, count, p) < rate + 1e-9);
    }),
    {numRuns: 5000, seed: 1},
  );
});

const cases: Record<string, [bad: number, count: number, allowed: number, exceeds: boolean]> = {
  "none bad": [0, 1000, 0.005, false],
  "as many as are allowed": [5, 1000, 0.005, false],
  "four of twenty": [4, 20, 0.005, false],
  "five of twenty": [5, 20, 0.005, true],
  "all of twenty": [20, 20, 0.005, true],
  "twice as many of a thousand": [10, 1000, 0.005, false],
  "five times as many of a thousand": [25, 1000, 0.005, true],
  "one where none is allowed": [1, 1000, 0, true],
  "none of none": [0, 0, 0.005, false],
};
for (const [name, [bad, count, allowed, is]] of Object.entries(cases))
  test(`${name}: ${is ? "too many" : "by chance"}`, () =>
    assert.equal(exceeds(bad, count, allowed, 1e-6), is));
