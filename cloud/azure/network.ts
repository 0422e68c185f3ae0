import {overlaps, parseCidr, sizeOf} from "../../regions/cidr.ts";
import type {Kind, View} from "../cloud.ts";
import {arm} from "./arm.ts";

/** Networks, private endpoints and the zones that their names are in; what Azure refuses of each. */
export const networkKinds: readonly [string, Kind][] = [
  arm<Firewall>(
    "network:NetworkSecurityGroup",
    "Microsoft.Network/networkSecurityGroups/{networkSecurityGroupName}",
    {check: checkFirewall},
  ),
  arm<Network>("network:VirtualNetwork", "Microsoft.Network/virtualNetworks/{virtualNetworkName}", {
    check: checkNetwork,
  }),
  arm<Endpoint>(
    "network:PrivateEndpoint",
    "Microsoft.Network/privateEndpoints/{privateEndpointName}",
    {check: checkEndpoint},
  ),
  arm<ZoneGroup>(
    "network:PrivateDnsZoneGroup",
    "Microsoft.Network/privateEndpoints/{privateEndpointName}/privateDnsZoneGroups/{privateDnsZoneGroupName}",
    {check: checkZoneGroup},
  ),
  arm("privatedns:PrivateZone", "Microsoft.Network/privateDnsZones/{privateZoneName}"),
  arm<Link>(
    "privatedns:VirtualNetworkLink",
    "Microsoft.Network/privateDnsZones/{privateZoneName}/virtualNetworkLinks/{virtualNetworkLinkName}",
    {check: checkLink},
  ),
];

interface Firewall {
  readonly securityRules?: readonly {
    readonly name: string;
    readonly priority: number;
    readonly direction: string;
  }[];
}

function checkFirewall({securityRules = []}: Firewall): string[] {
  return securityRules.flatMap(({name, priority, direction}, at) => {
    if (priority < 100 || priority > 4096)
      return [
        `SecurityRuleInvalidPriority: Security rule has invalid Priority. Value provided: ${priority} Allowed range 100-4096.`,
      ];
    const other = securityRules
      .slice(0, at)
      .find((rule) => rule.priority === priority && rule.direction === direction);
    if (!other) return [];
    return [
      `SecurityRuleConflict: Security rule ${name} conflicts with rule ${other.name}. Rules cannot have the same Priority and Direction.`,
    ];
  });
}

interface Network {
  readonly addressSpace?: {readonly addressPrefixes?: readonly string[]};
  readonly subnets?: readonly Subnet[];
}

interface Subnet {
  readonly name: string;
  readonly addressPrefix: string;
}

function checkNetwork({addressSpace, subnets = []}: Network, {id}: View): string[] {
  const spaces = (addressSpace?.addressPrefixes ?? []).map((text) => parseCidr(text)!);
  const network = id.split("/").at(-1);
  return subnets.flatMap(({name, addressPrefix}, at) => {
    const range = parseCidr(addressPrefix)!;
    const end = range.first + sizeOf(range);
    if (!spaces.some((space) => range.first >= space.first && end <= space.first + sizeOf(space)))
      return [
        `NetcfgInvalidSubnet: Subnet '${name}' is not valid in virtual network '${network}'.`,
      ];
    if (!subnets.slice(0, at).some((other) => overlaps(range, parseCidr(other.addressPrefix)!)))
      return [];
    return [
      `NetcfgSubnetRangesOverlap: Subnet '${name}' is not valid because its IP address range overlaps with that of an existing subnet in virtual network '${network}'.`,
    ];
  });
}

/** The range of a subnet that a stack made, by the subnet's id. */
export function subnetRange(id: string, {find}: View): string | undefined {
  const {subnets = []} = (find(id.split("/").slice(0, 9).join("/"))?.inputs ?? {}) as Network;
  return subnets.find(({name}) => name === id.split("/").at(-1))?.addressPrefix;
}

interface Endpoint {
  readonly subnet: {readonly id: string};
  readonly privateLinkServiceConnections: readonly {
    readonly privateLinkServiceId: string;
    readonly groupIds: readonly string[];
  }[];
}

/** https://learn.microsoft.com/azure/private-link/private-endpoint-overview#private-link-resource */
const groupsOf: Readonly<Record<string, string>> = {
  "Microsoft.CognitiveServices/accounts": "account",
  "Microsoft.KeyVault/vaults": "vault",
  "Microsoft.ContainerRegistry/registries": "registry",
};

function checkEndpoint({subnet, privateLinkServiceConnections}: Endpoint, view: View): string[] {
  const wanted = [subnet.id.split("/subnets/")[0]!];
  const missing = [...wanted, ...privateLinkServiceConnections.map(targetOf)]
    .filter((id) => !view.find(id))
    .map(
      (id) =>
        `InvalidResourceReference: Resource ${id} referenced by resource ${view.id} was not found. Please make sure that the referenced resource exists, and that both resources are in the same region.`,
    );
  return [
    ...missing,
    ...privateLinkServiceConnections.flatMap((one) => checkConnection(one, view)),
  ];
}

type Connection = Endpoint["privateLinkServiceConnections"][number];

const targetOf = ({privateLinkServiceId}: Connection) => privateLinkServiceId;

function checkConnection({privateLinkServiceId: id, groupIds}: Connection, view: View): string[] {
  const type = id.split("/").slice(6, 8).join("/");
  const {sku, properties} = (view.find(id)?.inputs ?? {}) as {
    sku?: {name?: string};
    properties?: {customSubDomainName?: string};
  };
  const faults = groupIds
    .filter((group) => group !== groupsOf[type])
    .map(
      (group) =>
        `PrivateEndpointGroupIdInvalid: The group id '${group}' is not one of ${type}; use '${groupsOf[type]}'.`,
    );
  if (type.endsWith("/registries") && sku && sku.name !== "Premium")
    faults.push(
      `FeatureNotSupported: Private endpoints are not supported for the registry sku '${sku.name}'; use Premium.`,
    );
  if (type.endsWith("/accounts") && properties && !properties.customSubDomainName)
    faults.push("CustomSubDomainRequired: A private endpoint needs the account's own subdomain.");
  return faults;
}

interface ZoneGroup {
  readonly privateDnsZoneConfigs?: readonly {readonly privateDnsZoneId: string}[];
}

function checkZoneGroup({privateDnsZoneConfigs = []}: ZoneGroup, {find}: View): string[] {
  return privateDnsZoneConfigs
    .filter(({privateDnsZoneId}) => !find(privateDnsZoneId))
    .map(
      ({privateDnsZoneId: id}) => `PrivateDnsZoneNotFound: Private DNS zone ${id} was not found.`,
    );
}

interface Link {
  readonly privateZoneName: string;
  readonly virtualNetwork: {readonly id: string};
}

/** https://learn.microsoft.com/azure/dns/private-dns-virtual-network-links#limits */
function checkLink({privateZoneName, virtualNetwork}: Link, view: View): string[] {
  if (!view.find(virtualNetwork.id))
    return [`LinkedResourceNotFound: The virtual network ${virtualNetwork.id} was not found.`];
  const linked = view.all("azure-native:privatedns:VirtualNetworkLink").some(({id, inputs}) => {
    const other = inputs as unknown as Link;
    return (
      id !== view.id &&
      other.privateZoneName === privateZoneName &&
      other.virtualNetwork.id === virtualNetwork.id
    );
  });
  if (!linked) return [];
  return [
    `Conflict: A virtual network cannot be linked to multiple zones with overlapping namespaces. You tried to link virtual network with '${privateZoneName}' and '${privateZoneName}' zones.`,
  ];
}
