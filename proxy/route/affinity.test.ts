import assert from "node:assert/strict";
import {test} from "node:test";
import fc from "fast-check";
import {affinityKey, homeOf} from "./affinity.ts";
import type {Candidate} from "./candidate.ts";

const replica = (index: number, share = 1): Candidate => ({
  deployment: {upstream: `gpu-coder@10.1.2.${index}`, name: "coder", weight: 1},
  share,
  weight: share,
});
const replicas = (count: number) => Array.from({length: count}, (_, index) => replica(index));
const keys = Array.from({length: 2000}, (_, index) => affinityKey(`github:${index}`, "import fs"));
const IDLE = {loadOf: () => 0};
const homesOf = (candidates: readonly Candidate[]) =>
  keys.map((key) => candidates[homeOf(candidates, key, IDLE)!]!.deployment.upstream);

test("a replica that is added takes its share of the files, and no file moves elsewhere", () => {
  fc.assert(
    fc.property(fc.integer({min: 1, max: 12}), (count) => {
      const before = homesOf(replicas(count));
      const after = homesOf(replicas(count + 1));
      const moved = after.filter((home, at) => home !== before[at]);
      assert.deepEqual([...new Set(moved)], [`gpu-coder@10.1.2.${count}`]);
      const share = moved.length / keys.length;
      assert.ok(Math.abs(share - 1 / (count + 1)) < 0.05, `${share} of ${count + 1}`);
    }),
    {seed: 20, numRuns: 12},
  );
});

test("the order in which replicas are named makes no difference", () => {
  assert.deepEqual(homesOf(replicas(5).reverse()), homesOf(replicas(5)));
});

test("a replica is given its files while it has at most 1.25 times what all have in the mean, and four", () => {
  const loads = fc.array(fc.nat(20), {minLength: 1, maxLength: 8});
  fc.assert(
    fc.property(loads, fc.constantFrom(...keys), (loads, key) => {
      const candidates = replicas(loads.length);
      const idle = homeOf(candidates, key, IDLE)!;
      const loadOf = ({upstream}: {upstream: string}) => loads[Number(upstream.at(-1))]!;
      const mean = loads.reduce((sum, load) => sum + load) / loads.length;
      const hasRoom = loads[idle]! < 1.25 * mean + 4;
      assert.equal(homeOf(candidates, key, {loadOf}), hasRoom ? idle : undefined);
    }),
    {seed: 20},
  );
});

test("one on its return is given a part of what it takes when well", () => {
  const alone = [replica(0, 0.1)];
  assert.equal(homeOf(alone, 7, IDLE), 0);
  assert.equal(homeOf(alone, 7, {loadOf: () => 1}), undefined);
});

test("a text that somebody types on at its end is the same file", () => {
  const text = "def f(x):\n".repeat(200);
  const seen = new Set<number>();
  for (let length = 600; length < 1000; length++)
    seen.add(affinityKey("github:1", text.slice(0, length)));
  for (let length = 1024; length < 2000; length++)
    seen.add(affinityKey("github:1", text.slice(0, length)));
  assert.equal(seen.size, 2);
});

test("users and files are told from each other", () => {
  const of = [
    ["a", ""],
    ["b", ""],
    ["a", "x"],
    ["a", "y"],
    ["b", "x"],
    ["ax", ""],
  ] as const;
  assert.equal(new Set(of.map(([user, text]) => affinityKey(user, text))).size, of.length);
});
