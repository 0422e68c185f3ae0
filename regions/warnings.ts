import {familyOf} from "./families.ts";
import {successorsOf} from "./successors.ts";
import {type Release, releases} from "./releases.ts";
import type {AzureModel, Region, World} from "./world.ts";

const DAY_MS = 86_400_000;
/** Microsoft names a replacement 90 to 120 days before: concepts-model-retirements-content.md. */
const NOTICE_DAYS = 120;
/** One person who types asks for more than that. */
const FEW_REQUESTS = 60;

/** What is valid in regions.yaml, and yet may not go well, each with its mend. */
export function warningsOf(world: World, nowMs: number): string[] {
  const models = Object.entries(world.models).flatMap(([name, model]) =>
    model.host === "azure" ? modelWarnings(name, model, nowMs) : [],
  );
  return [...models, ...world.regions.flatMap((region) => regionWarnings(world, region))];
}

function modelWarnings(name: string, model: AzureModel, nowMs: number): string[] {
  const at = `models.${name}`;
  if (familyOf(model.model) === undefined)
    return [
      `${at}: no family of models covers ${model.model}; it is asked by chat with the least that all take. Say under parameters what it takes: docs/chat.md`,
    ];
  const release = releaseOf(model);
  return release ? ageWarnings(`${at}: ${model.model} ${model.version}`, release, nowMs) : [];
}

function ageWarnings(of: string, {retires, closes, successor}: Release, nowMs: number): string[] {
  const days = Math.ceil((Date.parse(retires) - nowMs) / DAY_MS);
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

function regionWarnings(world: World, region: Region): string[] {
  return [...capacityWarnings(world, region), ...successorWarnings(world, region)];
}

/** The region itself and those that take over from it first. */
function successorWarnings({models, regions}: World, region: Region): string[] {
  const near = regions.filter(({pool, state}) => pool === region.pool && state === "serving");
  const there = new Set([region, ...near].flatMap(modelsIn));
  return [...new Set(modelsIn(region))].flatMap((model) => {
    const line = successorsOf(models, model);
    if (line.length === 0 || line.some((one) => there.has(one))) return [];
    return [
      `regions.${region.name}: ${line[0]}, the successor of ${model}, is neither here nor in another region of pool ${region.pool}; deploy it here, that it can serve once ${model} is retired`,
    ];
  });
}

const modelsIn = ({deployments, hosts}: Region) =>
  [...deployments, ...hosts].map(({model}) => model);

function capacityWarnings({models}: World, {name, deployments}: Region): string[] {
  return deployments.flatMap(({model, sku, capacity}) => {
    const release = releaseOf(models[model] as AzureModel);
    if (!release) return [];
    const of = `regions.${name}: ${model}`;
    if (!release.skus.includes(sku))
      return [`${of} is not known to be sold as ${sku}, but as ${release.skus.join(", ")}`];
    const requests = capacity * release.requestsPerUnit;
    if (!sku.endsWith("Standard") || requests >= FEW_REQUESTS) return [];
    return [`${of} as ${sku} takes ${requests} requests a minute; raise its capacity`];
  });
}

const releaseOf = ({model, version}: AzureModel): Release | undefined =>
  Object.hasOwn(releases, `${model} ${version}`) ? releases[`${model} ${version}`] : undefined;
