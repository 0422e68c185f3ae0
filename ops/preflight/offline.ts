import {zonesOf} from "../../infra/azure/zones.ts";
import {locations} from "../../regions/azure.ts";
import {daysUntil} from "../../regions/day.ts";
import {releaseOf} from "../../regions/models/releases.ts";
import type {World} from "../../regions/world.ts";
import {type Demand, demandOf, type WantedDeployment} from "./demand.ts";
import {alternativesTo} from "./elsewhere.ts";
import {type Finding, ok, unknown, type Verdict} from "./finding.ts";
import {judgePlan} from "./plan.ts";

/** What can be said without asking Azure: what will be asked of it, where, and which locations are near. */
export function offlineFindings(world: World, stacks: readonly string[], nowMs: number): Finding[] {
  return stacks.flatMap((stack) => {
    const verdicts = stack === "dns" ? [judgePlan(world)] : regionVerdicts(world, stack, nowMs);
    return verdicts.map((verdict) => ({of: stack, ...verdict}));
  });
}

function regionVerdicts(world: World, stack: string, nowMs: number): Verdict[] {
  const region = world.regions.find(({name}) => name === stack);
  if (!region) return [];
  const demand = demandOf(world, region);
  const {displayName, city} = locations.get(stack)!;
  const near = alternativesTo(world, stack).slice(0, 3);
  return [
    ok(
      "location",
      `${displayName}, ${city}`,
      zonesOf(region).length > 0 ? "three zones" : "no zones",
    ),
    ...demand.deployments.map((deployment) => modelVerdict(deployment, nowMs)),
    ...amounts(demand).map((asked) =>
      unknown("quota", asked, "Azure was not asked", "run it without --offline"),
    ),
    ok(
      "near",
      `${near.length} locations`,
      near.map(({location, ms}) => `${location.name} ${Math.round(ms)} ms`).join(", "),
    ),
  ];
}

/** What regions/models/releases.ts has of Microsoft's pages. */
function modelVerdict(wanted: WantedDeployment, nowMs: number): Verdict {
  const asked = `${wanted.model} ${wanted.version} ${wanted.sku}`;
  const release = releaseOf(wanted);
  if (release === undefined)
    return unknown("model", asked, "not in regions/models/releases.ts", "run it without --offline");
  const {retires, requestsPerUnit, skus, zones} = release;
  const rate = wanted.sku.endsWith("Standard")
    ? [`${wanted.capacity * requestsPerUnit} requests a minute`]
    : [];
  const facts = [...rate, `days left: ${daysUntil(retires, nowMs)}`, `sold as ${skus.join(", ")}`];
  const where = zones ? `, data zones ${zones.join(", ")}` : "";
  return ok("model", asked, `by regions/models/releases.ts ${facts.join(", ")}${where}`);
}

const amounts = ({deployments, pools}: Demand): string[] => [
  ...deployments.map(
    ({model, version, sku, capacity}) => `${capacity} of ${model} ${version} ${sku}`,
  ),
  ...[...Map.groupBy(pools, ({size}) => size)].map(([size, group]) => {
    const nodes = group.reduce((sum, {nodes}) => sum + nodes, 0);
    const each = coresIn(size);
    return `${nodes} nodes ${size}${each ? `, ${nodes * each} vCPUs` : ""}`;
  }),
];

/** From version 3 on, a size's name contains its vCPUs: https://learn.microsoft.com/azure/virtual-machines/vm-naming-conventions */
function coresIn(size: string): number | undefined {
  const [, cores] = /^Standard_[A-Z]+(\d+)[a-z]*(?:_[A-Z]+\d+)?_v(?:[3-9]|\d\d)$/.exec(size) ?? [];
  return cores === undefined ? undefined : Number(cores);
}
