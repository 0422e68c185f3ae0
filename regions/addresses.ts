import {type Cidr, formatAddress, formatCidr, overlaps, parseCidr, sizeOf} from "./cidr.ts";
import type {Region} from "./world.ts";

/** Ranges for use within a cluster. The same in every region, since no packet leaves a cluster with them. */
export const clusterAddresses = {
  pods: "10.244.0.0/16",
  services: "10.100.0.0/16",
  dns: "10.100.0.10",
  /** Where a node answers its pods' questions itself, if it does: https://learn.microsoft.com/azure/aks/localdns-custom */
  localDns: "169.254.10.11/32",
} as const;

/** Prefix lengths of a region's network that leave room for its subnets. */
export const SPACE_BITS = {least: 8, most: 22} as const;

export interface Subnets {
  readonly nodes: string;
  readonly endpoints: string;
  /** Of an internal entrance. */
  readonly entrance: string;
}

/**
 * The subnets of a region's network, from its space: the lower half is the nodes', one address each, as
 * pods have addresses of their own; the upper half begins with 128 addresses for private endpoints,
 * of which a registry takes one for each of its copies, and 16 for an internal entrance, which no node can take.
 */
export function subnetsOf(space: string): Subnets {
  const {first, bits} = parseCidr(space)!;
  const half = first + sizeOf({bits: bits + 1});
  return {
    nodes: formatCidr({first, bits: bits + 1}),
    endpoints: formatCidr({first: half, bits: 25}),
    entrance: formatCidr({first: half + sizeOf({bits: 25}), bits: 28}),
  };
}

/** The first address of a subnet that is not Azure's own: https://learn.microsoft.com/azure/virtual-network/virtual-networks-faq */
const OWN_ADDRESSES = 4;

/** The address of a region's internal entrance, known before it exists. */
export function entranceAddress({network: {space}, existing}: Region): string {
  const {entrance} = existing.network ?? {};
  if (entrance) return entrance.address;
  const {first} = parseCidr(subnetsOf(space).entrance)!;
  return formatAddress(first + OWN_ADDRESSES);
}

/** The cluster range that a network's address space overlaps. */
export function clashOf(space: Cidr): string | undefined {
  const {pods, services} = clusterAddresses;
  return [pods, services].find((range) => overlaps(space, parseCidr(range)!));
}
