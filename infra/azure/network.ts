import * as azure from "@pulumi/azure-native/network/index.js";
import * as dns from "@pulumi/azure-native/privatedns/index.js";
import {type ComponentResourceOptions, interpolate, type Output, output} from "@pulumi/pulumi";
import {subnetsOf} from "../../regions/addresses.ts";
import {cloudAt} from "../../regions/clouds/clouds.ts";
import {isInternal} from "../../regions/names.ts";
import type {Region, World} from "../../regions/world.ts";
import {Component} from "../component.ts";
import {nameOf, parseArmId} from "./arm-id.ts";
import type {Where} from "./group.ts";
import {groupName} from "./names.ts";
import {createNat, type Nat} from "./nat.ts";
import {PROBES} from "./users.ts";

export interface NetworkArgs {
  readonly region: Region;
  readonly where: Where;
}

/** What has a private endpoint. */
export type Zone = "model" | "vault" | "registry" | "weights";

/** A value for each private DNS zone of a region; none of models in a cloud without Azure OpenAI, nor of weights without GPUs. */
export interface Zones<Value> {
  readonly model?: Value;
  readonly vault: Value;
  readonly registry: Value;
  readonly weights?: Value;
}

function mapZones<Value>(
  {name, replicas}: Region,
  map: (zone: Zone, name: string) => Value,
): Zones<Value> {
  const {models, zones} = cloudAt(name);
  return {
    ...(models && {model: map("model", models.zone)}),
    vault: map("vault", zones.vault),
    registry: map("registry", zones.registry),
    ...(replicas.length > 0 && {weights: map("weights", zones.blobs)}),
  };
}

/** A region's network: subnets for nodes, for private endpoints and for an internal entrance; and private DNS zones. */
export class Network extends Component {
  readonly nodesSubnetId: Output<string>;
  readonly endpointsSubnetId: Output<string>;
  /** Of an internal entrance; undefined where it is public. */
  readonly entranceSubnetId: Output<string> | undefined;
  /** The address that nodes go out by, where it is of a NAT gateway that is made here. */
  readonly outboundAddress: Output<string> | undefined;
  /** Ids of the private DNS zones. */
  readonly zones: Zones<Output<string>>;

  constructor(name: string, args: NetworkArgs, options?: ComponentResourceOptions) {
    super("Network", name, options);
    const nat = needsNat(args.region) ? createNat(args, this) : undefined;
    const {nodes, endpoints, entrance} = subnetIds(args.region) ?? createSubnets(args, nat, this);
    this.nodesSubnetId = output(nodes);
    this.endpointsSubnetId = output(endpoints);
    this.entranceSubnetId = isInternal(args.region) ? output(entrance) : undefined;
    this.outboundAddress = nat?.address;
    this.zones = existingZones(args.region) ?? createZones(args, this.nodesSubnetId, this);
    this.registerOutputs({
      nodesSubnetId: this.nodesSubnetId,
      endpointsSubnetId: this.endpointsSubnetId,
      zones: this.zones,
    });
  }
}

/** The id of a region's network, known before it exists. `subscription` is that of the region's stack. */
export function networkId(world: World, region: Region, subscription: string): string {
  const {network} = region.existing;
  if (network) return parseArmId(network.nodes).owner;
  const group = `/subscriptions/${subscription}/resourceGroups/${groupName(world, region.name)}`;
  return `${group}/providers/Microsoft.Network/virtualNetworks/${NETWORK}`;
}

const NETWORK = "network";

/** Of a network that is there already. */
function subnetIds({existing: {network}}: Region) {
  return network && {...network, entrance: network.entrance?.subnet ?? network.nodes};
}

/** A network that is there has its own, or none. */
const needsNat = ({outbound, existing}: Region) => outbound === "nat" && !existing.network;

function createSubnets(args: NetworkArgs, nat: Nat | undefined, parent: Network) {
  const {id} = createNetwork(args, {firewalls: createFirewalls(args, parent), nat}, parent);
  return {
    nodes: interpolate`${id}/subnets/nodes`,
    endpoints: interpolate`${id}/subnets/endpoints`,
    entrance: interpolate`${id}/subnets/entrance`,
  };
}

