import assert from "node:assert/strict";
import {test} from "node:test";
import {summaryOf} from "./resource-summary.ts";

const facts = (name: string, version: string, sku: object) =>
  summaryOf({
    stack: "eastus2",
    urn: "urn",
    type: "azure-native:cognitiveservices:Deployment",
    name: "deployment",
    protect: false,
    inputs: {sku, properties: {model: {format: "OpenAI", name, version}}},
    id: "/deployments/deployment",
    outputs: {},
    secrets: [],
  }).facts.join(", ");

const deployments: Record<string, [facts: string, expected: string]> = {
  "on sale, with requests and its last day": [
    facts("gpt-5.6-luna", "2026-07-09", {name: "GlobalStandard", capacity: 500}),
    "gpt-5.6-luna 2026-07-09, GlobalStandard 500, 500 requests a minute, retired on 2028-01-11",
  ],
  "whose units are no requests": [
    facts("gpt-5.6-luna", "2026-07-09", {name: "GlobalProvisionedManaged", capacity: 15}),
    "gpt-5.6-luna 2026-07-09, GlobalProvisionedManaged 15, retired on 2028-01-11",
  ],
  "that nobody has looked up": [
    facts("gpt-9", "1", {name: "GlobalStandard", capacity: 500}),
    "gpt-9 1, GlobalStandard 500",
  ],
};
for (const [name, [told, expected]] of Object.entries(deployments))
  test(`a preview tells of a model ${name}`, () => assert.equal(told, expected));
