import {cloudWarnings} from "./clouds/cloud-warnings.ts";
import {clusterWarnings} from "./cluster-warnings.ts";
import {daysUntil} from "./day.ts";
import {authorityWarnings} from "./guards/authority-warnings.ts";
import {near} from "./meaning.ts";
import {type DataZone, zoneOf} from "./models/data-zones.ts";
import {familyOf} from "./models/families.ts";
import {governmentWarning} from "./models/government.ts";
import {type Release, releasedModels, releaseOf, versionsOf} from "./models/releases.ts";
import {servedIn} from "./models/served.ts";
import {successorsOf} from "./models/successors.ts";
import {gpuWarnings} from "./replicas/warnings.ts";
import {sizeFault} from "./sizes.ts";
import type {AzureModel, Deployment, Model, Region, World} from "./world.ts";

/** Microsoft names a replacement 90 to 120 days before: concepts-model-retirements-content.md. */
export const NOTICE_DAYS = 120;
/** One person who types asks for more than that. */
const FEW_REQUESTS = 60;

/** What is valid in regions.yaml, and yet may not go well, each with its mend. */
export function warningsOf(world: World, nowMs: number): string[] {
  const models = Object.entries(world.models).flatMap(([name, model]) =>
    model.host === "azure" ? modelWarnings(name, model, nowMs) : [],
  );
  const deployments = world.regions.flatMap((region) => regionWarnings(world, region, nowMs));
  return [
    ...cloudWarnings(world),
    ...models,
    ...sizeWarnings(world),
    ...deployments,
    ...gpuWarnings(world),
    ...clusterWarnings(world, nowMs),
    ...authorityWarnings(world, nowMs),
  ];
}

function modelWarnings(name: string, model: AzureModel, nowMs: number): string[] {
  const at = `models.${name}`;
  if (familyOf(model.model) === undefined)
    return [
      `${at}: no family of models covers ${model.model}; it is asked by chat with the least that all take. Say under parameters what it takes: docs/chat.md`,
    ];
  const release = releaseOf(model);
  return release
    ? ageWarnings(`${at}: ${model.model} ${model.version}`, release, nowMs)
    : [`${at}: ${unknownModel(model)}; npm run preflight asks Azure what is sold`];
}

function unknownModel({model, version}: AzureModel): string {
  const versions = versionsOf(model);
  if (versions.length > 0)
    return `${model} has no version ${version} that is known here, but ${versions.join(", ")}`;
  const meant = near(model, releasedModels);
  return `${model} is no model that is known here${meant ? `, but "${meant}" is` : ""}`;
}

/** Sizes of nodes that there are not, as far as is known here: once for all regions that ask for one. */
function sizeWarnings({regions}: World): string[] {
  const asked = regions.flatMap(({name, cluster}) =>
    [...new Set([cluster.size, cluster.system.size])].map((size) => ({name, size})),
  );
  return [...Map.groupBy(asked, ({size}) => size)].flatMap(([size, all]) => {
    const fault = sizeFault(size);
    if (fault === undefined) return [];
    const names = all.map(({name}) => name).join(", ");
    return [`nodes of ${names}: ${fault}`];
  });
}

function ageWarnings(
  of: string,
  {retires, closes, successor = "a newer model"}: Release,
  nowMs: number,
): string[] {
  const days = daysUntil(retires, nowMs);
  if (days <= 0) return [`${of} was retired on ${retires}; name ${successor}`];
  return [
    ...(days <= NOTICE_DAYS
      ? [`${of} is retired in ${days} days, on ${retires}; plan for ${successor}`]
      : []),
    ...(Date.parse(closes) <= nowMs
      ? [`${of} may be closed to new subscriptions since ${closes}; ask npm run preflight`]
      : []),
  ];
}

function regionWarnings(world: World, region: Region, nowMs: number): string[] {
  return [...deploymentsWarnings(world, region), ...successorWarnings(world, region, nowMs)];
}

/** Of a model that ends soon: whether the region, or one of those that take over from it first, has its successor. */
function successorWarnings({models, regions}: World, region: Region, nowMs: number): string[] {
  const near = regions.filter(({pool, state}) => pool === region.pool && state === "serving");
  const there = new Set([region, ...near].flatMap(servedIn));
  const ending = servedIn(region).filter((model) => endsSoon(models[model]!, nowMs));
  return [...new Set(ending)].flatMap((model) => {
    const line = successorsOf(models, model);
    if (line.length === 0 || line.some((one) => there.has(one))) return [];
    return [
      `regions.${region.name}: ${line[0]}, the successor of ${model}, is neither here nor in another region of pool ${region.pool}; deploy it here, that it can serve once ${model} is retired`,
    ];
  });
}

function endsSoon(model: Model, nowMs: number): boolean {
  const release = model.host === "azure" ? releaseOf(model) : undefined;
  return release !== undefined && daysUntil(release.retires, nowMs) <= NOTICE_DAYS;
}

function deploymentsWarnings(
  {models, service: {cloud}}: World,
  {name, deployments}: Region,
): string[] {
  return deployments.flatMap((deployment) => {
    const model = models[deployment.model] as AzureModel;
    const of = `regions.${name}: ${deployment.model}`;
    const elsewhere =
      cloud === "government" ? governmentWarning(of, model, deployment.sku) : undefined;
    if (elsewhere) return [elsewhere];
    const release = releaseOf(model);
    if (!release) return [];
    const sold = cloud === "public" ? saleWarning(of, name, deployment, release) : undefined;
    return sold ? [sold] : rateWarnings(of, deployment, release);
  });
}

/** Whether the public cloud is not known to sell it there. */
function saleWarning(
  of: string,
  region: string,
  {sku}: Deployment,
  {skus, zones, absent = []}: Release,
): string | undefined {
  if (absent.includes(region)) return `${of} is not known to be sold there; choose another model`;
  if (!skus.includes(sku))
    return `${of} is not known to be sold as ${sku}, but as ${skus.join(", ")}`;
  return sku.startsWith("DataZone") ? zoneWarning(of, sku, zoneOf(region), zones) : undefined;
}

function rateWarnings(
  of: string,
  {sku, capacity}: Deployment,
  {requestsPerUnit}: Release,
): string[] {
  const requests = capacity * requestsPerUnit;
  if (!sku.endsWith("Standard") || requests >= FEW_REQUESTS) return [];
  return [`${of} as ${sku} takes ${requests} requests a minute; raise its capacity`];
}

function zoneWarning(
  of: string,
  sku: string,
  zone: DataZone | undefined,
  zones: readonly DataZone[] | undefined,
): string | undefined {
  if (zone === undefined) return `${of} is ${sku}, and the region is in no data zone`;
  if (zones === undefined || zones.includes(zone)) return undefined;
  return `${of} is not known to be sold as ${sku} in the ${zone}, but in the ${zones.join(", ")}`;
}
