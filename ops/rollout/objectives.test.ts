import assert from "node:assert/strict";
import {test} from "node:test";
import {smallWorld} from "../../infra/fixture.ts";
import {objectiveIn, promisedBy} from "./objectives.ts";

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
