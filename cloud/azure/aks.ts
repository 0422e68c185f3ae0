import {guid} from "../../infra/azure/names.ts";
import {overlaps, parseCidr} from "../../regions/cidr.ts";
import {unpricedGpus} from "../../regions/replicas/prices.ts";
import {never, notAllowed} from "../consequence.ts";
import {list, serving, sole, spare, zones} from "../description.ts";
import type {Frozen, Inputs, View} from "../resource.ts";
import {arm, TENANT, unless} from "./arm.ts";
import {
  checkNewVersion,
  checkPoolsBehind,
  checkSkew,
  frozenVersion,
  poolVersion,
  type Versioned,
  versionAround,
} from "./cluster-version.ts";
import {environmentAt} from "./environments.ts";
import {checkGuards, type Guarded, guards, unpricedGuards} from "./guards/cluster.ts";
import {checkSubnet, subnetRange} from "./network.ts";
import {drained, drainedPools, frozenPools, refusedFor} from "./node-pool.ts";
import {ADDRESS_DOLLARS, HOURS, nodeDollars} from "./prices.ts";
import {checkSpot, type Spot} from "./spot-pool.ts";

const MANAGED_CLUSTERS = "Microsoft.ContainerService/managedClusters";

export const aks = [
  arm<Cluster>("containerservice:ManagedCluster", {
    path: `${MANAGED_CLUSTERS}/{resourceName}`,
    purpose:
      "runs the pods: an API server with an uptime agreement, and nodes for its own pods in all zones",
    price: {
      dollars: ({sku, location, agentPoolProfiles, networkProfile}) =>
        serverDollars(sku as Sku | undefined) +
        (goesOutItself(networkProfile as Inputs | undefined) ? ADDRESS_DOLLARS : 0) +
        list(agentPoolProfiles).reduce((sum, pool) => sum + poolDollars({...pool, location}), 0),
      unpriced: unpricedGuards,
    },
    loss: sole("every node and pod of the region"),
    summary: (at) => [
      `Kubernetes ${at("kubernetesVersion")}`,
      `system ${at("agentPoolProfiles.0.minCount")}-${at("agentPoolProfiles.0.maxCount")} x ${at("agentPoolProfiles.0.vmSize")}`,
      zones(at("agentPoolProfiles.0.availabilityZones")),
      ...guards(at),
    ],
    rights: [`${MANAGED_CLUSTERS}/listClusterUserCredential/action`],
    check: checkCluster,
    checkNew: checkNewVersion,
    outputs: ({location}, {id}) => ({
      oidcIssuerProfile: {
        enabled: true,
        issuerURL: `https://${location}.${environmentAt(location).issuers}/${TENANT}/${guid(id)}/`,
      },
      identityProfile: {kubeletidentity: {objectId: guid(`${id}/kubelet`)}},
    }),
    frozen: (olds, news) => [
      ...frozenVersion(olds, news),
      ...frozenPools(olds, news),
      ...frozenAccess(olds, news),
    ],
    drains: drainedPools,
  }),
  arm<Pool>("containerservice:AgentPool", {
    path: `${MANAGED_CLUSTERS}/{resourceName}/agentPools/{agentPoolName}`,
    purpose: "nodes for our pods, in all zones, as many as their load asks for; at its least",
    price: {dollars: poolDollars, unpriced: unpricedGpus},
    loss: serving("every node that our pods are on"),
    summary: (at) => [
      `${at("minCount")}-${at("maxCount")} x ${at("vmSize")}`,
      zones(at("availabilityZones")),
    ],
    check: (pool, view) => [
      ...checkPool(pool, view.now !== undefined),
      ...checkSpot(pool),
      ...checkPlace(pool, view),
      ...checkSkew(poolVersion(pool, view, view.now), versionAround(view)),
    ],
    outputs: (pool, view) => {
      const currentOrchestratorVersion = poolVersion(pool, view);
      return currentOrchestratorVersion === undefined ? {} : {currentOrchestratorVersion};
    },
    frozen: never(refusedFor),
    drains: (olds, news) => drained(String(news.agentPoolName), olds, news),
  }),
  arm("containerservice:MaintenanceConfiguration", {
    path: `${MANAGED_CLUSTERS}/{resourceName}/maintenanceConfigurations/{configName}`,
    purpose:
      "when Kubernetes and the nodes' system are upgraded: at night, regions on different days",
    loss: spare("when upgrades come"),
    summary: (at) => [
      at("maintenanceWindow.schedule.weekly.dayOfWeek"),
      `${at("maintenanceWindow.startTime")} ${at("maintenanceWindow.utcOffset")}`,
      `${at("maintenanceWindow.durationHours")} hours`,
    ],
    name: {
      pattern: /^(default|aksManagedAutoUpgradeSchedule|aksManagedNodeOSUpgradeSchedule)$/,
      says: (name) =>
        `InvalidParameter: The maintenance configuration name '${name}' is invalid: use default, aksManagedAutoUpgradeSchedule or aksManagedNodeOSUpgradeSchedule.`,
    },
  }),
];

export const aksCalls = {
  "azure-native:containerservice:listManagedClusterUserCredentials": ({resourceName}: Inputs) => ({
    kubeconfigs: [
      {
        name: "clusterUser",
        value: Buffer.from(kubeconfig(String(resourceName))).toString("base64"),
      },
    ],
  }),
};

