import {Deployment as KubernetesDeployment} from "@pulumi/kubernetes/apps/v1/deployment.js";
import {NetworkPolicy} from "@pulumi/kubernetes/networking/v1/networkPolicy.js";
import type {
  ComponentResourceOptions,
  CustomResourceOptions,
  Input,
  Output,
  Resource,
} from "@pulumi/pulumi";
import {subnetsOf} from "../../../regions/addresses.ts";
import {cloudAt} from "../../../regions/clouds/clouds.ts";
import type {Region, Replicas, World} from "../../../regions/world.ts";
import type {Store} from "../../azure/weights.ts";
import {Component} from "../../component.ts";
import {fromCollector, fromWorkloads, toNames, toRanges} from "../network-rules.ts";
import {labelsOf, selectorOf} from "../pod.ts";
import {REPLICAS_PORT} from "../replicas-name.ts";
import {createBudget, createHeadless, createMonitor} from "../workload.ts";
import {Access, type Ground, identityOf} from "../workload-identity.ts";
import {createScaling} from "./scaler.ts";
import {type ServerArgs, serverTemplate} from "./server-pod.ts";

export interface ServersArgs extends Pick<ServerArgs, "images"> {
  readonly world: World;
  readonly ground: Ground;
  readonly own: Replicas;
  readonly store: Store;
  /** Where the Azure Monitor workspace answers PromQL. */
  readonly metricsUrl: Input<string>;
  /** What has to be there before a pod can run. */
  readonly after: readonly Resource[];
}

/** A model's servers, each on a GPU of its own, which the proxies of the region find by the name of a headless Service. */
export class Servers extends Component {
  constructor(name: string, args: ServersArgs, options?: ComponentResourceOptions) {
    super("Servers", name, options);
    const {world, ground, own, store, metricsUrl} = args;
    const servedName = world.models[own.model]!.model;
    const onCluster = {parent: this, provider: ground.cluster.provider};
    const role = {role: "Storage Blob Data Reader", on: store.containerId} as const;
    const access = new Access(
      name,
      {...ground, secrets: {}, roles: {[`weights-${name}`]: role}},
      {parent: this},
    );
    const policy = createPolicy(name, args, onCluster);
    const before = {...onCluster, dependsOn: [access, policy, ...args.after]};
    const {clientId} = access;
    const pods = createPods(name, args, {clientId, servedName}, before);
    createHeadless(name, ground, {port: REPLICAS_PORT}, {...onCluster, dependsOn: [pods]});
    const scaled = {...onCluster, dependsOn: [pods]};
    createScaling(ground, own, {metricsUrl, servedName}, scaled);
    createBudget(name, {ground}, onCluster);
    const metrics = {port: "http", path: "/metrics"};
    createMonitor(name, {ground, metrics}, scaled);
    this.registerOutputs();
  }
}

/**
 * A new release starts beside the old one, on the machine that the pool may have above its most: where there is no GPU for
 * it, it waits, and the old ones go on.
 */
const strategy = {type: "RollingUpdate", rollingUpdate: {maxUnavailable: 0, maxSurge: 1}};

function createPods(
  name: string,
  {ground, own, store, images}: ServersArgs,
  {clientId, servedName}: {clientId: Output<string>; servedName: string},
  options: CustomResourceOptions,
) {
  const {region, cluster} = ground;
  const self = identityOf(ground, clientId);
  const {accountName} = store;
  const annotations = {"pulumi.com/skipAwait": "true"};
  return new KubernetesDeployment(
    name,
    {
      // A first `up` comes before the weights, and a machine with a GPU may be waited for.
      metadata: {name, namespace: cluster.namespace, labels: labelsOf(name), annotations},
      spec: {
        replicas: own.count.min,
        selector: {matchLabels: selectorOf(name)},
        strategy,
        // A machine, its drivers, an image of 10 GB, weights.
        progressDeadlineSeconds: 3600,
        template: serverTemplate(own, {region, servedName, accountName, self, images}),
      },
    },
    // The autoscaler changes the count.
    {...options, ignoreChanges: ["spec.replicas"]},
  );
}

/** Proxies ask them, and the collector reads what they count; they reach Entra and the weights, and nothing else. */
function createPolicy(
  name: string,
  {ground: {region, cluster}}: ServersArgs,
  options: CustomResourceOptions,
) {
  return new NetworkPolicy(
    name,
    {
      metadata: {name, namespace: cluster.namespace},
      spec: {
        podSelector: {matchLabels: selectorOf(name)},
        policyTypes: ["Ingress", "Egress"],
        ingress: [fromWorkloads(["proxy"], REPLICAS_PORT), fromCollector(REPLICAS_PORT)],
        egress: [toNames, toRanges(endpointsOf(region), ...cloudAt(region.name).logins)],
      },
    },
    options,
  );
}

/** Where private endpoints are: of a network that is there no more than its space is known. */
const endpointsOf = ({network: {space}, existing}: Region) =>
  existing.network ? space : subnetsOf(space).endpoints;
