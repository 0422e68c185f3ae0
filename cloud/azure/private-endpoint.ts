import {serving, tail} from "../description.ts";
import type {View} from "../resource.ts";
import {arm, nameOf, unless} from "./arm.ts";
import {environmentOf, privateZoneOf} from "./environments.ts";
import {checkSubnet, unreferable, upTo64} from "./network.ts";

export const privateEndpoint = [
  arm<PrivateEndpoint>("network:PrivateEndpoint", {
    path: "Microsoft.Network/privateEndpoints/{privateEndpointName}",
    purpose:
      "gives a model host, vault, registry or store of weights an address within the network",
    price: {dollars: 7, use: "$0.01 a GB"},
    loss: serving("the way to a model host, vault, registry or store of weights"),
    summary: (at) => [`to ${tail(at("privateLinkServiceConnections.0.privateLinkServiceId"))}`],
    name: upTo64,
    check: checkEndpoint,
    locks: (_, inputs) => accountOf(inputs as unknown as PrivateEndpoint),
    // https://github.com/hashicorp/terraform-provider-azurerm/issues/31712, and https://github.com/DefangLabs/pulumi-defang/issues/274
    refuseLocked: (account) =>
      `AccountProvisioningStateInvalid: Call to Microsoft.CognitiveServices/accounts failed. Error message: Account ${account} in state Accepted`,
  }),
  arm<ZoneGroup>("network:PrivateDnsZoneGroup", {
    path: "Microsoft.Network/privateEndpoints/{privateEndpointName}/privateDnsZoneGroups/{privateDnsZoneGroupName}",
    purpose: "puts that address under the resource's name",
    loss: serving("the name of a private endpoint"),
    check: checkZoneGroup,
  }),
];

/** An account is "Accepted" while an endpoint to it comes or goes; a vault and a registry take several at a time. */
const accountOf = ({privateLinkServiceConnections: connections}: PrivateEndpoint) =>
  connections
    .map(({privateLinkServiceId}) => privateLinkServiceId)
    .find((id) => id.includes("/Microsoft.CognitiveServices/accounts/"));

interface PrivateEndpoint {
  readonly subnet: {readonly id: string};
  readonly privateLinkServiceConnections: readonly Connection[];
}

interface Connection {
  readonly privateLinkServiceId: string;
  readonly groupIds: readonly string[];
}

/** https://learn.microsoft.com/azure/private-link/private-endpoint-overview#private-link-resource */
const groupsOf: Readonly<Record<string, string>> = {
  "Microsoft.CognitiveServices/accounts": "account",
  "Microsoft.KeyVault/vaults": "vault",
  "Microsoft.ContainerRegistry/registries": "registry",
  "Microsoft.Storage/storageAccounts": "blob",
};

function checkEndpoint(endpoint: PrivateEndpoint, view: View): string[] {
  const {subnet, privateLinkServiceConnections: connections} = endpoint;
  const targets = connections.map(({privateLinkServiceId}) => privateLinkServiceId);
  return [
    ...checkSubnet(subnet.id, view),
    ...targets.flatMap((id) => unless(view.find(id), unreferable(id, view))),
    ...connections.flatMap((one) => checkConnection(one, view)),
  ];
}

function checkConnection({privateLinkServiceId: id, groupIds}: Connection, {find}: View): string[] {
  const type = id.split("/").slice(6, 8).join("/");
  const {sku, properties} = (find(id)?.inputs ?? {}) as {
    sku?: {name?: string};
    properties?: {customSubDomainName?: string};
  };
  return [
    ...groupIds.flatMap((group) =>
      unless(
        group === groupsOf[type],
        `PrivateEndpointGroupIdInvalid: The group id '${group}' is not one of ${type}; use '${groupsOf[type]}'.`,
      ),
    ),
    ...unless(
      !type.endsWith("/registries") || !sku || sku.name === "Premium",
      `FeatureNotSupported: Private endpoints are not supported for the registry sku '${sku?.name}'; use Premium.`,
    ),
    ...unless(
      !type.endsWith("/accounts") || !properties || properties.customSubDomainName,
      "CustomSubDomainRequired: A private endpoint needs the account's own subdomain.",
    ),
  ];
}

interface ZoneGroup {
  readonly privateDnsZoneConfigs?: readonly {readonly privateDnsZoneId: string}[];
}

function checkZoneGroup({privateDnsZoneConfigs = []}: ZoneGroup, view: View): string[] {
  return privateDnsZoneConfigs.flatMap(({privateDnsZoneId: id}) => [
    ...unless(view.find(id), `PrivateDnsZoneNotFound: Private DNS zone ${id} was not found.`),
    ...checkZone(id, view),
  ]);
}

/** Azure takes any zone. In one that its name does not lead to, the resource is not found. */
function checkZone(id: string, {id: own, find, options}: View): string[] {
  const endpoint = find(own.split("/").slice(0, -2).join("/"))?.inputs as
    | PrivateEndpoint
    | undefined;
  return (endpoint?.privateLinkServiceConnections ?? []).flatMap(({privateLinkServiceId: to}) => {
    const wanted = privateZoneOf(environmentOf(options), to.split("/").slice(6, 8).join("/"));
    return unless(
      nameOf(id) === wanted,
      `PrivateDnsZoneNotAsked: The name of ${to} leads to ${wanted}, and the zone is ${nameOf(id)}.`,
    );
  });
}
