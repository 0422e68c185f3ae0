import {serving} from "../description.ts";
import {type Invalid, object} from "./object.ts";
import {checkPod, type PodSpec} from "./pod-checks.ts";
import type {Labels} from "./pods.ts";

export const apps = [
  object("apps/v1:Deployment", "deployments.apps", {
    purpose: "the pods: spread over zones, none missing in a rollout",
    price: {use: "their share of the nodes"},
    loss: serving("every pod of a workload"),
    summary: (at) => [
      `${at("spec.replicas")} x ${at("spec.template.spec.containers.0.image")}`,
      `${at("spec.template.spec.containers.0.resources.requests.cpu")} CPU`,
      at("spec.template.spec.containers.0.resources.requests.memory"),
    ],
    check: checkDeployment,
    fixed: ["spec.selector"],
  }),
];

interface Deployment {
  readonly spec: {
    readonly selector: {readonly matchLabels?: Labels};
    readonly template: {readonly metadata?: {readonly labels?: Labels}; readonly spec: PodSpec};
  };
}

function checkDeployment({spec: {selector, template}}: Deployment, invalid: Invalid): string[] {
  const labels = template.metadata?.labels ?? {};
  const wanted = Object.entries(selector.matchLabels ?? {});
  const matches = wanted.length > 0 && wanted.every(([key, value]) => labels[key] === value);
  const mismatch = `Invalid value: ${JSON.stringify(labels)}: \`selector\` does not match template \`labels\``;
  return [
    ...(matches ? [] : [invalid("spec.template.metadata.labels", mismatch)]),
    ...checkPod(template.spec, invalid),
  ];
}