const kubeconfig = (cluster: string) =>
  `apiVersion: v1\nkind: Config\nclusters:\n  - {name: ${cluster}, cluster: {server: "https://${cluster}.invalid"}}\n`;

interface Sku {
  readonly tier?: string;
}

/** The cluster's own way out has an address of its own. */
const goesOutItself = (profile: Inputs = {}) =>
  (profile.outboundType ?? "loadBalancer") === "loadBalancer";

/** The API server; its agreement costs ten cents an hour. */
const serverDollars = (sku: Sku | undefined) => (sku?.tier === "Free" ? 0 : 0.1 * HOURS);

function poolDollars(pool: Inputs): number {
  const {minCount, count, vmSize, osDiskSizeGB, location, scaleSetPriority} = pool;
  if (scaleSetPriority === "Spot") return 0;
  const node = {
    size: String(vmSize),
    location: location as string | undefined,
    diskGb: osDiskSizeGB as number | undefined,
  };
  return Number(minCount ?? count ?? 0) * nodeDollars(node);
}

/** Terraform makes another cluster for it: https://registry.terraform.io/providers/hashicorp/azurerm/latest/docs/resources/kubernetes_cluster */
function frozenAccess(olds: Inputs, news: Inputs): Frozen[] {
  const path = "apiServerAccessProfile.enablePrivateCluster";
  const isPrivate = ({apiServerAccessProfile = {}}: Inputs) =>
    (apiServerAccessProfile as Inputs).enablePrivateCluster === true;
  return isPrivate(olds) === isPrivate(news) ? [] : [{path, reason: notAllowed(path)}];
}

interface Cluster extends Versioned, Guarded {
  readonly location: string;
  readonly apiServerAccessProfile?: {
    readonly enablePrivateCluster?: boolean;
    readonly authorizedIPRanges?: readonly string[];
  };
  readonly networkProfile?: {readonly podCidr?: string; readonly serviceCidr?: string};
  readonly agentPoolProfiles?: readonly Pool[];
}

interface Pool extends Spot {
  readonly name?: string;
  readonly agentPoolName?: string;
  readonly mode?: string;
  readonly orchestratorVersion?: string;
  readonly count?: number;
  readonly minCount?: number;
  readonly maxCount?: number;
  readonly enableAutoScaling?: boolean;
  readonly vnetSubnetID?: string;
}

function checkCluster(cluster: Cluster, view: View): string[] {
  const {networkProfile, kubernetesVersion, agentPoolProfiles = []} = cluster;
  const {enablePrivateCluster, authorizedIPRanges} = cluster.apiServerAccessProfile ?? {};
  const system = agentPoolProfiles.some(({mode}) => mode === "System");
  return [
    ...unless(system, "InvalidParameter: A cluster must have at least one system pool."),
    // https://learn.microsoft.com/azure/aks/api-server-authorized-ip-ranges#limitations-and-considerations
    ...unless(
      !enablePrivateCluster || !authorizedIPRanges?.length,
      "InvalidParameter: Authorized IP ranges cannot be used with a private cluster.",
    ),
    ...agentPoolProfiles.flatMap((pool) => [
      ...checkPool(pool, view.now !== undefined),
      ...checkSkew(pool.orchestratorVersion, kubernetesVersion),
    ]),
    ...checkPoolsBehind(cluster, view),
    ...checkGuards(cluster, view),
    ...agentPoolProfiles.flatMap((pool) => [
      ...checkPlace(pool, view),
      ...checkRanges(networkProfile, subnetRange(pool.vnetSubnetID ?? "", view)),
    ]),
  ];
}

/** Azure makes a network for a pool that names no subnet. */
const checkPlace = ({vnetSubnetID: subnet}: Pool, view: View) =>
  subnet === undefined ? [] : checkSubnet(subnet, view);

function checkRanges(profile: Cluster["networkProfile"], subnet: string | undefined): string[] {
  const ranges = {Service: profile?.serviceCidr, Pod: profile?.podCidr};
  return Object.entries(ranges).flatMap(([what, range]) =>
    unless(
      !range || !subnet || !overlaps(parseCidr(range)!, parseCidr(subnet)!),
      `${what}CidrOverlapExistingSubnetsCidr: The specified ${what.toLowerCase()} CIDR ${range} is conflicted with an existing subnet CIDR ${subnet}.`,
    ),
  );
}

/**
 * https://learn.microsoft.com/azure/aks/quotas-skus-regions: 1,000 nodes in a pool. The range of an existing
 * pool may leave its count behind: the autoscaler follows. https://github.com/Azure/AKS/issues/1758
 */
function checkPool(pool: Pool, isThere: boolean): string[] {
  const {enableAutoScaling, count = 1, minCount = 0, maxCount = 0} = pool;
  const between = isThere ? [] : [count];
  const counts = enableAutoScaling ? [minCount, ...between, maxCount, 1000] : [0, count, 1000];
  return unless(
    counts.every((count, at) => at === 0 || counts[at - 1]! <= count),
    `InvalidParameter: The counts of agent pool '${pool.name ?? pool.agentPoolName}' are invalid: min ${minCount}, count ${count}, max ${maxCount} of at most 1000.`,
  );
}
