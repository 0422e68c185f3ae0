import assert from "node:assert/strict";
import {test} from "node:test";
import fc from "fast-check";
import {homeOf} from "./affinity.ts";
import {byLoad, byWeight} from "./balance.ts";
import type {Candidate} from "./candidate.ts";
import {createLoads} from "./loads.ts";
import {createUpstreamQuotas} from "./upstream-quota.ts";

const candidate = (index: number, share = 1): Candidate => ({
  deployment: {upstream: `host-${index}`, name: "codex", weight: 1},
  share,
  weight: share,
});

const state = fc.record({
  underWay: fc.nat(20),
  firstByteMs: fc.integer({min: 1, max: 2000}),
  share: fc.constantFrom(1, 1, 0.1, 0.5),
  left: fc.constantFrom(undefined, undefined, 0, 1),
});
type State = typeof state extends fc.Arbitrary<infer T> ? T : never;

function given(states: readonly State[]) {
  const [loads, quotas] = [createLoads(() => 0), createUpstreamQuotas(() => 0)];
  const candidates = states.map(({share}, index) => candidate(index, share));
  for (const [at, {underWay, firstByteMs, left}] of states.entries()) {
    const {deployment} = candidates[at]!;
    for (let count = 0; count < underWay; count++) loads.began(deployment);
    loads.answered(deployment, firstByteMs);
    if (left !== undefined)
      quotas.read(deployment, {
        "x-ratelimit-limit-tokens": "100",
        "x-ratelimit-remaining-tokens": `${left}`,
      });
  }
  return {candidates, loads, quotas};
}

const points = fc.infiniteStream(fc.double({min: 0, max: 1, maxExcluded: true, noNaN: true}));
const key = fc.option(fc.integer({min: 0, max: 2 ** 32 - 1}), {nil: undefined});

test("each is tried once; first its file's home, else never the one that all others do better than", () => {
  fc.assert(
    fc.property(
      fc.array(state, {minLength: 2, maxLength: 8}),
      key,
      points,
      (states, key, points) => {
        const {candidates, loads, quotas} = given(states);
        const random = () => points.next().value;
        const order = byLoad(candidates, {loads, quotas, key, random});
        assert.deepEqual(new Set(order), new Set(candidates.map(({deployment}) => deployment)));
        assert.equal(order.length, candidates.length);
        const unspent = candidates.filter((_, at) => states[at]!.left !== 0);
        const open = unspent.length > 0 ? unspent : candidates;
        assert.ok(
          open.some(({deployment}) => deployment === order[0]),
          "its quota is used up",
        );
        const home = key === undefined ? undefined : homeOf(open, key, loads);
        if (home !== undefined) return assert.equal(order[0], open[home]!.deployment);
        const costs = open.map(({deployment, share}) => loads.costOf(deployment) / share);
        const [worst, next = 0] = costs.toSorted((a, b) => b - a);
        if (worst! > next && open.length > 1)
          assert.notEqual(order[0], open[costs.indexOf(worst!)]!.deployment);
      },
    ),
    {seed: 20, numRuns: 500},
  );
});

test("those whose quota is used up are asked after those that have some", () => {
  fc.assert(
    fc.property(fc.array(state, {minLength: 1, maxLength: 8}), points, (states, points) => {
      const {candidates, loads, quotas} = given(states);
      const random = () => points.next().value;
      const spent = byLoad(candidates, {loads, quotas, key: undefined, random}).map(quotas.isSpent);
      assert.deepEqual(spent, spent.toSorted());
    }),
    {seed: 20},
  );
});

test("by weight each is drawn once, what has less than its weight less often", () => {
  const candidates = [candidate(0, 0.25), candidate(1), candidate(2, 0.75)];
  const first = (point: number) => byWeight(candidates, () => point)[0]!.upstream;
  assert.deepEqual([0, 0.12, 0.13, 0.62, 0.63].map(first), [
    ...["host-0", "host-0", "host-1", "host-1", "host-2"],
  ]);
});

test("a quota that was used up ten seconds ago is there again", () => {
  const clock = {ms: 0};
  const quotas = createUpstreamQuotas(() => clock.ms);
  const {deployment} = candidate(0);
  quotas.read(deployment, {
    "x-ratelimit-limit-requests": "10",
    "x-ratelimit-remaining-requests": "0",
  });
  const isSpent = [0, 9999, 10_000].map((ms) => {
    clock.ms = ms;
    return quotas.isSpent(deployment);
  });
  assert.deepEqual(isSpent, [true, true, false]);
});
