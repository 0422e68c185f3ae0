import assert from "node:assert/strict";
import {test} from "node:test";
import {policySchema} from "../proxy/policy.ts";
import type {Region} from "../regions/world.ts";
import {smallWorld} from "./fixture.ts";
import {policyOf} from "./proxy.ts";

const region = smallWorld.regions[1] as Region;

test("the policy of a region: its own host, shares as weights, the rules as they stand", () => {
  assert.deepEqual(policyOf(smallWorld, region), {
    ...smallWorld.traffic,
    objective: {success: 0.995, firstByteMs: 400, windowMs: 60_000},
    upstreams: {
      westeurope: {
        url: "https://meridian-westeurope-7d3b.openai.azure.com",
        api: "azure",
        apiVersion: "2024-10-21",
        credential: {kind: "key", file: "secrets/model-key"},
      },
    },
    models: {
      "copilot-codex": {
        api: "completions",
        deployments: [
          {upstream: "westeurope", name: "copilot-codex-globalstandard", weight: 80},
          {upstream: "westeurope", name: "copilot-codex-standard", weight: 20},
        ],
      },
    },
  });
});

test("a model that the region has no deployment of is not in its policy", () => {
  const models = {...smallWorld.models, other: smallWorld.models["copilot-codex"]!};
  assert.deepEqual(Object.keys(policyOf({...smallWorld, models}, region).models), [
    "copilot-codex",
  ]);
});

test("a proxy takes the policy", () => {
  assert.ok(policySchema.safeParse(policyOf(smallWorld, region)).success);
});
