import assert from "node:assert/strict";
import {test} from "node:test";
import {type TypedRequest, tallyOf} from "../../editor/tally.ts";
import {smallWorld} from "../../infra/fixture.ts";
import {expected, inWords} from "./formula.ts";
import {table, timeline} from "./report.ts";
import type {Played} from "./stage.ts";

const request = (over: Partial<TypedRequest>): TypedRequest => ({
  beganMs: 1000,
  endedMs: 1100,
  waitedMs: 50,
  outcome: "served",
  text: "",
  person: 0,
  ...over,
});

test("counts begin with the incident; what failed of before counts too", () => {
  const requests = [
    request({beganMs: 0, endedMs: 900, outcome: "failed", text: "before"}),
    request({beganMs: 900, endedMs: 1500, outcome: "failed", text: "502"}),
    request({beganMs: 900, endedMs: 1500, waitedMs: 500}),
    request({}),
    request({outcome: "cancelled"}),
    request({beganMs: 3000, endedMs: 4000, waitedMs: 900}),
  ];
  assert.deepEqual(tallyOf(requests, 1000, 400), {
    requests: 4,
    served: 2,
    cancelled: 1,
    failed: 1,
    failure: "502",
    worstMs: 900,
    recoverMs: 3000,
  });
  assert.deepEqual(tallyOf([], 0, 400).recoverMs, 0);
});

const played: Played = {
  name: "bad-token",
  holds: "It holds.",
  held: false,
  checks: [
    {what: "3 of 9 had it", held: false},
    {what: "0 failed", held: true},
  ],
  events: [
    {atMs: 0, what: "it breaks"},
    {atMs: 12_340, what: "it is mended"},
  ],
  tally: tallyOf([request({outcome: "failed", text: "502"})], 0, 400),
  detectMs: undefined,
};

test("a drill is told as a timeline, with its counts and its verdict", () =>
  assert.equal(
    timeline(played),
    `bad-token: It holds.
   0.0 s  it breaks
  12.3 s  it is mended
1 requests, 0 typed through, 1 failed (the first: 502); worst first byte 50 ms
  NOT HELD: 3 of 9 had it
  held: 0 failed
DID NOT HOLD
`,
  ));

test("all drills are a table", () =>
  assert.equal(
    table([played, {...played, name: "deploy", held: true, detectMs: 1500}]),
    `| drill |  | requests | failed | worst first byte | detected | recovered |
| --- | --- | --- | --- | --- | --- | --- |
| bad-token | **not held** | 1 | 1 | 50 ms | - | 1.1 s |
| deploy | held | 1 | 1 | 50 ms | 1.5 s | 1.1 s |
`,
  ));

test("the formula: probes that are tolerated, one more with its timeout, then the TTL", () => {
  const bounds = expected(smallWorld, 1500);
  assert.deepEqual(bounds, {outOfDnsMs: [21_500, 36_500], movedMs: 66_500});
  assert.equal(
    inWords(bounds),
    "by formula DNS follows at 21.5 s to 36.5 s, the last user by 66.5 s",
  );
});
