import {type Cidr, formatCidr, overlaps, parseCidr, sizeOf} from "./cidr.ts";

/** Ranges that are a cluster's own: the same in every region, for no packet leaves a cluster with them. */
export const clusterAddresses = {
  pods: "10.244.0.0/16",
  services: "10.100.0.0/16",
  dns: "10.100.0.10",
} as const;

/** Of a region's network; prefixes within which both subnets have room. */
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

/** The range of a cluster that a network's space runs into. */
export function clashOf(space: Cidr): string | undefined {
  const {pods, services} = clusterAddresses;
  return [pods, services].find((range) => overlaps(space, parseCidr(range)!));
}
