import type {core as types} from "@pulumi/kubernetes/types/output.js";
import {serving} from "../description.ts";
import type {Inputs, Kind} from "../resource.ts";
import {type Invalid, object} from "./object.ts";

export const core: readonly [string, Kind][] = [
  object("core/v1:Namespace", "namespaces", {
    purpose: "holds every pod, under the restricted pod security standard",
    loss: serving("every pod"),
  }),
  // Its data may change: clusters' providers have enableConfigMapMutable.
  object("core/v1:ConfigMap", "configmaps", {
    purpose: "files of a workload: a policy is read anew, others roll",
    loss: serving("the files of a workload"),
    summary: (_, {data}) => Object.keys(data as object),
    check: checkConfigMap,
  }),
  object("core/v1:Secret", "secrets", {secret: ["data", "stringData"]}),
  object("core/v1:Service", "services", {
    purpose: "finds the pods of a workload; the edge's is the load balancer at the public address",
    price: {dollars: ({spec}) => ((spec as Inputs).type === "LoadBalancer" ? 18 : 0)},
    loss: serving("how pods, or the edge, are found"),
    summary: (at) => [
      at("spec.type") || "headless",
      `${at("spec.ports.0.port")} to ${at("spec.ports.0.targetPort")}`,
    ],
    check: checkService,
    fixed: ["spec.clusterIP"],
  }),
  object("core/v1:ServiceAccount", "serviceaccounts", {
    purpose: "who the pods are in the cluster; no token for its API",
    loss: serving("who the pods are"),
  }),
];

function checkConfigMap({data = {}}: types.v1.ConfigMap, invalid: Invalid): string[] {
  const keys = Object.keys(data).filter((key) => !/^[-._a-zA-Z\d]{1,253}$/.test(key));
  const size = Object.values(data).reduce((sum, value) => sum + Buffer.byteLength(value), 0);
  return [
    ...keys.map((key) =>
      invalid(
        `data[${key}]`,
        `Invalid value: "${key}": a valid config key must consist of alphanumeric characters, '-', '_' or '.'`,
      ),
    ),
    ...(size > 1_048_576 ? [invalid("[]", "Too long: may not be more than 1048576 bytes")] : []),
  ];
}

function checkService({spec: {ports = []}}: types.v1.Service, invalid: Invalid): string[] {
  if (ports.length === 0) return [invalid("spec.ports", "Required value")];
  return ports.flatMap(({port}, at) => {
    if (port >= 1 && port <= 65_535) return [];
    const reason = `Invalid value: ${port}: must be between 1 and 65535, inclusive`;
    return [invalid(`spec.ports[${at}].port`, reason)];
  });
}
