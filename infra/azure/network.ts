import * as azure from "@pulumi/azure-native/network/index.js";
import * as dns from "@pulumi/azure-native/privatedns/index.js";
import {type ComponentResourceOptions, interpolate, type Output, output} from "@pulumi/pulumi";
import {subnetsOf} from "../../regions/addresses.ts";
import {cloudAt} from "../../regions/clouds/clouds.ts";
import type {Region} from "../../regions/world.ts";
import {Component} from "../component.ts";
import {nameOf, parseArmId} from "./arm-id.ts";
import type {Where} from "./group.ts";
import {PROBES} from "./users.ts";

export interface NetworkArgs {
  readonly region: Region;
  readonly where: Where;
}

/** What has a private endpoint. */
export type Zone = "model" | "vault" | "registry";

/** A value for each private DNS zone of a region; none of models in a cloud without Azure OpenAI. */
export interface Zones<Value> {
  readonly model?: Value;
  readonly vault: Value;
  readonly registry: Value;
}

function mapZones<Value>({name}: Region, map: (zone: Zone, name: string) => Value): Zones<Value> {
  const {models, zones} = cloudAt(name);
  return {
    ...(models && {model: map("model", models.zone)}),
    vault: map("vault", zones.vault),
    registry: map("registry", zones.registry),
  };
}

/** A region's network: a subnet for nodes, a subnet for private endpoints, and their private DNS zones. */
export class Network extends Component {
  readonly nodesSubnetId: Output<string>;
  readonly endpointsSubnetId: Output<string>;
  /** Ids of the private DNS zones. */
  readonly zones: Zones<Output<string>>;

  constructor(name: string, args: NetworkArgs, options?: ComponentResourceOptions) {
    super("Network", name, options);
    const {nodes, endpoints} = args.region.existing.network ?? createSubnets(args, this);
    this.nodesSubnetId = output(nodes);
    this.endpointsSubnetId = output(endpoints);
    this.zones = existingZones(args.region) ?? createZones(args, this.nodesSubnetId, this);
    this.registerOutputs({
      nodesSubnetId: this.nodesSubnetId,
      endpointsSubnetId: this.endpointsSubnetId,
      zones: this.zones,
    });
  }
}

/** The address range of the private endpoints. */
export const endpointsSpace = ({network: {space}, existing}: Region): string =>
  existing.network ? space : subnetsOf(space).endpoints;

function createSubnets(args: NetworkArgs, parent: Network) {
  const {id} = createNetwork(args, createFirewalls(args, parent), parent);
  return {
    nodes: interpolate`${id}/subnets/nodes`,
    endpoints: interpolate`${id}/subnets/endpoints`,
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
const userRules = ({edge: {allow}}: Region) =>
  allow
    ? [rule("users", 100, "Allow", allow), rule("probes", 110, "Allow", PROBES)]
    : [rule("users", 100, "Allow", "Internet")];

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
  {region: {network}, where}: NetworkArgs,
  firewalls: ReturnType<typeof createFirewalls>,
  parent: Network,
) {
  const subnets = subnetsOf(network.space);
  return new azure.VirtualNetwork(
    "network",
    {
      ...where,
      virtualNetworkName: "network",
      addressSpace: {addressPrefixes: [network.space]},
      subnets: [
        {
          name: "nodes",
          addressPrefix: subnets.nodes,
          networkSecurityGroup: {id: firewalls.nodes.id},
        },
        {
          name: "endpoints",
          addressPrefix: subnets.endpoints,
          networkSecurityGroup: {id: firewalls.endpoints.id},
          // Without it, security rules do not apply to private endpoints.
          privateEndpointNetworkPolicies: "NetworkSecurityGroupEnabled",
        },
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
