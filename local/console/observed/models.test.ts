import assert from "node:assert/strict";
import {test} from "node:test";
import {modelLines} from "./models.ts";
import type {DeploymentReading} from "./reading.ts";

const deployment = (given: Partial<DeploymentReading>): DeploymentReading => ({
  ...{model: "codex", upstream: "east", name: "codex-standard", isFallback: false},
  ...{share: 1, waitS: 0},
  ...given,
});
const fallback = deployment({upstream: "west", isFallback: true});
const answer = (host: string, region = "east", name = "codex-standard") => ({
  ...{region, host, deployment: name},
});

test("a model's share is of the answers that its region had, by whose host made them", () => {
  const answers = [answer("east"), answer("west"), answer("west"), answer("west", "west")];
  assert.deepEqual(modelLines("east", [deployment({}), fallback], answers), [
    {
      model: "codex",
      by: [
        {name: "west", share: 2 / 3},
        {name: "codex-standard", share: 1 / 3},
      ],
      faults: [],
      fallback: ["west"],
    },
  ]);
});

test("each model has a line; who answered for no model of it is counted for none", () => {
  const own = deployment({model: "own", upstream: "gpu", name: "qwen"});
  const lines = modelLines("east", [deployment({}), own], [answer("east", "east", "qwen")]);
  assert.deepEqual(
    lines.map(({model, by}) => [model, by.map(({name, share}) => `${name} ${share}`)]),
    [
      ["codex", []],
      ["own", ["qwen 1"]],
    ],
  );
});

test("replicas are counted, and those that are not well are told apart", () => {
  const replica = (address: string, share = 1) =>
    deployment({model: "coder", upstream: `gpu-coder@${address}`, name: "qwen", share});
  const [line] = modelLines("east", [replica("10.0.0.1"), replica("10.0.0.2", 0)], []);
  assert.equal(line!.replicas, 2);
  assert.deepEqual(line!.faults, ["gpu-coder@10.0.0.2 ejected"]);
});

const faults: Record<string, [given: Partial<DeploymentReading>, told: readonly string[]]> = {
  well: [{}, []],
  ejected: [{share: 0}, ["codex-standard ejected"]],
  returning: [{share: 0.1}, ["codex-standard returns, 10%"]],
  "of no quota": [{waitS: 5}, ["codex-standard 429, 5 s"]],
  retired: [{share: 0, absence: "retired"}, ["codex-standard retired"]],
  "another's is not its own": [{share: 0, isFallback: true, upstream: "west"}, []],
};

for (const [name, [given, told]] of Object.entries(faults))
  test(`a deployment that is ${name}`, () =>
    assert.deepEqual(modelLines("east", [deployment(given)], [])[0]?.faults, told));
