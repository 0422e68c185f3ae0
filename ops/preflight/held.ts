import {z} from "zod";
import {accountName, clusterName, groupName} from "../../infra/azure/names.ts";
import type {Region, World} from "../../regions/world.ts";
import type {Arm} from "./azure/arm.ts";
import {isMissing} from "./azure/arm-error.ts";
import {versions} from "./azure/versions.ts";
import type {Held} from "./demand.ts";

/** https://learn.microsoft.com/rest/api/aifoundry/accountmanagement/deployments/list */
const deploymentSchema = z
  .object({
    sku: z.object({name: z.string(), capacity: z.number().default(0)}),
    properties: z.object({
      model: z.object({format: z.string(), name: z.string(), version: z.string().optional()}),
    }),
  })
  .transform(({sku, properties: {model}}) => ({
    format: model.format,
    model: model.name,
    version: model.version,
    sku: sku.name,
    capacity: sku.capacity,
  }));

const clusterSchema = z
  .object({
    properties: z.object({
      kubernetesVersion: z.string().optional(),
      agentPoolProfiles: z
        .array(
          z.object({
            mode: z.string().default("User"),
            vmSize: z.string(),
            scaleSetPriority: z.string().nullish(),
            count: z.number().default(0),
          }),
        )
        .default([]),
    }),
  })
  .transform(({properties: {kubernetesVersion, agentPoolProfiles}}) => [
    {
      kubernetes: kubernetesVersion,
      pools: agentPoolProfiles.map(({mode, vmSize, count, scaleSetPriority}) => ({
        mode,
        size: vmSize,
        nodes: count,
        spot: scaleSetPriority === "Spot",
      })),
    },
  ]);

/** What a region's stack already holds; nothing if it has never been brought up. */
export async function heldBy(
  arm: Arm,
  subscription: string,
  world: World,
  region: Region,
): Promise<Held> {
  const group = `${subscription}/resourceGroups/${groupName(world, region.name)}/providers`;
  const account = `${group}/Microsoft.CognitiveServices/accounts/${accountName(world, region)}`;
  const cluster = `${group}/Microsoft.ContainerService/managedClusters/${clusterName(world, region)}`;
  const [deployments, [made]] = await Promise.all([
    ifThere(arm.list(`${account}/deployments`, versions.cognitiveServices, deploymentSchema)),
    ifThere(arm.get(cluster, versions.clusters, clusterSchema)),
  ]);
  return {deployments, pools: [], ...made};
}

/** The answer; an empty list if the resource does not exist. */
export async function ifThere<Item>(answer: Promise<Item[]>): Promise<Item[]> {
  try {
    return await answer;
  } catch (error) {
    if (isMissing(error)) return [];
    throw error;
  }
}
