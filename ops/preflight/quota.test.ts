import assert from "node:assert/strict";
import {test} from "node:test";
import {type DeployedModel, nothingHeld, type WantedDeployment} from "./demand.ts";
import type {Offer} from "./offers.ts";
import {judgeQuota, type Usage} from "./quota.ts";

const deployed = (model: string, capacity: number): DeployedModel => ({
  format: "OpenAI",
  model,
  sku: "Standard",
  capacity,
});
const wanted = (model: string, capacity: number): WantedDeployment => ({
  ...deployed(model, capacity),
  version: "1",
  api: "chat",
});
const usage = (value: string, currentValue: number, limit: number): Usage => ({
  name: {value},
  currentValue,
  limit,
});
/** Both models count against one quota. */
const shared: Offer[] = ["a", "b"].map((name) => ({
  kind: "OpenAI",
  model: {
    format: "OpenAI",
    name,
    version: "1",
    skus: [{name: "Standard", usageName: "OpenAI.Standard.shared"}],
  },
}));

const cases: Record<
  string,
  {
    wanted: WantedDeployment[];
    usages: Usage[];
    offers?: Offer[];
    held?: DeployedModel[];
    said: string[];
  }
> = {
  "room to the last": {
    wanted: [wanted("a", 100)],
    usages: [usage("OpenAI.Standard.a", 140, 240)],
    said: ["ok 100 of OpenAI.Standard.a: 100 left of 240"],
  },
  "one too few": {
    wanted: [wanted("a", 101)],
    usages: [usage("OpenAI.Standard.a", 140, 240)],
    said: ["short 101 of OpenAI.Standard.a: 100 left of 240"],
  },
  "used beyond the limit": {
    wanted: [wanted("a", 1)],
    usages: [usage("OpenAI.Standard.a", 300, 240)],
    said: ["short 1 of OpenAI.Standard.a: 0 left of 240"],
  },
  "what the stack has counts for it": {
    wanted: [wanted("a", 240)],
    usages: [usage("OpenAI.Standard.a", 240, 240)],
    held: [deployed("a", 200)],
    said: ["short 240 of OpenAI.Standard.a: 200 left of 240, 200 by this stack"],
  },
  "two models of one quota": {
    wanted: [wanted("a", 60), wanted("b", 60)],
    usages: [usage("openai.standard.SHARED", 0, 100)],
    offers: shared,
    said: ["short 120 of OpenAI.Standard.shared: 100 left of 100"],
  },
  "two quotas": {
    wanted: [wanted("a", 60), wanted("b", 60)],
    usages: [usage("OpenAI.Standard.a", 0, 100), usage("OpenAI.Standard.b", 50, 100)],
    said: [
      "ok 60 of OpenAI.Standard.a: 100 left of 100",
      "short 60 of OpenAI.Standard.b: 50 left of 100",
    ],
  },
  "a quota that Azure does not list": {
    wanted: [wanted("a", 60)],
    usages: [usage("AccountCount", 0, 100)],
    said: ["unknown 60 of OpenAI.Standard.a: Azure lists no such quota"],
  },
};
for (const [name, {wanted, usages, offers = [], held = [], said}] of Object.entries(cases))
  test(`quota: ${name}`, () => {
    const verdicts = judgeQuota(wanted, offers, usages, {...nothingHeld, deployments: held});
    assert.deepEqual(
      verdicts.map(({status, asked, found}) => `${status} ${asked}: ${found}`),
      said,
    );
  });
