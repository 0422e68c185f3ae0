import {type Cidr, formatCidr, overlaps, parseCidr, sizeOf} from "./cidr.ts";

/** Ranges for use within a cluster. The same in every region, since no packet leaves a cluster with them. */
export const clusterAddresses = {
  pods: "10.244.0.0/16",
  services: "10.100.0.0/16",
  dns: "10.100.0.10",
  /** Where a node answers its pods' questions itself, if it does: https://learn.microsoft.com/azure/aks/localdns-custom */
  localDns: "169.254.10.11/32",
} as const;

/** Prefix lengths of a region's network that leave room for both subnets. */
export const SPACE_BITS = {least: 8, most: 22} as const;

/**
 * The subnets of a region's network, from its space: the lower half is the nodes', one address each, as
 * pods have addresses of their own; the upper half begins with 128 addresses for private endpoints,
 * of which a registry takes one for each of its copies.
 */
export function subnetsOf(space: string): {readonly nodes: string; readonly endpoints: string} {
  const {first, bits} = parseCidr(space)!;
  const half = sizeOf({bits: bits + 1});
  return {
    nodes: formatCidr({first, bits: bits + 1}),
    endpoints: formatCidr({first: first + half, bits: 25}),
  };
}

/** The cluster range that a network's address space overlaps. */
export function clashOf(space: Cidr): string | undefined {
  const {pods, services} = clusterAddresses;
  return [pods, services].find((range) => overlaps(space, parseCidr(range)!));
}
