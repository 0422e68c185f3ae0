import assert from "node:assert/strict";
import type {LookupFunction} from "node:net";
import {type TestContext, test} from "node:test";
import {startHost} from "../rig.ts";
import {type Heard, sink} from "./heard.rig.ts";
import {createSessions} from "./sessions.ts";
import type {Call} from "./transport.ts";

/** Between two attempts that requests bring about. */
const ATTEMPT_EVERY_MS = 50;
const WAIT_MS = 1000;
const MAX_WAITING = 1000;

type Answer = Parameters<LookupFunction>[2];

/** A host by a name that leads nowhere at first, and a clock that stands still. */
async function setUp(t: TestContext) {
  const held: (() => void)[] = [];
  const host = await startHost(t, ({stream, headers}) => {
    stream.respond({":status": 200});
    if (headers[":path"] === "/held") held.push(() => stream.end("ok"));
    else stream.end("ok");
  });
  const {port} = new URL(host.url);
  const way = {now: "away" as "away" | "there" | "silent", attempts: 0};
  const answers: Record<typeof way.now, (found: Answer) => void> = {
    away: (found) => found(new Error("no such name"), "", 4),
    there: (found) => found(null, [{address: "127.0.0.1", family: 4}]),
    silent: () => {},
  };
  const lookup: LookupFunction = (_, __, found) => {
    way.attempts++;
    process.nextTick(answers[way.now], found);
  };
  t.mock.timers.enable({apis: ["setTimeout", "Date"]});
  const sessions = createSessions({origin: `http://model.test:${port}`, lookup});
  t.after(() => sessions.close());
  const ask = (path = "/"): Asked => {
    const heard: Heard = {text: ""};
    const headers = {":method": "POST", ":scheme": "http", ":authority": "host", ":path": path};
    return {heard, call: sessions.request(headers, Buffer.from("{}"), sink, heard)};
  };
  const pass = async (ms: number) => {
    t.mock.timers.tick(ms);
    await turns(5);
  };
  await turns(5);
  return {host, way, sessions, ask, pass, held};
}

interface Asked {
  readonly heard: Heard;
  readonly call: Call;
}

/** The clock stands still, and the event loop goes on. */
async function turns(count: number) {
  for (; count > 0; count--) await new Promise((resolve) => setImmediate(resolve));
}

async function ends(asked: readonly Asked[]) {
  for (let turn = 0; turn < 2000 && !asked.every(({heard}) => heard.end); turn++) await turns(1);
  return new Set(asked.map(({heard}) => `${heard.text} ${heard.end}`));
}

test("a host that is back is found by the requests that come, all by one attempt", async (t) => {
  const {way, ask, pass} = await setUp(t);
  assert.equal(way.attempts, 1);
  way.now = "there";
  const asked = Array.from({length: 20}, () => ask());
  await pass(ATTEMPT_EVERY_MS - 1);
  assert.equal(way.attempts, 1);
  await pass(1);
  assert.deepEqual(await ends(asked), new Set(["ok ended"]));
  assert.equal(way.attempts, 2);
});

test("however long it was away, a request waits for no back-off", async (t) => {
  const {way, ask, pass} = await setUp(t);
  for (let second = 0; second < 30; second++) await pass(1000);
  assert.ok(way.attempts < 15, `${way.attempts}`);
  way.now = "there";
  assert.deepEqual(await ends([ask()]), new Set(["ok ended"]));
});

test("a host that stays away: a thousand requests a second bring about 20 attempts, each fails with its own", async (t) => {
  const {way, ask, pass} = await setUp(t);
  const asked: Asked[] = [];
  for (let ms = 0; ms < 1000; ms++) {
    asked.push(ask());
    await pass(1);
    const late = asked.at(-1 - ATTEMPT_EVERY_MS);
    if (late) assert.equal(late.heard.end, "connect");
  }
  assert.ok(way.attempts > 15 && way.attempts <= 21, `${way.attempts} attempts`);
});

test("who waits and leaves brings about no attempt", async (t) => {
  const {way, ask, pass} = await setUp(t);
  const {call} = ask();
  call.cancel();
  await pass(ATTEMPT_EVERY_MS);
  assert.equal(way.attempts, 1);
});

test("a connection that does not come is waited for a second, by a thousand requests", async (t) => {
  const {way, ask, pass} = await setUp(t);
  way.now = "silent";
  const waiting = Array.from({length: MAX_WAITING}, () => ask());
  const beyond = ask();
  assert.deepEqual(await ends([beyond]), new Set([" connect"]));
  await pass(WAIT_MS - 1);
  assert.ok(waiting.every(({heard}) => heard.end === undefined));
  await pass(1);
  assert.deepEqual(await ends(waiting), new Set([" connect"]));
  assert.equal(way.attempts, 2);
});

test("a session that only ends what it has is none to wait for", async (t) => {
  const {host, way, ask, pass, held} = await setUp(t);
  way.now = "there";
  const kept = ask("/held");
  await pass(ATTEMPT_EVERY_MS);
  while (held.length === 0) await turns(1);
  way.now = "away";
  for (const session of host.sessions) session.goaway();
  while (way.attempts < 3) await turns(1);
  await turns(5);
  const asked = [ask(), ask()];
  await pass(ATTEMPT_EVERY_MS);
  assert.deepEqual(await ends(asked), new Set([" connect"]));
  assert.equal(kept.heard.end, undefined);
  held[0]!();
  assert.deepEqual(await ends([kept]), new Set(["ok ended"]));
});
