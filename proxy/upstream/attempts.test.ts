import assert from "node:assert/strict";
import {test} from "node:test";
import {createAttempts} from "./attempts.ts";

test("a host that stays away is asked at longer and longer intervals, up to five seconds", () => {
  const attempts = createAttempts();
  let nowMs = 0;
  const waits = Array.from({length: 8}, () => {
    attempts.began(nowMs);
    attempts.failed(nowMs);
    const waitMs = attempts.waitMs(nowMs, false);
    nowMs += waitMs;
    return waitMs;
  });
  assert.deepEqual(waits, [100, 200, 400, 800, 1600, 3200, 5000, 5000]);
  attempts.succeeded();
  assert.equal(attempts.waitMs(nowMs, false), 0);
  attempts.failed(nowMs);
  assert.equal(attempts.waitMs(nowMs, false), 100);
});

test("whoever waits for one does not wait for the back-off, and yet 20 a second are enough", () => {
  const attempts = createAttempts();
  for (let failures = 0; failures < 6; failures++) attempts.failed(0);
  attempts.began(1000);
  attempts.failed(1001);
  assert.deepEqual(
    [1001, 1049, 1050, 2000].map((nowMs) => attempts.waitMs(nowMs, true)),
    [49, 1, 0, 0],
  );
  assert.equal(attempts.waitMs(2000, false), 4001);
});

test("the first is not waited for, nor one after a success", () => {
  const attempts = createAttempts();
  assert.equal(attempts.waitMs(0, false), 0);
  assert.equal(attempts.waitMs(0, true), 0);
  attempts.began(0);
  attempts.succeeded();
  assert.equal(attempts.waitMs(1, false), 0);
});
