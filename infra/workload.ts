import {Deployment} from "@pulumi/kubernetes/apps/v1/deployment.js";
import {HorizontalPodAutoscaler} from "@pulumi/kubernetes/autoscaling/v2/horizontalPodAutoscaler.js";
import {ConfigMap} from "@pulumi/kubernetes/core/v1/configMap.js";
import {Service} from "@pulumi/kubernetes/core/v1/service.js";
import {NetworkPolicy} from "@pulumi/kubernetes/networking/v1/networkPolicy.js";
import {PodDisruptionBudget} from "@pulumi/kubernetes/policy/v1/podDisruptionBudget.js";
import {
  ComponentResource,
  type ComponentResourceOptions,
  type CustomResourceOptions,
} from "@pulumi/pulumi";
import type {Range} from "../regions/world.ts";
import {Access, type Ground} from "./access.ts";
import {NAMESPACE} from "./cluster.ts";
import {labelsOf, type Pod, podTemplate, selectorOf} from "./pod.ts";

export interface WorkloadArgs {
  readonly ground: Ground;
  readonly pod: Pod;
  readonly replicas: Range;
  /** The port that others reach, and the workload whose pods may; anyone if not given. */
  readonly serves: {readonly port: string; readonly to?: string};
}

/** Of the CPU asked for: room for a zone's share of the load. */
const BUSY_PERCENT = 60;

/** Pods of one kind on a region's cluster, with all that keeps them many, spread, confined and replaceable. */
export class Workload extends ComponentResource {
  constructor(name: string, args: WorkloadArgs, options?: ComponentResourceOptions) {
    super("meridian:Workload", name, {}, options);
    const onCluster = {parent: this, provider: args.ground.cluster.provider};
    const access = createAccess(name, args, this);
    const files = createFiles(args, onCluster);
    createDeployment(name, args, {...onCluster, dependsOn: [access, files]});
    createAutoscaler(name, args, onCluster);
    createBudget(name, args, onCluster);
    createPolicy(name, args, onCluster);
    this.registerOutputs();
  }
}

/** A Service without an address of its own: its name answers with the address of every ready pod. */
export function createHeadless(
  name: string,
  {cluster}: Ground,
  port: number,
  options: CustomResourceOptions,
) {
  return new Service(
    name,
    {
      metadata: {name, namespace: cluster.namespace, labels: labelsOf(name)},
      spec: {
        clusterIP: "None",
        publishNotReadyAddresses: false,
        selector: selectorOf(name),
        ports: [{name: "http", port, targetPort: port}],
      },
    },
    {...options, provider: cluster.provider},
  );
}

/** The name by which pods find each other through a headless Service. */
export const hostOf = (name: string) => `${name}.${NAMESPACE}.svc.cluster.local`;

function createAccess(name: string, {ground, pod}: WorkloadArgs, parent: Workload) {
  return new Access(name, {...ground, secrets: pod.secrets}, {parent});
}

function createFiles({ground, pod}: WorkloadArgs, options: CustomResourceOptions) {
  const {name, data} = pod.files;
  const metadata = {name, namespace: ground.cluster.namespace};
  return new ConfigMap(name, {metadata, data}, options);
}

function createDeployment(
  name: string,
  {ground, pod, replicas}: WorkloadArgs,
  options: CustomResourceOptions,
) {
  return new Deployment(
    name,
    {
      metadata: {name, namespace: ground.cluster.namespace, labels: labelsOf(name)},
      spec: {
        replicas: replicas.min,
        selector: {matchLabels: selectorOf(name)},
        strategy: {type: "RollingUpdate", rollingUpdate: {maxUnavailable: 0, maxSurge: "25%"}},
        template: podTemplate(name, pod),
      },
    },
    // The autoscaler's, once the pods are there.
    {...options, ignoreChanges: ["spec.replicas"]},
  );
}

function createAutoscaler(
  name: string,
  {ground, replicas}: WorkloadArgs,
  options: CustomResourceOptions,
) {
  const target = {type: "Utilization", averageUtilization: BUSY_PERCENT};
  return new HorizontalPodAutoscaler(
    name,
    {
      metadata: {name, namespace: ground.cluster.namespace},
      spec: {
        scaleTargetRef: {apiVersion: "apps/v1", kind: "Deployment", name},
        minReplicas: replicas.min,
        maxReplicas: replicas.max,
        metrics: [{type: "Resource", resource: {name: "cpu", target}}],
      },
    },
    options,
  );
}

/** Nodes are drained a pod at a time. */
function createBudget(name: string, {ground}: WorkloadArgs, options: CustomResourceOptions) {
  return new PodDisruptionBudget(
    name,
    {
      metadata: {name, namespace: ground.cluster.namespace},
      spec: {maxUnavailable: 1, selector: {matchLabels: selectorOf(name)}},
    },
    options,
  );
}

/** Nothing else in the cluster reaches these pods. The kubelet's probes are not subject to it. */
function createPolicy(
  name: string,
  {ground, pod, serves}: WorkloadArgs,
  options: CustomResourceOptions,
) {
  const ports = [{protocol: "TCP", port: pod.ports[serves.port]!}];
  const from = serves.to && {from: [{podSelector: {matchLabels: selectorOf(serves.to)}}]};
  return new NetworkPolicy(
    name,
    {
      metadata: {name, namespace: ground.cluster.namespace},
      spec: {
        podSelector: {matchLabels: selectorOf(name)},
        policyTypes: ["Ingress"],
        ingress: [{...from, ports}],
      },
    },
    options,
  );
}
