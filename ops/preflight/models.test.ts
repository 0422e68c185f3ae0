import assert from "node:assert/strict";
import {test} from "node:test";
import {type HeldModel, nothingHeld, type WantedDeployment} from "./demand.ts";
import {judgeModels} from "./models.ts";
import {type Offer, type OfferedSku, usageName} from "./offers.ts";

const NOW_MS = Date.parse("2026-11-01T00:00:00Z");

const wanted: WantedDeployment = {
  format: "OpenAI",
  model: "gpt-4.1",
  version: "2025-04-14",
  api: "chat",
  sku: "ProvisionedManaged",
  capacity: 100,
};

const offer = (changes: Partial<Offer["model"]> = {}, kind = "OpenAI"): Offer => ({
  kind,
  model: {
    format: "OpenAI",
    name: "gpt-4.1",
    version: "2025-04-14",
    skus: [{name: "ProvisionedManaged"}],
    ...changes,
  },
});

const withSku = (sku: Partial<OfferedSku>): Offer[] => [
  offer({skus: [{name: "ProvisionedManaged", ...sku}]}),
];

const cases: Record<string, [offers: Offer[], found: string]> = {
  "as asked": [[offer()], "offered"],
  "nothing is offered": [[], "not offered here"],
  "offered to other kinds of account alone": [
    [offer({}, "AIServices"), offer({}, "MaaS"), offer({version: "1"}, "AIServices")],
    "offered to accounts of kind AIServices, MaaS, not OpenAI",
  ],
  "offered to ours beside others": [[offer({}, "AIServices"), offer()], "offered"],
  "of another publisher": [[offer({format: "Other"})], "not offered here"],
  "in other versions": [[offer({version: "1"}), offer({version: "2"})], "offered as 1, 2"],
  "under another sku": [[offer({skus: [{name: "Standard"}]})], "offered as Standard"],
  "under no sku": [[offer({skus: null})], "offered as no sku"],
  "the model is retired": [
    [offer({deprecation: {inference: "2026-11-01T00:00:00Z"}})],
    "retired 2026-11-01",
  ],
  "the model will be retired": [
    [offer({deprecation: {inference: "2026-11-02T00:00:00Z"}})],
    "offered, days left: 1",
  ],
  "the sku ends before the model": [
    [
      offer({
        deprecation: {inference: "2028-01-11T00:00:00Z"},
        skus: [{name: "ProvisionedManaged", deprecationDate: "2026-12-01T00:00:00Z"}],
      }),
    ],
    "offered, days left: 30",
  ],
  "no day of its end is named": [
    [
      offer({
        deprecation: {inference: "2099-12-31T00:00:00Z"},
        skus: [{name: "ProvisionedManaged", deprecationDate: "2099-12-31T00:00:00Z"}],
      }),
    ],
    "offered",
  ],
  "with requests by the minute": [
    withSku({
      rateLimits: [
        {key: "request", count: 1, renewalPeriod: 60},
        {key: "token", count: 1000, renewalPeriod: 60},
      ],
    }),
    "offered, 100 requests a minute",
  ],
  "with requests by ten seconds": [
    withSku({rateLimits: [{key: "request", count: 1, renewalPeriod: 10}]}),
    "offered, 600 requests a minute",
  ],
  "with a rate that is not understood": [
    withSku({rateLimits: [{key: "request"}, {count: 1}]}),
    "offered",
  ],
  "that chats, by an older word": [
    [offer({capabilities: {completion: "true", chat: "true"}})],
    "offered",
  ],
  "of which no api is told": [[offer({capabilities: {inference: "true"}})], "offered"],
  "that speaks responses alone": [
    [offer({capabilities: {responses: "true", chatCompletion: "false"}})],
    "asked by chat, and speaks responses alone",
  ],
  "that only completes": [
    [offer({capabilities: {completion: "true"}})],
    "asked by chat, and speaks completions alone",
  ],
  "the sku is retired": [withSku({deprecationDate: "2026-10-01T00:00:00Z"}), "retired 2026-10-01"],
  "below the least": [withSku({capacity: {minimum: 150}}), "at least 150, not 100"],
  "above the most": [withSku({capacity: {maximum: 50}}), "at most 50, not 100"],
  "between steps": [
    withSku({capacity: {minimum: 25, step: 50}}),
    "in steps of 50 from 25, not 100",
  ],
  "on a step": [withSku({capacity: {minimum: 25, maximum: 500, step: 25}}), "offered"],
  "without bounds": [withSku({capacity: {minimum: null, maximum: null, step: null}}), "offered"],
};
for (const [name, [offers, found]] of Object.entries(cases))
  test(`a model ${name}: ${found}`, () => {
    const [verdict] = judgeModels([wanted], offers, nothingHeld, NOW_MS);
    assert.equal(verdict?.found, found);
    const isOffered = /^offered(,|$)/.test(found);
    assert.equal(verdict?.status, isOffered ? "ok" : "short");
    assert.equal(verdict?.asked, "gpt-4.1 2025-04-14 ProvisionedManaged");
    assert.equal(typeof verdict?.mend, isOffered ? "undefined" : "string");
  });

/** concepts-model-retirements-content.md of MicrosoftDocs/azure-ai-docs (2026-10-05), and what else was seen. */
const lifecycle: Record<string, [never: string, had: string]> = {
  Preview: ["ok", "ok"],
  GenerallyAvailable: ["ok", "ok"],
  Stable: ["ok", "ok"],
  Legacy: ["ok", "ok"],
  Deprecating: ["unknown", "ok"],
  Deprecated: ["short", "short"],
};
for (const [status, expected] of Object.entries(lifecycle))
  test(`${status}: a new deployment is ${expected[0]}, and ${expected[1]} where there was one`, () => {
    const statusFor = (deployments: readonly HeldModel[]) =>
      judgeModels(
        [wanted],
        [offer({lifecycleStatus: status})],
        {...nothingHeld, deployments},
        NOW_MS,
      )[0]?.status;
    assert.deepEqual([statusFor([]), statusFor([wanted])], expected);
  });

test("a model that is closed to new subscriptions is there for those that have this version", () => {
  const offers = [offer({lifecycleStatus: "Deprecating"})];
  const statusFor = (...deployments: HeldModel[]) =>
    judgeModels([wanted], offers, {...nothingHeld, deployments}, NOW_MS)[0]?.status;
  assert.equal(statusFor(), "unknown");
  assert.equal(statusFor({...wanted, version: "2025-01-01"}), "unknown");
  assert.equal(statusFor(wanted), "ok");
});

test("a quota is named as the offer names it, else as most are", () => {
  const named = withSku({usageName: "OpenAI.ProvisionedManaged"});
  assert.equal(usageName(wanted, named), "OpenAI.ProvisionedManaged");
  assert.equal(usageName(wanted, [offer()]), "OpenAI.ProvisionedManaged.gpt-4.1");
});
