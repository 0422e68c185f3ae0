import assert from "node:assert/strict";
import {describe, test} from "node:test";
import fc from "fast-check";
import {type Policy, type PolicyInput, policySchema} from "../policy.ts";
import {exceeds} from "./proportion.ts";
import {randomFrom} from "./random.rig.ts";
import {createVote, named, type Subject} from "./vote.ts";

type Models = PolicyInput["models"];
const shared = {success: 0.9, firstByteMs: 400, windowMs: 60_000};

const here = {deployments: [{upstream: "near", name: "d", weight: 1}]};
const abroad = {deployments: [], fallback: [{upstream: "far", name: "d", weight: 1}]};

const policyOf = (models: Models, objective: PolicyInput["objective"] = shared): Policy => {
  const host = {url: "https://a.example.com", api: "openai", credential: {kind: "none"}} as const;
  return policySchema.parse({objective, models, upstreams: {near: host, far: host}});
};

const ofModel = (model: string): Subject => ({model, objective: "model"});

function setUp(policy: Policy) {
  const clock = {ms: 1_000_000};
  const vote = createVote({policy, now: () => clock.ms});
  const record = (subject: Subject, count: number, {succeeded = true, firstByteMs = 10} = {}) => {
    for (let index = 0; index < count; index++)
      vote.record(subject, {succeeded, firstByteMs, user: undefined});
  };
  return {clock, vote, record, missed: () => vote.missed.map(named)};
}

const bad = {succeeded: false};
const three = policyOf({a: here, b: {...here, objective: {firstByteMs: 1500}}, c: here});

test("one model that fails puts the proxy out, though all others are well; its own probes bring it back", () => {
  const {vote, record, missed} = setUp(three);
  record(ofModel("a"), 10_000);
  record(ofModel("b"), 20, bad);
  assert.deepEqual([vote.healthy, missed()], [false, ["b"]]);
  for (let count = 0; count < 100; count++) vote.probed(ofModel("a"), true, 10);
  assert.deepEqual(missed(), ["b"]);
  assert.deepEqual(
    [1, 2, 3].map(() => vote.probed(ofModel("b"), true, 10)),
    [false, false, true],
  );
  assert.equal(vote.healthy, true);
});

test("each is late by its own first byte, probes too; next edits have twice the time, or what they are given", () => {
  const {vote, record, missed} = setUp(three);
  record(ofModel("b"), 20, {firstByteMs: 1400});
  record({model: "a", objective: "next_edits"}, 20, {firstByteMs: 800});
  record({model: "b", objective: "next_edits"}, 20, {firstByteMs: 3000});
  assert.deepEqual(missed(), []);
  record(ofModel("a"), 20, {firstByteMs: 401});
  record({model: "c", objective: "next_edits"}, 20, {firstByteMs: 801});
  assert.deepEqual(missed(), ["a", "c (next edits)"]);
  for (let count = 0; count < 20; count++) vote.probed(ofModel("a"), true, 401);
  assert.deepEqual(missed(), ["a", "c (next edits)"]);
  const given = setUp(policyOf({a: here}, {...shared, nextEdits: {firstByteMs: 5000}}));
  given.record({model: "a", objective: "next_edits"}, 20, {firstByteMs: 4900});
  assert.equal(given.vote.healthy, true);
});

test("a model that others serve is not voted on, unless the region has none of its own", () => {
  const mixed = setUp(policyOf({a: here, b: abroad}));
  mixed.record(ofModel("b"), 100, bad);
  assert.deepEqual(mixed.missed(), []);
  const alone = setUp(policyOf({a: abroad, b: abroad}));
  alone.record(ofModel("b"), 100, bad);
  assert.deepEqual(alone.missed(), ["b"]);
});

