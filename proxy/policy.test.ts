import assert from "node:assert/strict";
import {describe, test} from "node:test";
import {faults} from "./config.ts";
import {objectiveOf, type PolicyInput, policySchema} from "./policy.ts";

const deployment = {upstream: "host", name: "x", weight: 1};
const good: PolicyInput = {
  objective: {success: 0.99, firstByteMs: 400, windowMs: 60_000},
  upstreams: {host: {url: "https://host", api: "openai", credential: {kind: "none"}}},
  models: {codex: {deployments: [deployment]}},
};

const cases: Record<string, [changes: Partial<PolicyInput>, report: string]> = {
  "no models": [{models: {}}, "  - models: is empty; a region serves one or more"],
  "a model that nobody serves": [
    {models: {codex: {deployments: []}}},
    "  - models.codex: has no deployment; add one, or take it out",
  ],
  "an upstream that is not there": [
    {models: {codex: {deployments: [], fallback: [{...deployment, upstream: "constructor"}]}}},
    '  - models.codex: "constructor" is not an upstream; use one of host',
  ],
  "a template of a model that chats": [
    {models: {codex: {api: "chat", template: "qwen", deployments: [deployment]}}},
    "  - models.codex.template: is of completions, and the model is asked by chat; leave it out",
  ],
  "a successor that is not there": [
    {models: {codex: {successor: "nano", deployments: [deployment]}}},
    '  - models.codex.successor: "nano" is not a model; leave it out',
  ],
  "successors that come round": [
    {
      models: {
        a: {successor: "b", deployments: [deployment]},
        b: {successor: "c", deployments: [deployment]},
        c: {successor: "b", deployments: [deployment]},
      },
    },
    "  - models.b.successor: leads back to the model; leave it out\n  - models.c.successor: leads back to the model; leave it out",
  ],
  "an overflow that is not there, and others that come round": [
    {
      models: {
        a: {overflow: "nano", deployments: [deployment]},
        b: {overflow: "c", deployments: [deployment]},
        c: {overflow: "b", deployments: [deployment]},
        d: {overflow: "d", deployments: [deployment]},
      },
    },
    [
      '  - models.a.overflow: "nano" is not a model; leave it out',
      ...["b", "c", "d"].map(
        (model) => `  - models.${model}.overflow: leads back to the model; leave it out`,
      ),
    ].join("\n"),
  ],
  "a name that no header carries": [
    {mutations: [{name: "größer\n", drop: ["n"]}]},
    '  - mutations.0.name: is not a name; use up to 63 letters, digits, ".", "_" and "-", a letter or digit first',
  ],
  "bodies larger than one user may have under way": [
    {limits: {bodyBytes: 4096, userBytes: 2048}},
    "  - limits.userBytes: is less than bodyBytes: the largest body would never be taken; raise it",
  ],
};

describe("what a model is held to", () => {
  const shared = {success: 0.99, firstByteMs: 400, windowMs: 60_000};
  const cases: Record<string, [own: object, nextEdits: object, model: object, next: object]> = {
    "the service's objective, and twice the time for next edits": [{}, {}, {}, {firstByteMs: 800}],
    "its own, from which that of next edits follows": [
      {success: 0.9, firstByteMs: 1500},
      {},
      {success: 0.9, firstByteMs: 1500},
      {success: 0.9, firstByteMs: 3000},
    ],
    "no less time for next edits than for its completions": [
      {firstByteMs: 9000},
      {success: 0.9, firstByteMs: 4000},
      {firstByteMs: 9000},
      {success: 0.9, firstByteMs: 9000},
    ],
    "what is said of next edits, key by key": [
      {success: 0.9, firstByteMs: 1500},
      {firstByteMs: 2000},
      {success: 0.9, firstByteMs: 1500},
      {success: 0.9, firstByteMs: 2000},
    ],
  };
  for (const [name, [objective, nextEdits, model, next]] of Object.entries(cases))
    test(name, () => {
      const policy = policySchema.parse({
        ...good,
        objective: {...shared, nextEdits},
        models: {codex: {deployments: [deployment], objective}},
      });
      assert.deepEqual(objectiveOf(policy, "codex"), {...shared, ...model});
      assert.deepEqual(objectiveOf(policy, "codex", "next_edits"), {...shared, ...next});
    });
});

test("a policy is taken", () => assert.ok(policySchema.safeParse(good).success));

test("so is one whose model other regions alone serve", () => {
  const models = {codex: {deployments: [], fallback: [deployment]}};
  assert.ok(policySchema.safeParse({...good, models}).success);
});

for (const [name, [changes, report]] of Object.entries(cases))
  test(`refused: ${name}`, () => {
    const {error} = policySchema.safeParse({...good, ...changes});
    assert.equal(error && faults(error), report);
  });
