import {CustomResource} from "@pulumi/kubernetes/apiextensions/customResource.js";
import {Deployment as KubernetesDeployment} from "@pulumi/kubernetes/apps/v1/deployment.js";
import {HorizontalPodAutoscaler} from "@pulumi/kubernetes/autoscaling/v2/horizontalPodAutoscaler.js";
import {ConfigMap} from "@pulumi/kubernetes/core/v1/configMap.js";
import {Service} from "@pulumi/kubernetes/core/v1/service.js";
import {NetworkPolicy} from "@pulumi/kubernetes/networking/v1/networkPolicy.js";
import {PodDisruptionBudget} from "@pulumi/kubernetes/policy/v1/podDisruptionBudget.js";
import type {ComponentResourceOptions, CustomResourceOptions} from "@pulumi/pulumi";
import type {Range} from "../../regions/world.ts";
import {Component} from "../component.ts";
import {NAMESPACE} from "./cluster.ts";
import {type Egress, fromCollector, fromWorkloads, toNames} from "./network-rules.ts";
import {labelsOf, type Pod, podTemplate, selectorOf} from "./pod.ts";
import {Access, type AccessArgs, type Ground, identityOf} from "./workload-identity.ts";

export interface WorkloadArgs {
  readonly ground: Ground;
  readonly pod: Pod;
  readonly replicas: Range;
  /** The port that it serves, and the only workloads that may connect to it; anyone if not given. */
  readonly serves: {readonly port: string; readonly to?: readonly string[]};
  /** What its pods may connect to, besides the cluster's DNS. */
  readonly egress: readonly Egress[];
  /** Where Prometheus scrapes its pods. */
  readonly metrics?: {readonly port: string; readonly path: string};
  /** Roles of its identity, besides those on its secrets. */
  readonly roles?: AccessArgs["roles"];
}

/** Target CPU utilization, with room for the load of a lost zone. */
export const BUSY_PERCENT = 60;

/** A Kubernetes Deployment with its access, autoscaler, disruption budget, network policy and metrics. */
export class Workload extends Component {
  readonly access: Access;

  constructor(name: string, args: WorkloadArgs, options?: ComponentResourceOptions) {
    super("Workload", name, options);
    const onCluster = {parent: this, provider: args.ground.cluster.provider};
    this.access = createAccess(name, args, this);
    const files = createFiles(args, onCluster);
    const before = {...onCluster, dependsOn: [this.access, files]};
    const pods = createPods(name, args, this.access, before);
    createAutoscaler(name, args, onCluster);
    createBudget(name, args, onCluster);
    createPolicy(name, args, onCluster);
    createMonitor(name, args, {...onCluster, dependsOn: [pods]});
    this.registerOutputs();
  }
}

/** A headless Service: its name resolves to the addresses of all ready pods or, with `unready`, of all pods. */
export function createHeadless(
  name: string,
  {cluster}: Ground,
  {port, unready = false}: {port: number; unready?: boolean},
  options: CustomResourceOptions,
) {
  return new Service(
    name,
    {
      metadata: {name, namespace: cluster.namespace, labels: labelsOf(name)},
      spec: {
        clusterIP: "None",
        publishNotReadyAddresses: unready,
        selector: selectorOf(name),
        ports: [{name: "http", port, targetPort: port}],
      },
    },
    {...options, provider: cluster.provider},
  );
}

/** The DNS name of a headless Service. */
export const hostOf = (name: string) => `${name}.${NAMESPACE}.svc.cluster.local`;

function createAccess(name: string, {ground, pod, roles = {}}: WorkloadArgs, parent: Workload) {
  return new Access(name, {...ground, secrets: pod.secrets, roles}, {parent});
}

function createFiles({ground, pod}: WorkloadArgs, options: CustomResourceOptions) {
  const {name, data} = pod.files;
  const metadata = {name, namespace: ground.cluster.namespace};
  return new ConfigMap(name, {metadata, data}, options);
}

function createPods(
  name: string,
  {ground, pod, replicas}: WorkloadArgs,
  {clientId}: Access,
  options: CustomResourceOptions,
) {
  const {region, cluster} = ground;
  return new KubernetesDeployment(
    name,
    {
      metadata: {name, namespace: cluster.namespace, labels: labelsOf(name)},
      spec: {
        replicas: replicas.min,
        selector: {matchLabels: selectorOf(name)},
        strategy: {type: "RollingUpdate", rollingUpdate: {maxUnavailable: 0, maxSurge: "25%"}},
        template: podTemplate(name, pod, {region, self: identityOf(ground, clientId)}),
      },
    },
    // The autoscaler changes the count.
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

/**
 * Evictions take one pod at a time. Pods that are not ready are always evicted: otherwise one pod that
 * cannot start would keep its node from ever being drained.
 * https://kubernetes.io/docs/tasks/run-application/configure-pdb/#unhealthy-pod-eviction-policy
 */
export function createBudget(
  name: string,
  {ground}: Pick<WorkloadArgs, "ground">,
  options: CustomResourceOptions,
) {
  return new PodDisruptionBudget(
    name,
    {
      metadata: {name, namespace: ground.cluster.namespace},
      spec: {
        maxUnavailable: 1,
        unhealthyPodEvictionPolicy: "AlwaysAllow",
        selector: {matchLabels: selectorOf(name)},
      },
    },
    options,
  );
}

/** Pods accept and open no other connections. The kubelet's probes are exempt. */
function createPolicy(name: string, args: WorkloadArgs, options: CustomResourceOptions) {
  const {ground, pod, serves, egress, metrics} = args;
  const portOf = (name: string) => pod.ports[name]!;
  return new NetworkPolicy(
    name,
    {
      metadata: {name, namespace: ground.cluster.namespace},
      spec: {
        podSelector: {matchLabels: selectorOf(name)},
        policyTypes: ["Ingress", "Egress"],
        ingress: [
          fromWorkloads(serves.to, portOf(serves.port)),
          ...(metrics ? [fromCollector(portOf(metrics.port))] : []),
        ],
        egress: [toNames, ...egress],
      },
    },
    options,
  );
}

/** Labels every metric with its region, which alert rules and the dashboard use. */
const ofRegion = ({region}: Ground) => ({
  action: "replace",
  targetLabel: "region",
  replacement: region.name,
});

/** Scraped by managed Prometheus: https://learn.microsoft.com/azure/azure-monitor/containers/prometheus-metrics-scrape-crd */
export function createMonitor(
  name: string,
  {ground, metrics}: Pick<WorkloadArgs, "ground" | "metrics">,
  options: CustomResourceOptions,
) {
  if (!metrics) return;
  new CustomResource(
    `${name}-metrics`,
    {
      apiVersion: "azmonitoring.coreos.com/v1",
      kind: "PodMonitor",
      metadata: {name, namespace: ground.cluster.namespace},
      spec: {
        selector: {matchLabels: selectorOf(name)},
        podMetricsEndpoints: [{...metrics, interval: "30s", relabelings: [ofRegion(ground)]}],
      },
    },
    options,
  );
}
