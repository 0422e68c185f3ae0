import * as azure from "@pulumi/azure-native/network/index.js";
import type {Output} from "@pulumi/pulumi";
import type {Region} from "../../regions/world.ts";
import type {Component} from "../component.ts";
import type {Where} from "./group.ts";
import {zonesOf} from "./zones.ts";

/** What a subnet's connections go out by. */
export interface Nat {
  readonly id: Output<string>;
  /** From which others see them come. */
  readonly address: Output<string>;
}

/**
 * A NAT gateway of a region's own network, with one address that stays. Ours and not AKS's, whose gateway would come with a
 * network of AKS's. In no zone, as one in a zone would be lost with it for the nodes of all:
 * https://learn.microsoft.com/azure/nat-gateway/nat-availability-zones
 */
export function createNat(
  {region, where}: {readonly region: Region; readonly where: Where},
  parent: Component,
): Nat {
  const address = new azure.PublicIPAddress(
    "nat",
    {
      ...where,
      publicIpAddressName: "nat",
      sku: {name: "Standard"},
      publicIPAllocationMethod: "Static",
      publicIPAddressVersion: "IPv4",
      zones: zonesOf(region),
    },
    {parent},
  );
  const gateway = new azure.NatGateway(
    "nat",
    {
      ...where,
      natGatewayName: "nat",
      sku: {name: "Standard"},
      publicIpAddresses: [{id: address.id}],
    },
    {parent},
  );
  return {id: gateway.id, address: address.ipAddress.apply((ip) => ip ?? "")};
}
