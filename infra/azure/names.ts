import {createHash} from "node:crypto";
import {cloudOf} from "../../regions/clouds/clouds.ts";
import {shortHash} from "../../regions/names.ts";
import type {Region, World} from "../../regions/world.ts";

/**
 * Names of Azure resources. Those that share a namespace with all of Azure's customers end in a hash
 * of the hostname and the region, so that two installations, or two regions cut to one length, differ.
 * Limits: https://learn.microsoft.com/azure/azure-resource-manager/management/resource-name-rules
 */

/** The names of all stacks, in the order in which they are brought up. */
export const stackNames = ({regions}: World) => [
  "global",
  ...regions.map(({name}) => name),
  "fallback",
  "dns",
];

/** 1 to 90 characters, one group for each stack. */
export const groupName = (world: World, stack: string) => `${world.service.name}-${stack}`;

/** 5 to 50 letters and digits, global. */
export const registryName = (world: World) =>
  `${world.service.name}images${shortHash(world.service.hostname)}`;

/** 4 to 63 letters, digits and hyphens. */
export const logsName = (world: World) => `${world.service.name}-logs`;

/** 4 to 44 letters, digits and hyphens: an Azure Monitor workspace. */
export const metricsName = (world: World) => `${world.service.name}-metrics`;

/** 3 to 24 letters, digits and single hyphens, a letter first, global. `stack` is global's or a region's name. */
export const vaultName = (world: World, stack: string) => globalName(world, stack, 24);

/** Both the account and its subdomain: 2 to 64 letters, digits and hyphens, global. */
export const accountName = (world: World, region: Region) => globalName(world, region.name, 64);

/** 3 to 24 lower-case letters and digits, global: the storage account of a region's own weights. */
export function weightsName(world: World, {name: region}: Region): string {
  const {name, hostname} = world.service;
  const end = shortHash(`${hostname}/${region}`);
  return `${name}${region}`.replaceAll("-", "").slice(0, 24 - end.length) + end;
}

/** The address of a region's Azure OpenAI account, known before it exists. */
export const accountUrl = (world: World, region: Region) =>
  `https://${accountName(world, region)}.${cloudOf(world).models!.host}`;

/** 1 to 63 letters, digits, hyphens and underscores. */
export const clusterName = (world: World, region: Region) => `${world.service.name}-${region.name}`;

/** 1 to 80. AKS creates this group; its default name, made of three names, may be too long. */
export const nodeGroupName = (world: World, region: Region) =>
  `${clusterName(world, region)}-nodes`;

/** 1 to 80, in a group that all services of a subscription share. */
export const flowLogName = (world: World, {name}: Region) =>
  `${world.service.name}-${name}-${shortHash(world.service.hostname)}`;

/** A GUID that is the same for the same words, for role assignments, whose names are GUIDs. */
export function guid(...words: string[]): string {
  const hex = createHash("sha256").update(words.join("/")).digest("hex");
  const parts = [
    hex.slice(0, 8),
    hex.slice(8, 12),
    `5${hex.slice(13, 16)}`,
    `8${hex.slice(17, 20)}`,
  ];
  return [...parts, hex.slice(20, 32)].join("-");
}

function globalName(world: World, stack: string, limit: number): string {
  const {name, hostname} = world.service;
  const end = `-${shortHash(`${hostname}/${stack}`)}`;
  return `${name}-${stack}`.slice(0, limit - end.length).replace(/-$/, "") + end;
}
