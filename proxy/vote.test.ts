import assert from "node:assert/strict";
import {test} from "node:test";
import {createVote} from "./vote.ts";

const objective = {success: 0.9, firstByteMs: 400, windowMs: 60_000};

function setUp() {
  const clock = {ms: 1_000_000};
  const vote = createVote({objective, now: () => clock.ms});
  const record = (count: number, succeeded: boolean, firstByteMs = 10) => {
    for (let index = 0; index < count; index++) vote.record(succeeded, firstByteMs);
  };
  return {clock, vote, record};
}

test("in while the objective is met, out when it is not, and back after a window", () => {
  const {clock, vote, record} = setUp();
  record(90, true);
  record(10, false);
  assert.deepEqual([vote.healthy, vote.success], [true, 0.9]);
  record(1, false);
  assert.equal(vote.healthy, false);
  clock.ms += objective.windowMs - 1;
  assert.equal(vote.healthy, false);
  clock.ms += 1;
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