describe("another policy", () => {
  test("keeps what was counted of a model whose objective stays", () => {
    const {vote, record, missed} = setUp(three);
    record(ofModel("a"), 19, bad);
    record(ofModel("b"), 19, bad);
    vote.setPolicy(policyOf({a: here, b: {...here, objective: {firstByteMs: 1600}}, d: here}));
    record(ofModel("a"), 1, bad);
    record(ofModel("b"), 1, bad);
    assert.deepEqual(missed(), ["a"]);
  });

  test("that has the missed model no more, or only abroad, brings the proxy back", () => {
    for (const models of [{a: here}, {a: here, b: abroad}]) {
      const {vote, record} = setUp(three);
      record(ofModel("b"), 20, bad);
      vote.setPolicy(policyOf(models));
      assert.equal(vote.healthy, true);
    }
  });

  test("with another objective for it does not: its probes do", () => {
    const {vote, record, missed} = setUp(three);
    record(ofModel("b"), 20, bad);
    vote.setPolicy(policyOf({a: here, b: {...here, objective: {success: 0.5}}, c: here}));
    assert.deepEqual(missed(), ["b"]);
    for (let count = 0; count < 3; count++) vote.probed(ofModel("b"), true, 10);
    assert.deepEqual(missed(), []);
  });
});

describe("what chance does to five models of very different traffic, 20 requests a second in all", () => {
  const names = ["a", "b", "c", "d", "e"];
  const models = Object.fromEntries(names.map((name) => [name, here]));
  const random = randomFrom(20_261_126);
  /** Half of the requests are the first's, a quarter the second's, and so on. */
  const drawn = () => names.find(() => random() < 0.5) ?? "e";

  function play(hours: number, truth: (model: string) => number) {
    const {clock, vote, missed} = setUp(policyOf(models, {...shared, success: 0.995}));
    for (let left = hours * 3600 * 20; left > 0 && vote.healthy; left--) {
      clock.ms += 50;
      const model = drawn();
      const succeeded = random() < truth(model);
      vote.record(ofModel(model), {succeeded, firstByteMs: 10, user: undefined});
    }
    return missed();
  }

  test("where all just meet the objective, none is out in 20 hours", () =>
    assert.deepEqual(
      play(20, () => 0.995),
      [],
    ));

  test("where one is eight times as bad as it may be, it is out within five minutes", () =>
    assert.deepEqual(
      play(1 / 12, (model) => (model === "c" ? 0.96 : 0.995)),
      ["c"],
    ));
});

/** What each of the three may be late by. */
const LATE_MS: Record<string, number> = {a: 400, b: 1500, c: 400};

test("whatever comes in whatever order, it is out while some model surely missed its own and has not been probed back", () => {
  const event = fc.record({
    model: fc.constantFrom("a", "b", "c"),
    kind: fc.constantFrom("request", "request", "request", "probe"),
    succeeded: fc.boolean(),
    firstByteMs: fc.constantFrom(10, 900, 2000),
  });
  fc.assert(
    fc.property(fc.array(event, {maxLength: 400}), (events) => {
      const {vote, record, missed} = setUp(three);
      const counts = new Map(["a", "b", "c"].map((name) => [name, {good: 0, bad: 0}]));
      const inRow = new Map<string, number>();
      const needed = new Map<string, number>();
      for (const {model, kind, succeeded, firstByteMs} of events) {
        const count = counts.get(model)!;
        const isGood = succeeded && firstByteMs <= LATE_MS[model]!;
        const isOut = inRow.has(model);
        if (kind === "probe") {
          vote.probed(ofModel(model), succeeded, firstByteMs);
          if (isOut) inRow.set(model, isGood ? inRow.get(model)! + 1 : 0);
          if (isOut && inRow.get(model) === needed.get(model)) {
            inRow.delete(model);
            Object.assign(count, {good: 0, bad: 0});
          }
        } else {
          record(ofModel(model), 1, {succeeded, firstByteMs});
          count[isGood ? "good" : "bad"]++;
          const seen = count.good + count.bad;
          const misses = !isGood && seen >= 20 && exceeds(count.bad, seen, 0.1, 1e-6);
          if (misses && !isOut) {
            inRow.set(model, 0);
            needed.set(model, Math.min(48, (needed.get(model) ?? 1.5) * 2));
          }
        }
        assert.deepEqual(missed().toSorted(), [...inRow.keys()].toSorted());
        assert.equal(vote.healthy, inRow.size === 0);
      }
    }),
    {seed: 1, numRuns: 300},
  );
});
