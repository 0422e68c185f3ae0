import assert from "node:assert/strict";
import {test} from "node:test";
import fc from "fast-check";
import {releases} from "../../regions/models/releases.ts";
import {createQuota, requestsPerUnit} from "./quota.ts";

function quotaOf(capacity: number, model = "gpt-5.6-luna") {
  const clock = {ms: 0};
  const {judge} = createQuota({
    models: {codex: model},
    capacities: {codex: capacity},
    now: () => clock.ms,
  });
  return {clock, judge: (tokens = 0) => judge("codex", tokens)!};
}

/** How many of `sent` requests at once find room. */
const served = (judge: () => {exceeded: unknown}, sent: number) =>
  Array.from({length: sent}, judge).filter(({exceeded}) => !exceeded).length;

test("600 a minute are 10 in a second: the 11th is refused until the second is over", () => {
  const {clock, judge} = quotaOf(600);
  clock.ms = 250;
  assert.equal(served(judge, 10), 10);
  const {exceeded, waitMs} = judge();
  assert.deepEqual([exceeded, waitMs], ["call", 750]);
  clock.ms += waitMs;
  assert.equal(judge().exceeded, undefined);
});

test("300 in ten seconds may come at once where a model is judged so, and not where it is judged by the second", () => {
  assert.equal(served(quotaOf(300, "gpt-4o").judge, 400), 300);
  assert.equal(served(quotaOf(300, "gpt-5.6-luna").judge, 400), 5);
});

test("what is refused counts as well: who does not wait uses up the minute", () => {
  const {clock, judge} = quotaOf(60);
  assert.equal(served(judge, 70), 1);
  clock.ms = 30_000;
  const {exceeded, waitMs} = judge();
  assert.deepEqual([exceeded, waitMs], ["call", 30_000]);
});

test("tokens are of a minute, and whole again after it", () => {
  const {clock, judge} = quotaOf(60);
  assert.equal(judge(60_000).exceeded, undefined);
  clock.ms = 20_000;
  const {exceeded, waitMs, headers} = judge(1);
  assert.deepEqual([exceeded, waitMs], ["token", 40_000]);
  assert.deepEqual(headers, {
    "x-ratelimit-limit-requests": "60",
    "x-ratelimit-remaining-requests": "58",
    "x-ratelimit-reset-requests": "40",
    "x-ratelimit-limit-tokens": "60000",
    "x-ratelimit-remaining-tokens": "0",
    "x-ratelimit-reset-tokens": "40",
  });
  clock.ms = 60_000;
  assert.equal(judge(1).headers["x-ratelimit-remaining-tokens"], "59999");
});

test("a deployment without a quota is not judged", () => {
  assert.equal(createQuota({models: {}, capacities: {}}).judge("codex", 1), undefined);
});

test("whatever comes: no slice serves more than its share, and who waits as told is served", () => {
  const arrivals = fc.array(fc.record({afterMs: fc.nat(3000), tokens: fc.nat(2000)}), {
    minLength: 1,
    maxLength: 200,
  });
  fc.assert(
    fc.property(fc.integer({min: 1, max: 2000}), arrivals, (capacity, all) => {
      const {clock, judge} = quotaOf(capacity);
      const servedAt: {ms: number; tokens: number}[] = [];
      for (const {afterMs, tokens} of all) {
        clock.ms += afterMs;
        if (!judge(tokens).exceeded) servedAt.push({ms: clock.ms, tokens});
      }
      for (const lengthMs of [1000, 10_000, 60_000]) {
        const slices = Map.groupBy(servedAt, ({ms}) => Math.floor(ms / lengthMs)).values();
        const share = Math.ceil((capacity * lengthMs) / 60_000);
        for (const slice of slices) assert.ok(slice.length <= share);
      }
      for (const minute of Map.groupBy(servedAt, ({ms}) => Math.floor(ms / 60_000)).values())
        assert.ok(minute.reduce((sum, {tokens}) => sum + tokens, 0) <= 1000 * capacity);
      const {exceeded, waitMs} = judge();
      clock.ms += waitMs;
      assert.ok(!exceeded || !judge().exceeded);
    }),
  );
});

test("as many requests a unit as the regions' catalogue counts on", () => {
  const told = Object.entries(releases).map(([release, {requestsPerUnit}]) => [
    release,
    requestsPerUnit,
  ]);
  assert.deepEqual(
    told,
    told.map(([release]) => [release, requestsPerUnit(String(release).split(" ")[0]!)]),
  );
});
