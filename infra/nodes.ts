import type {Output} from "@pulumi/pulumi";
import type {Region} from "../regions/world.ts";
import {zonesOf} from "./zones.ts";

/** One for each zone. */
const SYSTEM_NODES = 3;

/** For the cluster's own pods. The only inline pool: AKS cannot change inline pools in place. */
export const systemPool = (region: Region, vnetSubnetID: Output<string>) => ({
  ...nodes(region, vnetSubnetID),
  name: "system",
  mode: "System",
  count: SYSTEM_NODES,
  nodeTaints: ["CriticalAddonsOnly=true:NoSchedule"],
});

/** For ours, as many as their load asks for. */
export const userPool = (region: Region, vnetSubnetID: Output<string>) => ({
  ...nodes(region, vnetSubnetID),
  agentPoolName: "users",
  mode: "User",
  enableAutoScaling: true,
  count: region.cluster.nodes.min,
  minCount: region.cluster.nodes.min,
  maxCount: region.cluster.nodes.max,
});

const nodes = (region: Region, vnetSubnetID: Output<string>) => ({
  type: "VirtualMachineScaleSets",
  osType: "Linux",
  osSKU: "AzureLinux",
  vmSize: region.cluster.size,
  availabilityZones: zonesOf(region),
  vnetSubnetID,
});
