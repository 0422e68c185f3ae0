import assert from "node:assert/strict";
import {test} from "node:test";
import fc from "fast-check";
import {createPace} from "./pace.ts";

const times = fc.array(fc.integer({min: 1, max: 15_000}), {minLength: 20, maxLength: 400});

test("the p95 is the time by which 95 of 100 had come, at most a tenth later", () => {
  fc.assert(
    fc.property(times, (times) => {
      const pace = createPace(() => 0);
      for (const ms of times) pace.add(ms);
      const exact = times.toSorted((a, b) => a - b)[Math.ceil(times.length * 0.95) - 1]!;
      const p95 = pace.p95Ms!;
      assert.ok(p95 > exact * 0.999 && p95 <= exact * 1.1001, `${p95} for ${exact}`);
    }),
  );
});

test("of fewer than 20 nothing is said, and what is older than two minutes is forgotten", () => {
  let nowMs = 0;
  const pace = createPace(() => nowMs);
  for (let count = 0; count < 19; count++) pace.add(100);
  assert.equal(pace.p95Ms, undefined);
  pace.add(100);
  assert.ok(pace.p95Ms! >= 100);
  nowMs = 61_000;
  assert.ok(pace.p95Ms! >= 100, "the minute before counts");
  for (let count = 0; count < 20; count++) pace.add(1000);
  nowMs = 122_000;
  assert.ok(pace.p95Ms! >= 1000);
  assert.equal(pace.laterMs(1), pace.laterMs(2) + 1, "the first 20 are forgotten");
  nowMs = 300_000;
  assert.equal(pace.p95Ms, undefined);
});

test("how much later the later ones came is their mean, and never less than nothing", () => {
  fc.assert(
    fc.property(times, fc.integer({min: 1, max: 15_000}), (times, ms) => {
      const pace = createPace(() => 0);
      for (const one of times) pace.add(one);
      const later = times.filter((one) => one > ms * 1.1);
      const mean = later.reduce((sum, one) => sum + one - ms, 0) / (later.length || 1);
      const said = pace.laterMs(ms);
      assert.ok(said >= 0);
      if (later.length === times.filter((one) => one > ms / 1.1).length)
        assert.ok(Math.abs(said - mean) <= 0.1 * (mean + ms), `${said} for ${mean}`);
    }),
  );
});
