import assert from "node:assert/strict";
import {test} from "node:test";
import fc from "fast-check";
import {createBudget} from "./budget.ts";
import {createLanes} from "./lanes.ts";

test("of 10,000 requests never more than their share is spent, at no time, and a burst of ten at most", () => {
  const share = fc.double({min: 0.001, max: 1, noNaN: true});
  const wish = fc.infiniteStream(fc.boolean());
  fc.assert(
    fc.property(share, wish, (share, wish) => {
      const budget = createBudget(() => 0);
      let spent = 0;
      for (let came = 1; came <= 10_000; came++) {
        budget.earn(share);
        let burst = 0;
        while (wish.next().value && budget.spend()) burst++;
        spent += burst;
        assert.ok(burst <= 10);
        assert.ok(spent <= share * came + 1e-6, `${spent} of ${came} at ${share}`);
      }
    }),
    {numRuns: 20},
  );
});

test("each is told once, in order, once it is later than the p95; none while that is not known", () => {
  let nowMs = 0;
  const lanes = createLanes<{arrivedMs: number}>(() => nowMs);
  const lane = lanes.of("codex", "completion");
  const told: number[] = [];
  const look = () => lane.late(({arrivedMs}) => told.push(arrivedMs));
  lane.join({arrivedMs: 0});
  nowMs = 1000;
  look();
  assert.deepEqual(told, [], "what arrived before it was known is not looked at later either");
  for (let count = 0; count < 20; count++) lane.pace.add(100);
  const p95 = lane.pace.p95Ms!;
  for (const arrivedMs of [1000, 1001, 1050]) lane.join({arrivedMs});
  nowMs = 1000 + p95 - 1;
  look();
  assert.deepEqual(told, []);
  nowMs = 1001 + p95;
  look();
  look();
  assert.deepEqual(told, [1000, 1001]);
  nowMs = 5000;
  look();
  assert.deepEqual(told, [1000, 1001, 1050]);
});

test("thousands in a row are each told once", () => {
  let nowMs = 0;
  const lane = createLanes<{arrivedMs: number}>(() => nowMs).of("codex", "completion");
  for (let count = 0; count < 20; count++) lane.pace.add(1);
  let told = 0;
  for (nowMs = 1; nowMs <= 5000; nowMs++) {
    lane.join({arrivedMs: nowMs});
    lane.late(({arrivedMs}) => {
      told++;
      assert.equal(arrivedMs, told);
    });
  }
  assert.ok(told >= 4990, `${told}`);
});

test("kinds have a pace of their own, and a model's share one budget", () => {
  const lanes = createLanes<{arrivedMs: number}>(() => 0);
  const [typed, edit] = [lanes.of("codex", "completion"), lanes.of("codex", "next_edit")];
  assert.equal(lanes.of("codex", "completion"), typed);
  assert.notEqual(typed.pace, edit.pace);
  assert.equal(typed.budget, edit.budget);
  assert.notEqual(lanes.of("nano", "completion").budget, typed.budget);
});
