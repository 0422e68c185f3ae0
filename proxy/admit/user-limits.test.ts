import assert from "node:assert/strict";
import {test} from "node:test";
import type {Limits} from "../policy.ts";
import {createQuota} from "./user-limits.ts";

function setUp(changes: Partial<Limits> = {}) {
  const clock = {ms: 0};
  const limits = {
    bodyBytes: 1024,
    perSecond: 10,
    burst: 3,
    streams: 100,
    userBytes: 4096,
    ...changes,
  };
  return {clock, quota: createQuota({limits: () => limits, now: () => clock.ms})};
}

const busy = (retryAfterS: number) => ({code: "USER_BUSY", status: 429, retryAfterS});

test("a burst, then a rate; each user for itself", () => {
  const {clock, quota} = setUp();
  for (let count = 0; count < 3; count++) quota.enter("anna");
  assert.throws(() => quota.enter("anna"), busy(1));
  quota.enter("ben");
  clock.ms += 100;
  quota.enter("anna");
  assert.throws(() => quota.enter("anna"), busy(1));
  clock.ms += 60_000;
  for (let count = 0; count < 3; count++) quota.enter("anna");
  assert.throws(() => quota.enter("anna"), busy(1));
});

test("what is refused costs nothing, and is told when to come back", () => {
  const {clock, quota} = setUp({perSecond: 0.2, burst: 1});
  quota.enter("anna");
  for (let count = 0; count < 5; count++) assert.throws(() => quota.enter("anna"), busy(5));
  clock.ms += 5000;
  quota.enter("anna");
});

test("so many streams at once, and room again when one ends", () => {
  const {quota} = setUp({streams: 2});
  quota.enter("anna");
  quota.enter("anna");
  assert.throws(() => quota.enter("anna"), {code: "USER_STREAMS", status: 429});
  quota.leave("anna");
  quota.enter("anna");
});

test("a large request counts as several, and is paid for by waiting", () => {
  const {clock, quota} = setUp();
  quota.enter("anna");
  quota.weigh("anna", 10 * 65_536 - 1);
  quota.enter("ben");
  assert.throws(() => quota.enter("anna"), busy(1));
  clock.ms += 700;
  assert.throws(() => quota.enter("anna"), busy(1));
  clock.ms += 100;
  quota.enter("anna");
});

test("so many bytes at once, each user for itself, and all together", () => {
  const {quota} = setUp({userBytes: 60 << 20});
  for (const user of ["anna", "ben", "cleo"]) quota.enter(user);
  quota.hold("anna", 60 << 20);
  assert.throws(() => quota.hold("anna", 1), {code: "USER_BYTES", status: 429});
  assert.throws(() => quota.hold("ben", 60 << 20), {code: "PROXY_FULL", status: 503});
  quota.hold("ben", 36 << 20);
  quota.release("anna", 60 << 20);
  quota.hold("cleo", 60 << 20);
});

test("retries of one user end, and come back by the second", () => {
  const {clock, quota} = setUp({burst: 1000});
  quota.enter("anna");
  quota.enter("ben");
  const retries = (user: string) => {
    let count = 0;
    while (quota.mayRetry(user)) count++;
    return count;
  };
  assert.deepEqual([retries("anna"), retries("ben")], [20, 20]);
  clock.ms += 1000;
  quota.enter("anna");
  assert.equal(retries("anna"), 4);
});
