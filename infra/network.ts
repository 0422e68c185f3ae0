import * as azure from "@pulumi/azure-native/network/index.js";
import {
  ComponentResource,
  type ComponentResourceOptions,
  interpolate,
  type Output,
} from "@pulumi/pulumi";
import type {Where} from "./group.ts";

/**
 * The same in every region: regions are not peered, they meet at their public names alone.
 * Pods and Services live in ranges of the cluster's own, which must not overlap these.
 */
export const addresses = {
  network: "10.0.0.0/16",
  nodes: "10.0.0.0/20",
  pods: "10.244.0.0/16",
  services: "10.100.0.0/16",
  clusterDns: "10.100.0.10",
} as const;

export class Network extends ComponentResource {
  readonly nodesSubnetId: Output<string>;

  constructor(name: string, where: Where, options?: ComponentResourceOptions) {
    super("meridian:Network", name, {}, options);
    const parent = {parent: this};
    const firewall = createFirewall(where, parent);
    const network = createNetwork(where, firewall, parent);
    this.nodesSubnetId = interpolate`${network.id}/subnets/nodes`;
    this.registerOutputs();
  }
}

/** Lets users in on 443; Azure's default rules let its load balancer's probes in and all else not. */
function createFirewall(where: Where, options: {parent: ComponentResource}) {
  const allowUsers = {
    name: "users",
    priority: 100,
    direction: "Inbound",
    access: "Allow",
    protocol: "Tcp",
    sourceAddressPrefix: "Internet",
    sourcePortRange: "*",
    destinationAddressPrefix: "*",
    destinationPortRange: "443",
  };
  const args = {...where, networkSecurityGroupName: "nodes", securityRules: [allowUsers]};
  return new azure.NetworkSecurityGroup("nodes", args, options);
}

function createNetwork(
  where: Where,
  firewall: azure.NetworkSecurityGroup,
  options: {parent: ComponentResource},
) {
  const nodes = {
    name: "nodes",
    addressPrefix: addresses.nodes,
    networkSecurityGroup: {id: firewall.id},
    // The model account admits this subnet alone, by its service endpoint.
    serviceEndpoints: [{service: "Microsoft.CognitiveServices"}],
  };
  return new azure.VirtualNetwork(
    "network",
    {
      ...where,
      virtualNetworkName: "network",
      addressSpace: {addressPrefixes: [addresses.network]},
      subnets: [nodes],
    },
    options,
  );
}