/** Users may reach nodes, and nodes private endpoints. Azure's default rules admit the load balancer's probes. */
function createFirewalls({region, where}: NetworkArgs, parent: Network) {
  const {nodes} = subnetsOf(region.network.space);
  const firewall = (name: string, ...securityRules: ReturnType<typeof rule>[]) =>
    new azure.NetworkSecurityGroup(
      name,
      {...where, networkSecurityGroupName: name, securityRules},
      {parent},
    );
  return {
    nodes: firewall("nodes", ...userRules(region)),
    endpoints: firewall(
      "endpoints",
      rule("nodes", 100, "Allow", nodes),
      rule("others", 4096, "Deny", "*"),
    ),
  };
}

/** Editors, and what asks whether the region is well. */
function userRules(region: Region) {
  const {allow} = region.edge;
  if (isInternal(region)) return insideRules(region);
  return allow
    ? [rule("users", 100, "Allow", allow), rule("probes", 110, "Allow", PROBES)]
    : [rule("users", 100, "Allow", "Internet")];
}

/**
 * Azure's default rules let the whole company in, by this tag of theirs. Whoever is left out is kept from the entrance
 * alone: load balancers of AKS leave its address in packets, and nodes still reach each other.
 */
function insideRules({edge: {allow}, network: {space}}: Region) {
  if (!allow) return [rule("users", 100, "Allow", "VirtualNetwork")];
  const {entrance} = subnetsOf(space);
  return [
    rule("users", 100, "Allow", allow),
    {...rule("others", 4096, "Deny", "*"), destinationAddressPrefix: entrance},
  ];
}

/** An inbound rule. What it allows is HTTPS only. */
const rule = (
  name: string,
  priority: number,
  access: "Allow" | "Deny",
  source: string | readonly string[],
) => ({
  name,
  priority,
  direction: "Inbound",
  access,
  protocol: access === "Allow" ? "Tcp" : "*",
  ...(typeof source === "string"
    ? {sourceAddressPrefix: source}
    : {sourceAddressPrefixes: [...source]}),
  sourcePortRange: "*",
  destinationAddressPrefix: "*",
  destinationPortRange: access === "Allow" ? "443" : "*",
});

function createNetwork(
  {region, where}: NetworkArgs,
  {firewalls, nat}: {firewalls: ReturnType<typeof createFirewalls>; nat: Nat | undefined},
  parent: Network,
) {
  const {space} = region.network;
  const subnets = subnetsOf(space);
  const toUsers = {networkSecurityGroup: {id: firewalls.nodes.id}};
  return new azure.VirtualNetwork(
    "network",
    {
      ...where,
      virtualNetworkName: NETWORK,
      addressSpace: {addressPrefixes: [space]},
      subnets: [
        {
          name: "nodes",
          addressPrefix: subnets.nodes,
          ...toUsers,
          ...(nat && {natGateway: {id: nat.id}}),
        },
        {
          name: "endpoints",
          addressPrefix: subnets.endpoints,
          networkSecurityGroup: {id: firewalls.endpoints.id},
          // Without it, security rules do not apply to private endpoints.
          privateEndpointNetworkPolicies: "NetworkSecurityGroupEnabled",
        },
        // Of a public entrance too: it may have been internal, and a subnet with a load balancer in it cannot go.
        {name: "entrance", addressPrefix: subnets.entrance, ...toUsers},
      ],
    },
    {parent},
  );
}

/** The zones of a hub network, shared by all of its spokes. */
function existingZones(region: Region): Network["zones"] | undefined {
  const group = region.existing.network?.zones;
  return group ? mapZones(region, (_, name) => output(zoneId(group, name))) : undefined;
}

/** The ids of the zones that a region expects in a hub's resource group. */
export const zoneIds = (region: Region, group: string): string[] =>
  Object.values(mapZones(region, (_, name) => zoneId(group, name)));

const zoneId = (group: string, name: string) =>
  `${group}/providers/Microsoft.Network/privateDnsZones/${name}`;

function createZones(
  {region, where}: NetworkArgs,
  nodesSubnetId: Output<string>,
  parent: Network,
): Network["zones"] {
  const networkId = nodesSubnetId.apply((id) => parseArmId(id).owner);
  return mapZones(region, (name, privateZoneName) => {
    const inZone = {...where, location: "global", privateZoneName};
    const zone = new dns.PrivateZone(name, inZone, {parent});
    const link = {virtualNetworkLinkName: "network", virtualNetwork: {id: networkId}};
    new dns.VirtualNetworkLink(
      name,
      {...inZone, privateZoneName: nameOf(zone), ...link, registrationEnabled: false},
      {parent},
    );
    return zone.id;
  });
}
