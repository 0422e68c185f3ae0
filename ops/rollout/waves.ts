import {peopleIn} from "../../dns/people.ts";
import type {Plan} from "../../dns/plan.ts";
import {fallbackRegions} from "../../infra/stacks/fallback-regions.ts";
import type {Region, World} from "../../regions/world.ts";

/** Stacks that are brought up at the same time and judged together. */
export type Wave = readonly string[];

export interface Choice {
  /** The region that goes first; the one with the fewest users if undefined. */
  readonly canary: string | undefined;
  /** Only these regions, without the stacks around them; undefined means every stack. */
  readonly regions: readonly string[] | undefined;
}

/** Each engine with its program takes half a gigabyte; and no more than this may go wrong at once. */
const MAX_AT_ONCE = 4;

/**
 * Every stack in the order in which it is changed: what all regions share, the canary, then regions
 * from the fewest users to the most, then what joins them and what points at them. No wave holds two
 * regions that take each other's users over: of one pool, or of a pool and the next in a chain, or of
 * which one's proxies ask the other's model host.
 */
export function wavesOf(world: World, plan: Plan, {canary, regions}: Choice): Wave[] {
  const users = usersOf(plan);
  const chosen = world.regions
    .filter(({name}) => !regions || regions.includes(name))
    .toSorted((a, b) => users(a) - users(b) || (a.name < b.name ? -1 : 1));
  const first =
    chosen.find(({name}) => name === canary) ??
    chosen.find(({state}) => state === "serving") ??
    chosen[0];
  const rest = chosen.filter((region) => region !== first);
  const waves = [...(first ? [[first.name]] : []), ...apart(rest, leansOn(world, plan))];
  return regions ? waves : [["global"], ...waves, ["fallback"], ["dns"]];
}

type Related = (a: Region, b: Region) => boolean;

/** Puts each region into the first wave with room and without a region related to it. */
function apart(regions: readonly Region[], related: Related): Wave[] {
  const waves: Region[][] = [];
  for (const region of regions) {
    const open = waves.find(
      (wave) => wave.length < MAX_AT_ONCE && !wave.some((other) => related(region, other)),
    );
    if (open) open.push(region);
    else waves.push([region]);
  }
  return waves.map((wave) => wave.map(({name}) => name));
}

/** Whether one of two regions takes over what the other loses. */
export function leansOn(world: World, plan: Plan): Related {
  const next = new Set(plan.rules.map(({chain: [first, second]}) => `${first} ${second}`));
  const asked = new Map(
    world.regions.map((region) => [region, new Set(fallbackRegions(world, plan, region))]),
  );
  const takesOver: Related = (a, b) => next.has(`${a.pool} ${b.pool}`) || asked.get(a)!.has(b);
  return (a, b) => a.pool === b.pool || takesOver(a, b) || takesOver(b, a);
}

/** The people DNS sends to a region: its share, by weight, of those its pool serves. */
function usersOf({rules, pools}: Plan): (region: Region) => number {
  const ofPool = (name: string) =>
    rules
      .filter(({chain}) => chain[0] === name)
      .flatMap(({places}) => places)
      .reduce((sum, {place}) => sum + peopleIn(place), 0);
  const users = new Map(
    pools.flatMap(({name, members}) => {
      const people = ofPool(name) / members.reduce((sum, {weight}) => sum + weight, 0);
      return members.map(({region, weight}) => [region, people * weight] as const);
    }),
  );
  return ({name}) => users.get(name) ?? 0;
}
