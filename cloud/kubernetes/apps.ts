import type {apps as types} from "@pulumi/kubernetes/types/output.js";
import {serving} from "../description.ts";
import {type Invalid, object} from "./object.ts";
import {checkPod} from "./pod-checks.ts";

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
  object("apps/v1:DaemonSet", "daemonsets.apps", {
    purpose: "a pod on each node that has what it is for: tells the cluster of a node's GPUs",
    price: {use: "its share of the nodes"},
    loss: serving("GPUs, for pods that start"),
    summary: (at) => [at("spec.template.spec.containers.0.image")],
    check: checkDeployment,
    fixed: ["spec.selector"],
  }),
];

function checkDeployment(
  {spec: {selector, template}}: types.v1.Deployment,
  invalid: Invalid,
): string[] {
  const labels = template.metadata?.labels ?? {};
  const wanted = Object.entries(selector.matchLabels ?? {});
  const matches = wanted.length > 0 && wanted.every(([key, value]) => labels[key] === value);
  const mismatch = `Invalid value: ${JSON.stringify(labels)}: \`selector\` does not match template \`labels\``;
  return [
    ...(matches ? [] : [invalid("spec.template.metadata.labels", mismatch)]),
    ...checkPod(template.spec, invalid),
  ];
}
