import {createHash} from "node:crypto";
import type {Region, World} from "./world.ts";

/** The DNS label of a region's public address. Unique in its location among all of Azure's customers. */
export function publicLabel({service}: World, region: Region): string {
  return `${service.name}-${region.name}-${shortHash(service.hostname)}`;
}

/** Where a region answers, known before it exists: DNS needs nothing that a stack made. */
export function publicName(world: World, region: Region): string {
  return `${publicLabel(world, region)}.${region.name}.cloudapp.azure.com`;
}

/** The hostname within its zone, whose apex it is not. */
export const recordName = ({service: {hostname, zone}}: World): string =>
  hostname.slice(0, -zone.length - 1);

/** The first hex digits of a SHA-256. Four tell two installations of one name apart. */
export function shortHash(content: string | Uint8Array, digits = 4): string {
  return createHash("sha256").update(content).digest("hex").slice(0, digits);
}
