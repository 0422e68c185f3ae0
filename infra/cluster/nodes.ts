import type {Output} from "@pulumi/pulumi";
import {shortHash} from "../../regions/names.ts";
import type {Machines, Range, Region} from "../../regions/world.ts";
import {nodeZones} from "../azure/zones.ts";

/**
 * For the cluster's own pods. The only inline pool, as a cluster cannot be made without one; of what it is made
 * of, AKS changes nothing: docs/operations.md says how another takes its place.
 */
export const systemPool = (region: Region, vnetSubnetID: Output<string>) => ({
  ...machines(region, region.cluster.system),
  ...numbers(region.cluster.system.nodes),
  ...software(region),
  vnetSubnetID,
  name: "system",
  mode: "System",
  nodeTaints: ["CriticalAddonsOnly=true:NoSchedule"],
});

/**
 * For ours, as many as their load asks for. What AKS cannot change is in the name, so that a pool of another
 * make can stand beside this one until it has taken over its pods.
 */
export const userPool = (region: Region, vnetSubnetID: Output<string>) => ({
  ...machines(region, region.cluster),
  ...numbers(region.cluster.nodes),
  ...software(region),
  vnetSubnetID,
  agentPoolName: userPoolName(region),
  mode: "User",
});

/** 1 to 12 lower-case letters and digits, a letter first. */
export function userPoolName(region: Region): string {
  const subnet = region.existing.network?.nodes ?? "own";
  const make = JSON.stringify([machines(region, region.cluster), subnet]);
  return `users${shortHash(make)}`;
}

/** Properties of a node pool that AKS cannot change. */
const machines = (region: Region, of: Machines) => ({
  type: "VirtualMachineScaleSets",
  osType: "Linux",
  osSKU: "AzureLinux",
  vmSize: of.size,
  availabilityZones: nodeZones(region, of),
  ...(of.disk !== undefined && {osDiskSizeGB: of.disk}),
});

/** What runs on the nodes. AKS changes it by draining them; pools do not follow their cluster by themselves. */
export const software = ({cluster}: Region) => ({
  orchestratorVersion: cluster.version,
  // From 1.37 on AKS would answer names on the nodes unless told not to; how Cilium judges that has not been tried.
  localDNSProfile: {mode: "Disabled"},
});

/** The size of a node pool, which may change. */
const numbers = ({min, max}: Range) => ({
  enableAutoScaling: true,
  count: min,
  minCount: min,
  maxCount: max,
  // A third of the nodes at a time; the drain timeout is longer than the slowest pod takes to stop.
  upgradeSettings: {maxSurge: "33%", drainTimeoutInMinutes: 10},
});
