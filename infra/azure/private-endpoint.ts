import * as azure from "@pulumi/azure-native/network/index.js";
import type {CustomResourceOptions, Input} from "@pulumi/pulumi";
import {nameOf} from "./arm-id.ts";
import type {Where} from "./group.ts";
import type {Zone} from "./network.ts";

/** https://learn.microsoft.com/azure/private-link/private-endpoint-overview#private-link-resource */
const groups: Readonly<Record<Zone, string>> = {
  model: "account",
  vault: "vault",
  registry: "registry",
  weights: "blob",
};

export interface PrivateEndpointArgs {
  readonly where: Where;
  /** The kind of resource it connects to. */
  readonly to: Zone;
  /** The resource's id. */
  readonly target: Input<string>;
  readonly subnetId: Input<string>;
  /** The private DNS zone that gets its name. */
  readonly zoneId: Input<string>;
}

/** Gives a resource a private address in a subnet, and makes its name resolve to it there. */
export function createPrivateEndpoint(
  name: string,
  {where, to, target, subnetId, zoneId}: PrivateEndpointArgs,
  options: CustomResourceOptions,
): azure.PrivateEndpoint {
  const connection = {name, privateLinkServiceId: target, groupIds: [groups[to]]};
  const endpoint = new azure.PrivateEndpoint(
    name,
    {
      ...where,
      privateEndpointName: name,
      subnet: {id: subnetId},
      privateLinkServiceConnections: [connection],
    },
    // Both would write the same DNS name, and deleting the old one would take it from the new one.
    {...options, deleteBeforeReplace: true},
  );
  new azure.PrivateDnsZoneGroup(
    name,
    {
      resourceGroupName: where.resourceGroupName,
      privateEndpointName: nameOf(endpoint),
      privateDnsZoneGroupName: "default",
      privateDnsZoneConfigs: [{name: to, privateDnsZoneId: zoneId}],
    },
    {...options, parent: endpoint},
  );
  return endpoint;
}
