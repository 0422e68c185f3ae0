import {type Plan, planOf} from "../../dns/plan.ts";
import type {Region, World} from "../../regions/world.ts";
import {objectiveRules, promisesOf} from "./objective.ts";
import {IN_ROTATION, regionRules} from "./region.ts";
import {replicaRules} from "./replicas.ts";
import {type Alert, type RuleGroup, regionLevel, worldLevel} from "./rule.ts";

/** The rules of one region, which belong to its stack. */
export function regionGroups(world: World, region: Region): RuleGroup[] {
  const {service} = world;
  const {name} = region;
  const level = regionLevel(name);
  const labels = {region: name};
  const objective = objectiveRules(level, promisesOf(world));
  const replicas = chunked(replicaRules(world, region, level));
  return [
    {name: `${service.name}-${name}-objective`, labels, rules: objective},
    {name: `${service.name}-${name}`, labels, rules: regionRules(level, name)},
    ...replicas.map((rules, at) => ({
      name: `${service.name}-${name}-replicas${at === 0 ? "" : at + 1}`,
      labels,
      rules,
    })),
  ];
}

/** As many as Azure takes in a group: the rules of whole models, three each. */
const MOST = 18;

const chunked = <Of>(all: readonly Of[]): Of[][] =>
  Array.from({length: Math.ceil(all.length / MOST)}, (_, at) =>
    all.slice(at * MOST, (at + 1) * MOST),
  );

/** The rules over all regions, which belong to the stack `global`. */
export function worldGroups(world: World): RuleGroup[] {
  const {name} = world.service;
  const alone = lastRegions(planOf(world));
  return [
    {name: `${name}-world-objective`, rules: objectiveRules(worldLevel, promisesOf(world))},
    ...(alone.length > 0 ? [{name: `${name}-world`, rules: alone}] : []),
  ];
}

export const groupsOf = (world: World): RuleGroup[] => [
  ...worldGroups(world),
  ...world.regions.flatMap((region) => regionGroups(world, region)),
];

/** Fires when only one of the regions that serve some places is left. Places with a single region have no such rule. */
function lastRegions(plan: Plan): Alert[] {
  return togetherIn(plan)
    .filter((regions) => regions.length > 1)
    .map((regions) => ({
      alert: "LastRegion",
      expression: `(sum(${IN_ROTATION}{region=~"${regions.join("|")}"}) or vector(0)) <= 1`,
      forM: 2,
      severity: "page",
      labels: {regions: regions.join(" ")},
      summary: `One region or none is left of ${regions.join(", ")}`,
      description: "If it goes out too, nobody serves the places that these regions serve.",
      runbook: "last-region",
    }));
}

/** The sets of regions that serve some place, as first choice or as fallback. */
function togetherIn({rules, pools}: Plan): string[][] {
  const membersOf = (pool: string) =>
    pools.find(({name}) => name === pool)!.members.map(({region}) => region);
  const sets = rules.map(({chain}) => chain.flatMap(membersOf).toSorted());
  return [...new Map(sets.map((regions) => [regions.join(), regions])).values()];
}
