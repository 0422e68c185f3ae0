import {parseArmId} from "../../infra/azure/arm-id.ts";
import {overlaps, parseCidr, sizeOf} from "../../regions/cidr.ts";
import {never} from "../consequence.ts";
import {list, serving, sole, zones} from "../description.ts";
import type {Inputs, Resource, View} from "../resource.ts";
import {arm, nameOf, ownerOf, plainly, unless} from "./arm.ts";
import {environmentAt} from "./environments.ts";
import {ADDRESS_DOLLARS, NAT_DOLLARS} from "./prices.ts";

const VIRTUAL_NETWORK = "network:VirtualNetwork";

export const upTo64 = plainly(
  /^(?=.{2,64}$)[a-zA-Z\d][\w.-]*\w$/,
  "2 to 64 letters, digits, '_', '.' and '-', a letter or digit first",
);
const upTo80 = plainly(
  /^(?=.{1,80}$)[a-zA-Z\d]([\w.-]*\w)?$/,
  "1 to 80 letters, digits, '_', '.' and '-', a letter or digit first",
);

export const network = [
  arm<Firewall>("network:NetworkSecurityGroup", {
    path: "Microsoft.Network/networkSecurityGroups/{networkSecurityGroupName}",
    purpose: "users reach nodes by HTTPS, nodes reach private endpoints, and nothing else comes in",
    loss: serving("what lets users in and keeps others out"),
    summary: (_, {securityRules}) =>
      list(securityRules).map(
        ({access, destinationPortRange, sourceAddressPrefix, sourceAddressPrefixes}) =>
          `${access} ${destinationPortRange} from ${sourceAddressPrefix ?? list(sourceAddressPrefixes).join(", ")}`,
      ),
    name: upTo80,
    check: checkFirewall,
    checkRemoval: checkGuarding,
  }),
  arm<Network>(VIRTUAL_NETWORK, {
    path: "Microsoft.Network/virtualNetworks/{virtualNetworkName}",
    purpose: "the region's own network, joined to no other",
    loss: sole("the network of the nodes and of all they reach"),
    summary: (at, {subnets}) => [
      at("addressSpace.addressPrefixes"),
      ...list(subnets).map(({name, addressPrefix}) => `${name} ${addressPrefix}`),
    ],
    rights: ["Microsoft.Network/virtualNetworks/subnets/join/action"],
    name: upTo64,
    check: checkNetwork,
    checkRemoval: checkInhabited,
  }),
  arm<Address>("network:PublicIPAddress", {
    path: "Microsoft.Network/publicIPAddresses/{publicIpAddressName}",
    purpose: "where DNS sends users: static, in all zones, under a name known before it exists",
    price: {dollars: ADDRESS_DOLLARS, use: "$0.09 to $0.18 a GB sent to users"},
    loss: sole("the address that DNS sends users to"),
    summary: (at) => [
      ...[at("dnsSettings.domainNameLabel")]
        .filter(Boolean)
        .map((label) => nameAt(label, at("location"))),
      zones(at("zones")),
    ],
    name: upTo80,
    claim: (inputs) => ({
      name: fqdn(inputs),
      taken: `DnsRecordInUse: DNS record ${fqdn(inputs)} is already used by another public IP.`,
    }),
    outputs: (inputs, {options}) => ({
      ipAddress: options.addressOf?.(inputs.location) ?? "192.0.2.1",
      ...(inputs.dnsSettings && {dnsSettings: {...inputs.dnsSettings, fqdn: fqdn(inputs)}}),
    }),
    frozen: never(["zones"], otherZones),
    checkRemoval: checkAllocated,
  }),
  arm("network:NatGateway", {
    path: "Microsoft.Network/natGateways/{natGatewayName}",
    purpose: "what nodes go out by: from one address, which others can let in",
    price: {dollars: NAT_DOLLARS, use: "$0.045 a GB in and out"},
    loss: serving("the way of nodes to the world"),
    summary: (at) => [`from ${nameOf(at("publicIpAddresses.0.id"))}`],
    name: upTo80,
    check: checkNat,
    checkRemoval: checkUnused,
  }),
];

interface Nat {
  readonly publicIpAddresses?: readonly {readonly id: string}[];
}

function checkNat({publicIpAddresses = []}: Nat, view: View): string[] {
  return publicIpAddresses.flatMap(({id}) => unless(view.find(id), unreferable(id, view)));
}

/** https://github.com/Azure-Samples/Copilot-Studio-with-Azure-AI-Search/issues/62 */
function checkUnused({id}: Resource, {all}: View): string[] {
  const subnets = all(`azure-native:${VIRTUAL_NETWORK}`).flatMap(
    ({inputs}) => (inputs as unknown as Network).subnets ?? [],
  );
  const {length} = subnets.filter(({natGateway}) => natGateway?.id === id);
  return unless(
    length === 0,
    `CannotDeleteNatGatewayAssociatedToSubnet: NAT Gateway ${id} is still configured on ${length} subnets. Remove NAT Gateway from all referenced subnets and then delete NAT Gateway.`,
  );
}

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
    return unless(
      !other,
      `SecurityRuleConflict: Security rule ${name} conflicts with rule ${other?.name}. Rules cannot have the same Priority and Direction.`,
    );
  });
}

