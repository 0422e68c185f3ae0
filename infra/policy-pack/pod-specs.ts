import type {Demand} from "./policy.ts";

/** Where the pods of each kind of object are said. */
const specs: Readonly<Record<string, readonly string[]>> = {
  "kubernetes:apps/v1:DaemonSet": ["spec", "template", "spec"],
  "kubernetes:apps/v1:Deployment": ["spec", "template", "spec"],
  "kubernetes:apps/v1:ReplicaSet": ["spec", "template", "spec"],
  "kubernetes:apps/v1:StatefulSet": ["spec", "template", "spec"],
  "kubernetes:batch/v1:CronJob": ["spec", "jobTemplate", "spec", "template", "spec"],
  "kubernetes:batch/v1:Job": ["spec", "template", "spec"],
  "kubernetes:core/v1:Pod": ["spec"],
  "kubernetes:core/v1:ReplicationController": ["spec", "template", "spec"],
};

/** Every kind of object that pods are made of. */
export const podKinds = Object.keys(specs);

/** The keys that lead to the pod's own part of such an object. */
export const specOf = (type: string): readonly string[] | undefined => specs[type];

/** Demands of pods, whatever they are made by. */
export const ofPods =
  (demands: readonly Demand[]) =>
  (type: string): readonly Demand[] =>
    under(specs[type], demands);

/** Demands of each container, those that run first too. */
export const ofContainers =
  (demands: readonly Demand[]) =>
  (type: string): readonly Demand[] =>
    ["containers", "initContainers"].flatMap((list) =>
      under(specs[type] && [...specs[type], list, "*"], demands),
    );

const under = (place: readonly string[] | undefined, demands: readonly Demand[]): Demand[] =>
  place ? demands.map((demand) => ({...demand, path: [...place, ...demand.path]})) : [];
