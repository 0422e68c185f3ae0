import assert from "node:assert/strict";
import {test} from "node:test";
import type {Resource} from "../resource.ts";
import {danglingSelectors} from "./dangling-selectors.ts";

function object(type: string, spec: object, name = "edge"): Resource {
  const inputs = {metadata: {name, namespace: "meridian"}, spec};
  const full = `kubernetes:${type}`;
  const rest = {urn: name, protect: false, outputs: inputs, secrets: []};
  return {stack: "westeurope", type: full, name, id: `${type}/${name}`, inputs, ...rest};
}

const labels = {app: "edge"};
const workload = object("apps/v1:Deployment", {
  template: {
    metadata: {labels},
    spec: {serviceAccountName: "edge", volumes: [{configMap: {name: "edge"}}]},
  },
});
const others = [object("core/v1:ServiceAccount", {}), object("core/v1:ConfigMap", {})];

const cases: Record<string, {objects: readonly Resource[]; says: readonly string[]}> = {
  "all is there": {
    objects: [
      workload,
      ...others,
      object("core/v1:Service", {selector: labels}),
      object("policy/v1:PodDisruptionBudget", {selector: {matchLabels: labels}}),
      object("networking.k8s.io/v1:NetworkPolicy", {podSelector: {}, ingress: [{}]}),
      object("autoscaling/v2:HorizontalPodAutoscaler", {scaleTargetRef: {name: "edge"}}),
    ],
    says: [],
  },
  "selectors that match nothing": {
    objects: [
      workload,
      ...others,
      object("core/v1:Service", {selector: {app: "egde"}}),
      object("policy/v1:PodDisruptionBudget", {selector: {matchLabels: {app: "egde"}}}),
      object("networking.k8s.io/v1:NetworkPolicy", {
        podSelector: {matchLabels: labels},
        ingress: [{from: [{podSelector: {matchLabels: {app: "proxy"}}}]}],
      }),
    ],
    says: [
      'spec.selector: {"app":"egde"} matches no pod',
      'spec.selector: {"app":"egde"} matches no pod',
      'podSelector: {"app":"proxy"} matches no pod',
    ],
  },
  "pods of another namespace": {
    objects: [
      workload,
      ...others,
      object("networking.k8s.io/v1:NetworkPolicy", {
        podSelector: {matchLabels: labels},
        egress: [{to: [{namespaceSelector: {}, podSelector: {matchLabels: {app: "dns"}}}]}],
      }),
    ],
    says: [],
  },
  "names of what is not there": {
    objects: [
      workload,
      object("autoscaling/v2:HorizontalPodAutoscaler", {scaleTargetRef: {name: "proxy"}}),
    ],
    says: [
      'spec.template.spec.serviceAccountName: ServiceAccount "edge" not found',
      'configMap: ConfigMap "edge" not found',
      'spec.scaleTargetRef: Deployment "proxy" not found',
    ],
  },
};

for (const [what, {objects, says}] of Object.entries(cases))
  test(`what points at nothing: ${what}`, () => {
    assert.deepEqual(
      danglingSelectors(objects).map(({reason}) => reason),
      says,
    );
  });

test("another cluster's pods are not meant", () => {
  const elsewhere = {...workload, stack: "eastus2"};
  const service = object("core/v1:Service", {selector: labels});
  const accounts = others.map((other) => ({...other, stack: "eastus2"}));
  assert.deepEqual(
    danglingSelectors([elsewhere, ...accounts, service]).map(({name, stack}) => [stack, name]),
    [["westeurope", "edge"]],
  );
});