function checkGuarding({id}: Resource, {all}: View): string[] {
  const users = all(`azure-native:${VIRTUAL_NETWORK}`).filter(mentions(id));
  return unless(
    users.length === 0,
    `InUseNetworkSecurityGroupCannotBeDeleted: Network security group ${nameOf(id)} cannot be deleted because it is in use by the following resources: ${users.map((user) => user.id).join(", ")}.`,
  );
}

interface Network {
  readonly addressSpace?: {readonly addressPrefixes?: readonly string[]};
  readonly subnets?: readonly {
    readonly name: string;
    readonly addressPrefix: string;
    readonly natGateway?: {readonly id: string};
  }[];
}

function checkNetwork({addressSpace, subnets = []}: Network, {id}: View): string[] {
  const spaces = (addressSpace?.addressPrefixes ?? []).map((text) => parseCidr(text)!);
  return subnets.flatMap(({name, addressPrefix}, at) => {
    const range = parseCidr(addressPrefix)!;
    const end = range.first + sizeOf(range);
    if (!spaces.some((space) => range.first >= space.first && end <= space.first + sizeOf(space)))
      return [
        `NetcfgInvalidSubnet: Subnet '${name}' is not valid in virtual network '${nameOf(id)}'.`,
      ];
    return unless(
      !subnets.slice(0, at).some((other) => overlaps(range, parseCidr(other.addressPrefix)!)),
      `NetcfgSubnetRangesOverlap: Subnet '${name}' is not valid because its IP address range overlaps with that of an existing subnet in virtual network '${nameOf(id)}'.`,
    );
  });
}

/** The range of a subnet that a stack made, by the subnet's id. */
export function subnetRange(id: string, {find}: View): string | undefined {
  const {subnets = []} = (find(ownerOf(id))?.inputs ?? {}) as Network;
  return subnets.find(({name}) => name === nameOf(id))?.addressPrefix;
}

/**
 * What lives in a subnet has to be in its subscription: https://github.com/Azure/azure-cli/issues/13258, and of
 * private endpoints https://learn.microsoft.com/azure/private-link/private-endpoint-overview#private-endpoint-properties
 */
export function checkSubnet(subnet: string, view: View): string[] {
  const [network, at] = [subnet.split("/subnets/")[0]!, parseArmId(view.id)];
  const isNear = parseArmId(subnet).subscription === at.subscription;
  return unless(isNear && view.find(network), unreferable(network, view));
}

export const unreferable = (id: string, view: View) =>
  `InvalidResourceReference: Resource ${id} referenced by resource ${view.id} was not found. Please make sure that the referenced resource exists, and that both resources are in the same region.`;

const tenants = [
  "containerservice:ManagedCluster",
  "containerservice:AgentPool",
  "network:PrivateEndpoint",
];

function checkInhabited({id}: Resource, {all}: View): string[] {
  const users = tenants
    .flatMap((type) => all(`azure-native:${type}`))
    .filter(mentions(`${id}/subnets/`));
  return unless(
    users.length === 0,
    `InUseSubnetCannotBeDeleted: A subnet of ${nameOf(id)} is in use by ${users.map((user) => user.id).join(", ")} and cannot be deleted.`,
  );
}

const mentions = (id: string) => (resource: Resource) =>
  JSON.stringify(resource.inputs).includes(id);

interface Address {
  readonly location: string;
  readonly dnsSettings?: {domainNameLabel: string};
}

const fqdn = ({location, dnsSettings}: Address) =>
  dnsSettings && nameAt(dnsSettings.domainNameLabel, location);

const nameAt = (label: string, location: string) =>
  `${label}.${location}.${environmentAt(location).addresses}`;

/** https://github.com/Azure/AzOps/issues/701 */
function otherZones(_: string, olds: Inputs, news: Inputs): string {
  const said = ({zones}: Inputs) => (zones as string[] | undefined)?.join(", ") || "NoZone";
  return `ResourceAvailabilityZonesCannotBeModified: Resource ${olds.publicIpAddressName} has an existing availability zone constraint ${said(olds)} and the request has availability zone constraint ${said(news)}, which do not match. Zones cannot be added/updated/removed once the resource is created. The resource cannot be updated from regional to zonal or vice-versa.`;
}

/** A Service of the stack's cluster may have its load balancer at the address. */
function checkAllocated({id, stack}: Resource, {all}: View): string[] {
  const holder = all("kubernetes:core/v1:Service").find((service) => {
    const {annotations = {}} = service.inputs.metadata as {annotations?: Record<string, string>};
    const pip = annotations["service.beta.kubernetes.io/azure-pip-name"];
    return service.stack === stack && pip === nameOf(id);
  });
  return unless(
    !holder,
    `PublicIPAddressCannotBeDeleted: Public IP address ${id} can not be deleted since it is still allocated to the load balancer of Service ${holder?.name}.`,
  );
}
