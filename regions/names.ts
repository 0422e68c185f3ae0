import {createHash} from "node:crypto";
import {cloudOf} from "./clouds/clouds.ts";
import type {Region, World} from "./world.ts";

/** The DNS label of a region's public address, which must be unique in its Azure location. */
export function publicLabel({service}: World, region: Region): string {
  return `${service.name}-${region.name}-${shortHash(service.hostname)}`;
}

/**
 * A region's own DNS name: of the Internet, or where its entrance is internal of private DNS. It is known in advance, so
 * that DNS needs no output of a stack.
 */
export function publicName(world: World, region: Region): string {
  if (isInternal(region)) return `${region.name}.${world.service.hostname}`;
  return `${publicLabel(world, region)}.${region.name}.${cloudOf(world).hosts.addresses}`;
}

/** Whether editors come in by an address of the region's network alone. */
export const isInternal = ({edge}: Region): boolean => edge.entrance === "internal";

/** The same of all regions, which are alike. */
export const isInside = ({regions}: World): boolean => regions.some(isInternal);

/** The hostname relative to its zone. It is never the apex. */
export const recordName = ({service: {hostname, zone}}: World): string =>
  hostname.slice(0, -zone.length - 1);

/** The first hex digits of a SHA-256. Four tell two installations of one name apart. */
export function shortHash(content: string | Uint8Array, digits = 4): string {
  return createHash("sha256").update(content).digest("hex").slice(0, digits);
}

/** The subscription in the id of an Azure resource, in lower case: ARM compares ids without regard to it. */
export const subscriptionIn = (id: string): string => (id.split("/")[2] ?? "").toLowerCase();

/**
 * The subscription that a region's stack has to be in: the one it names, else that of its network, as nodes are in
 * no other. Undefined where regions.yaml leaves it to the stack's configuration.
 */
export const subscriptionOf = ({
  subscription,
  existing,
}: Pick<Region, "subscription" | "existing">): string | undefined =>
  subscription ?? (existing.network && subscriptionIn(existing.network.nodes));
