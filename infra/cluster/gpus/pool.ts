import * as azure from "@pulumi/azure-native/containerservice/index.js";
import type {ComponentResource, Output} from "@pulumi/pulumi";
import {shortHash} from "../../../regions/names.ts";
import type {Range, Region, Replicas} from "../../../regions/world.ts";
import type {Where} from "../../azure/group.ts";
import {gpuZones} from "../../azure/zones.ts";
import {software} from "../nodes.ts";

/** The label of the nodes that are a model's alone, by its name. */
export const MODEL_LABEL = "meridian/model";

/** What keeps other pods off. AKS gives GPU nodes no taint by itself: https://learn.microsoft.com/azure/aks/use-nvidia-gpu */
const GPU = {key: "sku", value: "gpu", effect: "NoSchedule"} as const;
/** AKS puts it on nodes of a spot pool, as label and as taint: https://learn.microsoft.com/azure/aks/spot-node-pool */
const SPOT = {
  key: "kubernetes.azure.com/scalesetpriority",
  value: "spot",
  effect: "NoSchedule",
} as const;

const taints = ({spot}: Pick<Replicas, "spot">) => [GPU, ...(spot ? [SPOT] : [])];

/** AKS's label of nodes with a GPU of NVIDIA's. */
export const accelerated = {"kubernetes.azure.com/accelerator": "nvidia"} as const;

/** What a pod needs to run there. */
export const tolerations = (own: Pick<Replicas, "spot">) =>
  taints(own).map((taint) => ({...taint, operator: "Equal"}));

/** One for each server, and one more than the most: a new release of one starts before the old one ends. */
export const machinesOf = ({count: {min, max}}: Pick<Replicas, "count">): Range => ({
  min,
  max: max + 1,
});

/** A model's machines. What AKS cannot change is in the name, as with the pool of our other pods. */
export function gpuPool(region: Region, own: Replicas, vnetSubnetID: Output<string>) {
  const {min, max} = machinesOf(own);
  return {
    ...machines(region, own),
    ...software(region),
    vnetSubnetID,
    agentPoolName: gpuPoolName(region, own),
    mode: "User",
    enableAutoScaling: true,
    count: min,
    minCount: min,
    maxCount: max,
    nodeTaints: taints(own).map(({key, value, effect}) => `${key}=${value}:${effect}`),
    nodeLabels: {[MODEL_LABEL]: own.model, ...(own.spot && {[SPOT.key]: SPOT.value})},
    upgradeSettings,
  };
}

/** 1 to 12 lower-case letters and digits, a letter first. */
export function gpuPoolName(region: Region, own: Replicas): string {
  const subnet = region.existing.network?.nodes ?? "own";
  return `gpu${shortHash(JSON.stringify([own.model, machines(region, own), subnet]), 8)}`;
}

/**
 * Properties of a node pool that AKS cannot change. Ubuntu has had drivers for every size; Azure Linux got those of A10 and
 * H100 in 2026: https://github.com/Azure/AKS/issues/5512
 */
const machines = (region: Region, {size, spot, zones}: Replicas) => ({
  type: "VirtualMachineScaleSets",
  osType: "Linux",
  osSKU: "Ubuntu",
  vmSize: size,
  availabilityZones: gpuZones(region, {zones}),
  gpuProfile: {driver: "Install"},
  // Up to the price on demand.
  ...(spot && {scaleSetPriority: "Spot", scaleSetEvictionPolicy: "Delete", spotMaxPrice: -1}),
});

/** GPUs are scarce: a node is renewed in place, one at a time, and none is asked for beside it. */
const upgradeSettings = {maxSurge: "0", maxUnavailable: "1", drainTimeoutInMinutes: 10};

interface PoolArgs {
  readonly region: Region;
  readonly where: Where;
  readonly clusterName: Output<string>;
  readonly nodesSubnetId: Output<string>;
}

export function createGpuPool(
  {region, where, clusterName, nodesSubnetId}: PoolArgs,
  own: Replicas,
  parent: ComponentResource,
) {
  const pool = gpuPool(region, own, nodesSubnetId);
  // The autoscaler changes the count.
  const options = {parent, ignoreChanges: ["count"]};
  const name = `gpus-${own.model}`;
  return new azure.AgentPool(name, {...where, ...pool, resourceName: clusterName}, options);
}
