import {serving, values} from "../description.ts";
import type {View} from "../resource.ts";
import {arm, othersOf, unless} from "./arm.ts";

const LINK = "privatedns:VirtualNetworkLink";

export const privateDns = [
  arm("privatedns:PrivateZone", {
    path: "Microsoft.Network/privateDnsZones/{privateZoneName}",
    purpose:
      "answers within the network for names of private endpoints, and of an internal entrance",
    price: {dollars: 0.5},
    loss: serving("the names that networks ask it for"),
  }),
  arm<Link>(LINK, {
    path: "Microsoft.Network/privateDnsZones/{privateZoneName}/virtualNetworkLinks/{virtualNetworkLinkName}",
    purpose: "makes the network ask that zone",
    loss: serving("the names that the network asks it for"),
    summary: values("privateZoneName"),
    rights: ["Microsoft.Network/virtualNetworks/join/action"],
    check: checkLink,
  }),
  arm("privatedns:PrivateRecordSet", {
    path: "Microsoft.Network/privateDnsZones/{privateZoneName}/{recordType}/{relativeRecordSetName}",
    purpose: "points a name at a region's internal entrance",
    price: {use: "$0.40 for a million queries"},
    loss: serving("the name"),
    summary: (at) => [`${at("recordType")} ${at("aRecords.0.ipv4Address")}`, `${at("ttl")} s`],
    resourceType: "Microsoft.Network/privateDnsZones/A",
  }),
];

interface Link {
  readonly privateZoneName: string;
  readonly virtualNetwork: {readonly id: string};
}

/** https://learn.microsoft.com/azure/dns/private-dns-virtual-network-links#limits */
function checkLink({privateZoneName, virtualNetwork}: Link, view: View): string[] {
  if (!view.find(virtualNetwork.id))
    return [`LinkedResourceNotFound: The virtual network ${virtualNetwork.id} was not found.`];
  const linked = othersOf<Link>(LINK, view).some(
    (other) =>
      other.privateZoneName === privateZoneName && other.virtualNetwork.id === virtualNetwork.id,
  );
  return unless(
    !linked,
    `Conflict: A virtual network cannot be linked to multiple zones with overlapping namespaces. You tried to link virtual network with '${privateZoneName}' and '${privateZoneName}' zones.`,
  );
}
