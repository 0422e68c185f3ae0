import assert from "node:assert/strict";
import {test} from "node:test";
import {smallWorld} from "../../infra/fixture.ts";
import {fileWith} from "../../regions/fixture.ts";
import {parseWorld} from "../../regions/read.ts";
import {modelAsked, objectiveIn, promisedBy} from "./objectives.ts";

const [one, other] = smallWorld.regions as [
  (typeof smallWorld.regions)[number],
  (typeof smallWorld.regions)[number],
];
const codex = smallWorld.models["copilot-codex"]!;
const deployments = other.deployments.map((deployment) => ({...deployment, model: "own"}));
const world = {
  ...smallWorld,
  models: {"copilot-codex": codex, own: {...codex, objective: {success: 0.9, firstByteMs: 100}}},
  regions: [one, {...other, deployments}],
};

test("a region is asked for its model on GPUs, whatever else it serves", () => {
  const [own] = parseWorld(
    fileWith({
      models: `own: {host: gpu, model: q, template: qwen, gpu: {weights: {path: a, manifest: "sha256:${"0".repeat(64)}"}, size: Standard_NC24ads_A100_v4, replicas: 1-4}}`,
    }),
  ).regions;
  assert.deepEqual([modelAsked(own!), modelAsked(one)], ["own", "copilot-codex"]);
});

test("each region is held to the objective of the model that it is asked for", () => {
  const windowMs = 60_000;
  assert.deepEqual(
    world.regions.map((region) => objectiveIn(world, region)),
    [
      {success: 0.995, firstByteMs: 400, windowMs},
      {success: 0.9, firstByteMs: 100, windowMs},
    ],
  );
  assert.deepEqual(promisedBy(world), {success: "90 or 99.5", firstByteMs: "100 or 400"});
  assert.deepEqual(promisedBy(smallWorld), {success: "99.5", firstByteMs: "400"});
});
