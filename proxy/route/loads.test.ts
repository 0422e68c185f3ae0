import assert from "node:assert/strict";
import {test} from "node:test";
import fc from "fast-check";
import {createLoads} from "./loads.ts";

const deployment = {upstream: "host", name: "codex", weight: 1};

function given() {
  const clock = {ms: 0};
  const loads = createLoads(() => clock.ms);
  const costAfter = (ms: number) => {
    clock.ms += ms;
    return Math.round(loads.costOf(deployment));
  };
  return {loads, clock, costAfter};
}

test("each request under way makes the next dearer, and those that ended no longer do", () => {
  const counts = fc.array(fc.boolean(), {maxLength: 30});
  fc.assert(
    fc.property(counts, (begins) => {
      const {loads} = given();
      const idle = loads.costOf(deployment);
      let underWay = 0;
      for (const begin of begins)
        if (begin || underWay === 0) {
          loads.began({...deployment});
          underWay++;
        } else {
          loads.ended({...deployment});
          underWay--;
        }
      assert.equal(loads.loadOf(deployment), underWay);
      assert.equal(loads.costOf(deployment), idle * (underWay + 1));
    }),
    {seed: 20},
  );
});

test("a slow answer counts at once, and less as time goes by and quick ones come", () => {
  const {loads, costAfter} = given();
  loads.answered(deployment, 400);
  assert.equal(costAfter(0), 400);
  loads.answered(deployment, 50);
  assert.equal(costAfter(0), 400);
  assert.equal(costAfter(10_000), Math.round(400 / Math.E));
  loads.answered(deployment, 50);
  assert.equal(costAfter(0), Math.round(400 / Math.E + 50 * (1 - 1 / Math.E)));
  assert.equal(costAfter(1_000_000), 1);
});

test("a host that was left while it said nothing is at least as slow, and never quicker for it", () => {
  const {loads, costAfter} = given();
  loads.began(deployment);
  loads.ended(deployment, 700);
  assert.equal(costAfter(0), 700);
  loads.began(deployment);
  loads.ended(deployment, 20);
  assert.equal(costAfter(0), 700);
});

test("what a host says of others' requests counts for five seconds", () => {
  const {loads, clock} = given();
  loads.began(deployment);
  loads.said(deployment, {running: 8, waiting: 3, usage: 0.2});
  assert.deepEqual([loads.loadOf(deployment), loads.leftOf(deployment)], [11, 0]);
  loads.said(deployment, {running: 0, waiting: 0, usage: 0.2});
  assert.deepEqual([loads.loadOf(deployment), loads.leftOf(deployment)], [1, 0.8]);
  loads.said(deployment, {running: 8, waiting: 3, usage: 0.2});
  clock.ms += 5000;
  assert.deepEqual([loads.loadOf(deployment), loads.leftOf(deployment)], [1, 1]);
});
