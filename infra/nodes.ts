import type {Output} from "@pulumi/pulumi";
import type {Range, Region} from "../regions/world.ts";
import {zonesOf} from "./zones.ts";

/** For the cluster's own pods. The only inline pool: AKS cannot change inline pools in place. */
export const systemPool = (region: Region, vnetSubnetID: Output<string>) => ({
  ...nodes(region, vnetSubnetID, region.cluster.system),
  name: "system",
  mode: "System",
  nodeTaints: ["CriticalAddonsOnly=true:NoSchedule"],
});

/** For ours, as many as their load asks for. */
export const userPool = (region: Region, vnetSubnetID: Output<string>) => ({
  ...nodes(region, vnetSubnetID, region.cluster),
  agentPoolName: "users",
  mode: "User",
});

/** A region without zones has nodes in none. */
const nodes = (
  region: Region,
  vnetSubnetID: Output<string>,
  {nodes: {min, max}, size}: {nodes: Range; size: string},
) => ({
  type: "VirtualMachineScaleSets",
  osType: "Linux",
  osSKU: "AzureLinux",
  vmSize: size,
  availabilityZones: zonesOf(region),
  vnetSubnetID,
  enableAutoScaling: true,
  count: min,
  minCount: min,
  maxCount: max,
  // A third at a time, each given as long to drain as the slowest pod may take to stop, and some.
  upgradeSettings: {maxSurge: "33%", drainTimeoutInMinutes: 10},
});
