import assert from "node:assert/strict";
import {describe, test} from "node:test";
import fc from "fast-check";
import {createModelVote} from "./model-vote.ts";
import {exceeds} from "./proportion.ts";
import {randomFrom} from "./random.rig.ts";

const objective = {success: 0.9, firstByteMs: 400, windowMs: 60_000};

function setUp(changes: Partial<typeof objective> = {}) {
  const clock = {ms: 1_000_000};
  const vote = createModelVote({objective: {...objective, ...changes}, now: () => clock.ms});
  const record = (count: number, succeeded: boolean, {firstByteMs = 10, user = ""} = {}) => {
    for (let index = 0; index < count; index++)
      vote.record({succeeded, firstByteMs, user: user || undefined});
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

test("in while the objective is met, out when it surely is not, back after three good probes", () => {
  const {clock, vote, record, probesNeeded} = setUp();
  record(90, true);
  record(10, false);
  assert.deepEqual([vote.healthy, vote.success], [true, 0.9]);
  record(30, false);
  assert.equal(vote.healthy, false);
  clock.ms += 10 * objective.windowMs;
  assert.equal(vote.healthy, false);
  assert.deepEqual([probesNeeded(), vote.healthy, vote.success], [3, true, 1]);
});

test("says what put it out, of what it had counted by then, until it is back", () => {
  const {vote, record, probesNeeded} = setUp();
  record(10, true);
  record(6, false);
  assert.equal(vote.why, undefined);
  record(20, true, {firstByteMs: 401});
  assert.equal(vote.why, "6 of 23 failed here, 7 of 23 later than 400 ms in 60 s");
  probesNeeded();
  assert.equal(vote.why, undefined);
  record(20, true, {firstByteMs: 401});
  assert.equal(vote.why, "20 of 20 later than 400 ms in 60 s");
  probesNeeded();
  record(20, false);
  assert.equal(vote.why, "20 of 20 failed here in 60 s");
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
  record(20, true, {firstByteMs: 401});
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

describe("one user alone moves no vote", () => {
  test("however often it fails", () => {
    const {vote, record} = setUp();
    record(100_000, false, {user: "anna"});
    assert.equal(vote.healthy, true);
  });

  test("not even with the few failures that others have by chance", () => {
    const {vote, record} = setUp({success: 0.995});
    record(1000, true, {user: "ben"});
    record(2, false, {user: "ben"});
    record(3, false, {user: "cleo"});
    record(5000, false, {user: "anna"});
    assert.equal(vote.healthy, true);
  });

  test("two do", () => {
    const {vote, record} = setUp();
    record(20, false, {user: "anna"});
    record(20, false, {user: "ben"});
    assert.equal(vote.healthy, false);
  });

  test("nor do failures that no request brings about wait for a second", () => {
    const {vote, record} = setUp();
    record(20, false);
    assert.equal(vote.healthy, false);
  });
});

describe("what chance does", () => {
  const rates: Record<string, [truth: number, perSecond: number, hours: number, out: boolean]> = {
    "just meets the objective, 20 requests a second for 20 hours": [0.995, 20, 20, false],
    "just meets it, two a second for 200 hours": [0.995, 2, 200, false],
    "is better, 20 a second for 20 hours": [0.997, 20, 20, false],
    "is four times as bad as allowed, 20 a second for five minutes": [0.98, 20, 1 / 12, true],
    "is eight times as bad, two a second for five minutes": [0.96, 2, 1 / 12, true],
  };
  for (const [what, [truth, perSecond, hours, out]] of Object.entries(rates))
    test(`a proxy that ${what} is ${out ? "out" : "never out"}`, () => {
      const {clock, vote} = setUp({success: 0.995});
      const random = randomFrom(20_261_126);
      for (let left = hours * 3600 * perSecond; left > 0 && vote.healthy; left--) {
        clock.ms += 1000 / perSecond;
        vote.record({succeeded: random() < truth, firstByteMs: 10, user: undefined});
      }
      assert.equal(vote.healthy, !out);
    });
});

test("whatever happens, it is out only when a window of twenty or more surely missed the objective", () => {
  const samples = fc.array(fc.tuple(fc.boolean(), fc.nat(500), fc.nat(5000)), {maxLength: 300});
  fc.assert(
    fc.property(samples, (samples) => {
      const {clock, vote} = setUp();
      const seen: {atMs: number; good: boolean}[] = [];
      for (const [succeeded, firstByteMs, waitMs] of samples) {
        clock.ms += waitMs;
        vote.record({succeeded, firstByteMs, user: undefined});
        const good = succeeded && firstByteMs <= objective.firstByteMs;
        seen.push({atMs: clock.ms, good});
        const sliceMs = objective.windowMs / 20;
        const inSight = seen.filter(
          ({atMs}) => Math.floor(clock.ms / sliceMs) - Math.floor(atMs / sliceMs) < 20,
        );
        const bads = inSight.filter(({good}) => !good).length;
        const isUnder = inSight.length >= 20 && exceeds(bads, inSight.length, 0.1, 1e-6);
        // What is bad is looked at when it comes: what good ones leave behind as they age is not.
        if (good) continue;
        assert.equal(vote.healthy, !isUnder);
        if (isUnder) return;
      }
    }),
    {seed: 1},
  );
});
