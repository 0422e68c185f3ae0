import assert from "node:assert/strict";
import {test} from "node:test";
import fc from "fast-check";
import {createVote} from "./vote.ts";

const objective = {success: 0.9, firstByteMs: 400, windowMs: 60_000};

function setUp() {
  const clock = {ms: 1_000_000};
  const vote = createVote({objective, now: () => clock.ms});
  const record = (count: number, succeeded: boolean, firstByteMs = 10) => {
    for (let index = 0; index < count; index++) vote.record(succeeded, firstByteMs);
  };
  /** Good probes until it is back. */
  const probesNeeded = () => {
    for (let count = 0; ; count++) {
      if (vote.healthy) return count;
      vote.probed(true, 10);
    }
  };
  return {clock, vote, record, probesNeeded};
}

test("in while the objective is met, out when it is not, back after three good probes", () => {
  const {clock, vote, record, probesNeeded} = setUp();
  record(90, true);
  record(10, false);
  assert.deepEqual([vote.healthy, vote.success], [true, 0.9]);
  record(1, false);
  assert.equal(vote.healthy, false);
  clock.ms += 10 * objective.windowMs;
  assert.equal(vote.healthy, false);
  assert.deepEqual([probesNeeded(), vote.healthy, vote.success], [3, true, 1]);
});

test("a probe that fails, or is late, starts the count again", () => {
  const {vote, record, probesNeeded} = setUp();
  record(20, false);
  for (const [succeeded, firstByteMs] of [
    [false, 10],
    [true, 401],
  ] as const) {
    vote.probed(true, 10);
    vote.probed(true, 10);
    vote.probed(succeeded, firstByteMs);
  }
  assert.equal(probesNeeded(), 3);
});

test("what falls out again soon needs twice the probes, and after a good window three again", () => {
  const {clock, record, probesNeeded} = setUp();
  const needed = () => {
    record(20, false);
    return probesNeeded();
  };
  assert.deepEqual(Array.from({length: 6}, needed), [3, 6, 12, 24, 48, 48]);
  clock.ms += objective.windowMs;
  assert.equal(needed(), 3);
});

test("a probe does not bring down what is in", () => {
  const {vote} = setUp();
  for (let count = 0; count < 100; count++) vote.probed(false, 0);
  assert.deepEqual([vote.healthy, vote.success], [true, 1]);
});

test("a late first byte is a failure", () => {
  const {vote, record} = setUp();
  record(20, true, 401);
  assert.deepEqual([vote.healthy, vote.success], [false, 0]);
});

test("too few samples say nothing", () => {
  const {vote, record} = setUp();
  record(19, false);
  assert.equal(vote.healthy, true);
  record(1, false);
  assert.equal(vote.healthy, false);
});

test("what is older than the window does not count", () => {
  const {clock, vote, record} = setUp();
  record(19, false);
  clock.ms += objective.windowMs;
  record(19, true);
  assert.deepEqual([vote.healthy, vote.success], [true, 1]);
});

test("whatever happens, it is out only when a window of twenty or more was under the objective", () => {
  const samples = fc.array(fc.tuple(fc.boolean(), fc.nat(500), fc.nat(5000)), {maxLength: 300});
  fc.assert(
    fc.property(samples, (samples) => {
      const {clock, vote} = setUp();
      const seen: {atMs: number; good: boolean}[] = [];
      for (const [succeeded, firstByteMs, waitMs] of samples) {
        clock.ms += waitMs;
        vote.record(succeeded, firstByteMs);
        seen.push({atMs: clock.ms, good: succeeded && firstByteMs <= objective.firstByteMs});
        const sliceMs = objective.windowMs / 20;
        const inSight = seen.filter(
          ({atMs}) => Math.floor(clock.ms / sliceMs) - Math.floor(atMs / sliceMs) < 20,
        );
        const goods = inSight.filter(({good}) => good).length;
        const isUnder = inSight.length >= 20 && goods / inSight.length < objective.success;
        assert.equal(vote.healthy, !isUnder);
        if (isUnder) return;
      }
    }),
  );
});
