import assert from "node:assert/strict";
import {test} from "node:test";
import type {Limits} from "../policy.ts";
import {createUserLimits} from "./user-limits.ts";

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
  return {clock, users: createUserLimits({limits: () => limits, now: () => clock.ms})};
}

const busy = (retryAfterS: number) => ({code: "USER_BUSY", status: 429, retryAfterS});

test("a burst, then a rate; each user for itself", () => {
  const {clock, users} = setUp();
  for (let count = 0; count < 3; count++) users.enter("anna");
  assert.throws(() => users.enter("anna"), busy(1));
  users.enter("ben");
  clock.ms += 100;
  users.enter("anna");
  assert.throws(() => users.enter("anna"), busy(1));
  clock.ms += 60_000;
  for (let count = 0; count < 3; count++) users.enter("anna");
  assert.throws(() => users.enter("anna"), busy(1));
});

test("what is refused costs nothing, and is told when to come back", () => {
  const {clock, users} = setUp({perSecond: 0.2, burst: 1});
  users.enter("anna");
  for (let count = 0; count < 5; count++) assert.throws(() => users.enter("anna"), busy(5));
  clock.ms += 5000;
  users.enter("anna");
});

test("so many streams at once, and room again when one ends", () => {
  const {users} = setUp({streams: 2});
  users.enter("anna");
  users.enter("anna");
  assert.throws(() => users.enter("anna"), {code: "USER_STREAMS", status: 429});
  users.leave("anna");
  users.enter("anna");
});

test("of a hundred thousand users, those with open streams are remembered", () => {
  const {users} = setUp({streams: 1});
  users.enter("anna");
  for (let count = 0; count <= 100_000; count++) {
    users.enter(`user ${count}`);
    users.leave(`user ${count}`);
  }
  assert.throws(() => users.enter("anna"), {code: "USER_STREAMS"});
});

test("a large request counts as several, and is paid for by waiting", () => {
  const {clock, users} = setUp();
  users.enter("anna");
  users.weigh("anna", 10 * 65_536 - 1);
  users.enter("ben");
  assert.throws(() => users.enter("anna"), busy(1));
  clock.ms += 700;
  assert.throws(() => users.enter("anna"), busy(1));
  clock.ms += 100;
  users.enter("anna");
});

test("next edits and calls ahead count by themselves, each with what is said of it and our own for the rest", () => {
  const {clock, users} = setUp({nextEdits: {burst: 2, streams: 3}});
  for (let count = 0; count < 2; count++) users.enter("anna", "next_edit");
  assert.throws(() => users.enter("anna", "next_edit"), busy(1));
  clock.ms += 200;
  users.enter("anna", "next_edit");
  clock.ms += 1000;
  assert.throws(() => users.enter("anna", "next_edit"), {code: "USER_STREAMS"});
  for (let count = 0; count < 6; count++) users.open("anna", "ahead");
  assert.throws(() => users.open("anna", "ahead"), {code: "USER_STREAMS"});
  for (let count = 0; count < 40; count++) users.count("anna", "ahead");
  assert.throws(() => users.count("anna", "ahead"), busy(1));
  for (const kind of ["completion", "chat", "completion"] as const) users.enter("anna", kind);
  assert.throws(() => users.enter("anna", "chat"), busy(1));
});

test("so many bytes at once, each user for itself, and all together", () => {
  const {users} = setUp({userBytes: 60 << 20});
  for (const user of ["anna", "ben", "cleo"]) users.enter(user);
  users.hold("anna", 60 << 20);
  assert.throws(() => users.hold("anna", 1), {code: "USER_BYTES", status: 429});
  assert.throws(() => users.hold("ben", 60 << 20), {code: "PROXY_FULL", status: 503});
  users.hold("ben", 36 << 20);
  users.release("anna", 60 << 20);
  users.hold("cleo", 60 << 20);
});

test("retries of one user end, and come back by the second", () => {
  const {clock, users} = setUp({burst: 1000});
  users.enter("anna");
  users.enter("ben");
  const retries = (user: string) => {
    let count = 0;
    while (users.mayRetry(user)) count++;
    return count;
  };
  assert.deepEqual([retries("anna"), retries("ben")], [20, 20]);
  clock.ms += 1000;
  users.enter("anna");
  assert.equal(retries("anna"), 4);
});
