import {serving, values} from "../description.ts";
import type {View} from "../resource.ts";
import {arm, othersOf, unless} from "./arm.ts";

const LINK = "privatedns:VirtualNetworkLink";

export const privateDns = [
  arm("privatedns:PrivateZone", {
    path: "Microsoft.Network/privateDnsZones/{privateZoneName}",
    purpose: "answers for names of private endpoints within the network",
    price: {dollars: 0.5},
    loss: serving("the names of private endpoints"),
  }),
  arm<Link>(LINK, {
    path: "Microsoft.Network/privateDnsZones/{privateZoneName}/virtualNetworkLinks/{virtualNetworkLinkName}",
    purpose: "makes the network ask that zone",
    loss: serving("the names of private endpoints"),
    summary: values("privateZoneName"),
    check: checkLink,
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
