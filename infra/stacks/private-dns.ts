import * as dns from "@pulumi/azure-native/privatedns/index.js";
import type {Output} from "@pulumi/pulumi";
import {hasNetwork, privateAnswers} from "../../dns/private.ts";
import {entranceAddress} from "../../regions/addresses.ts";
import {shortHash, subscriptionOf} from "../../regions/names.ts";
import type {Region, World} from "../../regions/world.ts";
import {nameOf} from "../azure/arm-id.ts";
import {createGroup} from "../azure/group.ts";
import {networkId} from "../azure/network.ts";
import {openSubscriptions} from "../azure/subscriptions.ts";
import {Component, within} from "../component.ts";

/**
 * What stands for Traffic Manager where entrances are internal: for each region a private zone of the hostname, which its
 * networks ask. A group holds one zone of a name, so each has a group of its own, and none is in the region: it is
 * changed when the region is lost.
 */
export async function privateDnsStack(world: World) {
  const {id} = await openSubscriptions(world);
  for (const [at, {chain}] of privateAnswers(world).entries()) {
    const region = world.regions[at]!;
    const own = networkId(world, region, subscriptionOf(region) ?? id);
    const first = world.regions.find(({name}) => name === chain[0])!;
    new PrivateNames(region.name, {world, region, own, first});
  }
  return {hostname: world.service.hostname};
}

interface PrivateNamesArgs {
  readonly world: World;
  readonly region: Region;
  /** The id of the region's own network. */
  readonly own: string;
  /** The region that answers for the hostname. */
  readonly first: Region;
}

/** The hostname as a region's networks see it, and below it a name for each region. */
class PrivateNames extends Component {
  constructor(name: string, {world, region, own, first}: PrivateNamesArgs) {
    super("PrivateNames", name);
    const {hostname, home, ttlS} = world.service;
    const {where} = within(this, () =>
      createGroup(world, "dns", home, {name, group: `dns-${name}`}),
    );
    const inGroup = {...where, location: "global"};
    const zone = new dns.PrivateZone(name, {...inGroup, privateZoneName: hostname}, {parent: this});
    const {resourceGroupName} = where;
    const inZone = {resourceGroupName, privateZoneName: nameOf(zone)};
    const networks = [...(hasNetwork(region) ? [own] : []), ...region.existing.hubs];
    for (const network of networks) createLink({...inZone, ...inGroup, network}, zone);
    createRecord(`${name}-hostname`, {...inZone, relative: "@", of: first, ttlS}, zone);
    for (const one of world.regions)
      createRecord(`${name}-${one.name}`, {...inZone, relative: one.name, of: one, ttlS}, zone);
    this.registerOutputs();
  }
}

/** ARM compares ids without regard to case. */
const hashOf = (id: string) => shortHash(id.toLowerCase(), 8);

interface InZone {
  readonly resourceGroupName: Output<string>;
  readonly privateZoneName: Output<string>;
}

/**
 * Named by the network alone, so that one which moves to another region's zone leaves the one of before first: Azure
 * links a network to one zone of a name. https://learn.microsoft.com/azure/dns/private-dns-virtual-network-links
 */
function createLink(
  {network, ...at}: InZone & {location: string; network: string},
  parent: dns.PrivateZone,
) {
  const name = `network-${hashOf(network)}`;
  const link = {virtualNetworkLinkName: name, virtualNetwork: {id: network}};
  new dns.VirtualNetworkLink(
    name,
    {...at, ...link, registrationEnabled: false},
    {parent, deleteBeforeReplace: true},
  );
}

function createRecord(
  name: string,
  {relative, of, ttlS, ...at}: InZone & {relative: string; of: Region; ttlS: number},
  parent: dns.PrivateZone,
) {
  const record = {relativeRecordSetName: relative, recordType: "A", ttl: ttlS};
  const aRecords = [{ipv4Address: entranceAddress(of)}];
  new dns.PrivateRecordSet(name, {...at, ...record, aRecords}, {parent});
}
