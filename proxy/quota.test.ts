import assert from "node:assert/strict";
import {test} from "node:test";
import {createQuota} from "./quota.ts";

function setUp(changes: Partial<{perSecond: number; burst: number; streams: number}> = {}) {
  const clock = {ms: 0};
  const limits = {bodyBytes: 1024, perSecond: 10, burst: 3, streams: 100, ...changes};
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
