import type {AgentPoolArgs} from "@pulumi/azure-native/containerservice/agentPool.js";
import {changedPaths, within} from "../changes.ts";
import {never, notAllowed} from "../consequence.ts";
import type {Frozen, Inputs} from "../resource.ts";
import {replacedFor} from "./rules/replacement.ts";

/** What comes of a changed property: azure-native makes another pool, AKS refuses, or AKS changes the pool. */
type Fate = "replaced" | "refused" | "made";

/**
 * Every property that azure-native knows; it does not compile with a version that knows others. What is
 * replaced: rules/replacement.ts, which a test holds this to. What is
 * refused, as azure-native asks for it all the same: what Terraform makes another pool for,
 * https://registry.terraform.io/providers/hashicorp/azurerm/latest/docs/resources/kubernetes_cluster_node_pool,
 * and what `az aks nodepool update` has no option for.
 */
const fates: Readonly<Record<keyof AgentPoolArgs, Fate>> = {
  agentPoolName: "replaced",
  availabilityZones: "refused",
  capacityReservationGroupID: "refused",
  count: "made",
  creationData: "refused",
  enableAutoScaling: "made",
  enableEncryptionAtHost: "refused",
  enableFIPS: "refused",
  enableNodePublicIP: "refused",
  enableUltraSSD: "refused",
  gatewayProfile: "refused",
  gpuInstanceProfile: "replaced",
  gpuProfile: "refused",
  hostGroupID: "refused",
  kubeletConfig: "refused",
  kubeletDiskType: "refused",
  linuxOSConfig: "refused",
  localDNSProfile: "made",
  maxCount: "made",
  maxPods: "refused",
  messageOfTheDay: "refused",
  minCount: "made",
  mode: "made",
  // Its nodePublicIPTags alone are replaced for.
  networkProfile: "made",
  nodeLabels: "made",
  nodePublicIPPrefixID: "refused",
  nodeTaints: "made",
  orchestratorVersion: "made",
  osDiskSizeGB: "refused",
  osDiskType: "refused",
  // Between Azure Linux and Ubuntu: https://learn.microsoft.com/azure/aks/upgrade-os-version
  osSKU: "made",
  osType: "refused",
  podIPAllocationMode: "refused",
  podSubnetID: "refused",
  powerState: "made",
  proximityPlacementGroupID: "refused",
  resourceGroupName: "replaced",
  resourceName: "replaced",
  scaleDownMode: "made",
  scaleSetEvictionPolicy: "refused",
  scaleSetPriority: "refused",
  securityProfile: "made",
  spotMaxPrice: "refused",
  tags: "made",
  type: "refused",
  upgradeSettings: "made",
  virtualMachineNodesStatus: "made",
  virtualMachinesProfile: "made",
  vmSize: "replaced",
  vnetSubnetID: "refused",
  windowsProfile: "refused",
  workloadRuntime: "refused",
};

const withFate = (fate: Fate) =>
  Object.entries(fates).flatMap(([property, its]) => (its === fate ? [property] : []));

/** The dotted paths that AKS never changes, though it is asked to. */
export const refusedFor = withFate("refused");

/** The properties of an existing pool that may change. */
export const changeable = withFate("made");

interface Inline extends Inputs {
  readonly name?: string;
}

const another = replacedFor("containerservice:AgentPool");

const inlineOf = ({agentPoolProfiles = []}: Inputs) => agentPoolProfiles as readonly Inline[];

/**
 * Changes to pools that came with the cluster: azure-native asks the cluster for them, and AKS neither makes nor
 * adds pools that way (https://github.com/hashicorp/terraform-provider-azurerm/issues/10951,
 * https://github.com/pulumi/pulumi-azure-native/issues/579). A pool that is no longer listed stays
 * (https://github.com/pulumi/pulumi-azure-native/issues/1686).
 */
export function frozenPools(olds: Inputs, news: Inputs): Frozen[] {
  return inlineOf(news).flatMap((pool) => {
    const path = `agentPoolProfiles.${pool.name}`;
    const old = inlineOf(olds).find(({name}) => name === pool.name);
    if (!old) return [{path, reason: NEW_POOL}];
    const changes = never([...another, ...refusedFor], inlineNotAllowed)(old, pool);
    return changes.map((change) => ({...change, path: `${path}.${change.path}`}));
  });
}

const NEW_POOL =
  "BadRequest: A new agent pool was introduced. Adding agent pools to an existing cluster is not allowed through managed cluster operations. For agent pool specific change, please use per agent pool operations: https://aka.ms/agent-pool-rest-api";

const inlineNotAllowed = (path: string) => notAllowed(`agentPoolProfile.${path}`);

/**
 * What new nodes are made for: another version of Kubernetes (learn.microsoft.com/azure/aks/upgrade-cluster), another
 * system (upgrade-os-version), DNS on the node (localdns-custom). AKS drains the old ones, so many at a time.
 */
const drainedFor = ["orchestratorVersion", "osSKU", "localDNSProfile"];

/** Whether a change of a pool drains its nodes, and how many at a time. */
export function drained(pool: string, olds: Inputs, news: Inputs): string[] {
  const paths = changedPaths(olds, news).filter((path) => within(path, drainedFor));
  if (paths.length === 0) return [];
  const {maxSurge = "10%"} = (news.upgradeSettings ?? {}) as {maxSurge?: string};
  return [`the nodes of ${pool}, ${maxSurge} at a time`];
}

/** The same of pools that came with a cluster. */
export function drainedPools(olds: Inputs, news: Inputs): string[] {
  return inlineOf(news).flatMap((pool) => {
    const old = inlineOf(olds).find(({name}) => name === pool.name);
    return old ? drained(String(pool.name), old, pool) : [];
  });
}
