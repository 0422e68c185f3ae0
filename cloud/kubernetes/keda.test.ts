import assert from "node:assert/strict";
import {test} from "node:test";
import type {Inputs, Resource, View} from "../resource.ts";
import {kindOf} from "../types.ts";

const cluster = (inputs: Inputs) => ({stack: "eastus2", inputs}) as Resource;
const withAddon = [cluster({workloadAutoScalerProfile: {keda: {enabled: true}}})];

/** What is said of an object, without its name. */
function saidOf(kind: string, spec: object, clusters: readonly Resource[] = withAddon): string[] {
  const all = () => clusters;
  const view = {id: "new", stack: "eastus2", find: () => undefined, all} as unknown as View;
  return kindOf(`kubernetes:keda.sh/v1alpha1:${kind}`)!
    .check({metadata: {name: "coder"}, spec}, view)
    .map((text) => text.replace(`${kind} "coder" is invalid: `, ""));
}

const metadata = {serverAddress: "https://metrics", query: "sum(a)", threshold: "1"};
const good = {
  scaleTargetRef: {name: "gpu-coder"},
  minReplicaCount: 1,
  maxReplicaCount: 4,
  fallback: {failureThreshold: 4, replicas: 1, behavior: "currentReplicasIfHigher"},
  triggers: [{type: "prometheus", metadata}],
};

const cases: Readonly<Record<string, [spec: object, says: readonly string[]]>> = {
  "as it should be": [good, []],
  "of other scalers nothing but the form is known": [
    {...good, triggers: [{type: "cron", metadata: {timezone: "UTC"}}]},
    [],
  ],
  "more at least than at most": [
    {...good, minReplicaCount: 5},
    ["spec: MinReplicaCount=5 must be less than or equal to MaxReplicaCount=4"],
  ],
  "a field that KEDA does not have": [
    {...good, maxReplicas: 4},
    ["spec.maxReplicas: unknown field"],
  ],
  "a number where it takes a text, and a query that is not there": [
    {
      ...good,
      triggers: [{type: "prometheus", metadata: {...metadata, query: undefined, threshold: 1}}],
    },
    [
      "spec.triggers[0].metadata.query: Invalid value: must be of type string",
      "spec.triggers[0].metadata.threshold: Invalid value: must be of type string",
      'spec.triggers[0].metadata: missing required parameter "query" in [triggerMetadata]',
    ],
  ],
  "no trigger": [
    {...good, triggers: []},
    ["spec.triggers: no triggers defined in the ScaledObject/ScaledJob"],
  ],
  "another way to go on without metrics": [
    {...good, fallback: {behavior: "stay"}},
    [
      'spec.fallback.behavior: Unsupported value: "stay": supported values: "static", "currentReplicas", "currentReplicasIfHigher", "currentReplicasIfLower"',
    ],
  ],
};

for (const [name, [spec, says]] of Object.entries(cases))
  test(`a ScaledObject: ${name}`, () => assert.deepEqual(saidOf("ScaledObject", spec), says));

test("a cluster without the add-on has no such kinds", () => {
  for (const [kind, spec] of [
    ["ScaledObject", good],
    ["TriggerAuthentication", {podIdentity: {provider: "azure-workload"}}],
  ] as const)
    for (const clusters of [[], [cluster({})], [{...withAddon[0]!, stack: "westeurope"}]])
      assert.deepEqual(saidOf(kind, spec, clusters), [
        `no matches for kind "${kind}" in version "keda.sh/v1alpha1"`,
      ]);
});

test("an identity is of a provider that KEDA knows", () => {
  const said = (provider: string) => saidOf("TriggerAuthentication", {podIdentity: {provider}});
  assert.deepEqual(said("azure-workload"), []);
  assert.match(said("azure")[0]!, /^spec.podIdentity.provider: Unsupported value: "azure"/);
});
