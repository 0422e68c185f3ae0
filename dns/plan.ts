import {type Location, locations} from "../regions/azure.ts";
import {covers, type Place, places} from "../regions/places.ts";
import type {Region, World} from "../regions/world.ts";

/** Who is served where, and by whom when that fails. Everything that DNS says follows from it. */
export interface Plan {
  /** In order of name. Only regions that serve are in them. */
  readonly pools: readonly Pool[];
  /** In order of name. Every place is in one. */
  readonly rules: readonly Rule[];
  /** What a reader of the plan should know before it is rolled out. */
  readonly warnings: readonly string[];
}

/** Regions that share load by weight. */
export interface Pool {
  readonly name: string;
  readonly members: readonly {readonly region: string; readonly weight: number}[];
}

/** Places that are served alike. */
export interface Rule {
  /** The pool's name, with the residency labels behind it where they bind: `europe.EU`. */
  readonly name: string;
  /** The pool that serves, then those that take over, in order. */
  readonly chain: readonly string[];
  readonly places: readonly Assignment[];
}

export interface Assignment {
  readonly place: Place;
  /** From the place to the nearest serving region of its pool. */
  readonly distanceKm: number;
  /** Why its pool: by hand in `routing.places`, or the nearest of those that it may have. */
  readonly reason: "hand" | "nearest";
}

/** Gives every place the pool that serves it, and every pool those that take it over. */
export function planOf(world: World): Plan {
  const serving = world.regions.filter(({state}) => state === "serving");
  const pools = poolsOf(serving);
  const assigned = places.map((place) => assign(place, world, serving));
  const rules = [...Map.groupBy(assigned, ({rule}) => rule)].map(
    ([name, members]): Rule => ({
      name,
      chain: chainOf(members[0]!, world, serving),
      places: members.map(({place, pool, asked}) => ({
        place,
        distanceKm: Math.round(nearestKm(place, pool, serving)),
        reason: asked === pool ? "hand" : "nearest",
      })),
    }),
  );
  rules.sort((a, b) => (a.name < b.name ? -1 : 1));
  return {
    pools,
    rules,
    warnings: [...overruled(assigned), ...idle(assigned, pools), ...exposed(rules, pools)],
  };
}

/** Great-circle distance on a sphere of the Earth's mean radius. */
export function distanceKm(from: Point, to: Point): number {
  const radians = (degrees: number) => (degrees * Math.PI) / 180;
  const [a, b] = [radians(from.latitude), radians(to.latitude)];
  const half = (angle: number) => Math.sin(angle / 2) ** 2;
  const chord =
    half(b - a) + Math.cos(a) * Math.cos(b) * half(radians(to.longitude - from.longitude));
  return 2 * 6371 * Math.asin(Math.min(1, Math.sqrt(chord)));
}

type Point = Pick<Location, "latitude" | "longitude">;

function poolsOf(serving: readonly Region[]): Pool[] {
  return [...Map.groupBy(serving, ({pool}) => pool)]
    .map(([name, regions]) => ({
      name,
      members: regions.map(({name, weight}) => ({region: name, weight})),
    }))
    .toSorted((a, b) => (a.name < b.name ? -1 : 1));
}

interface Assigned {
  readonly place: Place;
  readonly pool: string;
  /** The pool that regions.yaml names for the place, served by it or not. */
  readonly asked: string | undefined;
  readonly rule: string;
  /** Labels that bind the place; none binds it if undefined. */
  readonly labels: readonly string[] | undefined;
}

/** By hand where regions.yaml says so, else the nearest; within the place's residency either way. */
function assign(place: Place, {routing}: World, serving: readonly Region[]): Assigned {
  const labels = mostSpecific(routing.residency, place)?.toSorted();
  const open = [...poolsWithin(serving, labels)];
  const asked = mostSpecific(routing.places, place);
  const pool =
    asked !== undefined && open.includes(asked) ? asked : nearestPool(place, open, serving);
  return {place, pool, asked, labels, rule: [pool, ...(labels ?? [])].join(".")};
}

/** Of the codes that cover the place, the longest says most about it. */
function mostSpecific<Value>(
  byCode: Readonly<Record<string, Value>>,
  place: Place,
): Value | undefined {
  const codes = Object.keys(byCode).filter((code) => covers(code, place));
  const longest = codes.toSorted((a, b) => b.length - a.length)[0];
  return longest === undefined ? undefined : byCode[longest];
}

/** Pools that keep the residency: every one of their regions carries one of its labels. */
function poolsWithin(
  serving: readonly Region[],
  labels: readonly string[] | undefined,
): Set<string> {
  const all = new Set(serving.map(({pool}) => pool));
  if (!labels) return all;
  const breaking = serving.filter(({residency}) => !residency || !labels.includes(residency));
  return all.difference(new Set(breaking.map(({pool}) => pool)));
}

function nearestPool(from: Point, open: readonly string[], serving: readonly Region[]): string {
  const [nearest] = open.toSorted(nearer(from, serving));
  return nearest ?? UNSERVED;
}

/** The rule of places whose residency no serving region keeps; reported as a warning. */
const UNSERVED = "";

const nearer = (from: Point, serving: readonly Region[]) => (a: string, b: string) =>
  nearestKm(from, a, serving) - nearestKm(from, b, serving) || (a < b ? -1 : 1);

/** To the nearest of the pool's regions; Infinity if it has none. */
export function nearestKm(from: Point, pool: string, serving: readonly Region[]): number {
  const members = serving.filter((region) => region.pool === pool);
  return Math.min(...members.map(({name}) => distanceKm(from, locations.get(name)!)));
}

/** The pool, then the one that regions.yaml names after each, else the nearest that is left. */
function chainOf({pool, labels}: Assigned, {routing}: World, serving: readonly Region[]): string[] {
  const left = poolsWithin(serving, labels);
  const chain: string[] = [];
  for (let next: string | undefined = pool; next !== undefined && left.delete(next); ) {
    chain.push(next);
    const named: string | undefined = routing.fallback[next];
    const near = [...left].toSorted(nearer(middleOf(pool, serving), serving));
    next = named !== undefined && left.has(named) ? named : near[0];
  }
  return chain;
}

/** Where most of a pool's weight is. */
function middleOf(pool: string, serving: readonly Region[]): Point {
  const [heaviest] = serving
    .filter((region) => region.pool === pool)
    .toSorted((a, b) => b.weight - a.weight || (a.name < b.name ? -1 : 1));
  return locations.get(heaviest!.name)!;
}

/** Places that regions.yaml gives to a pool that cannot have them. */
function overruled(assigned: readonly Assigned[]): string[] {
  const missed = assigned.filter(({asked, pool}) => asked !== undefined && asked !== pool);
  const byPools = Map.groupBy(missed, ({asked, pool}) => `${asked} ${pool}`);
  return [...byPools.values()].map((group) => {
    const {asked, pool} = group[0]!;
    const who = listed(group.map(({place}) => place.name));
    const by = pool === UNSERVED ? "by none" : `by ${pool}`;
    return `${who}: served ${by}, not by ${asked} as routing.places says, for it has no serving region or does not keep their residency; name another pool`;
  });
}

/** Pools that serve nobody until another falls. */
function idle(assigned: readonly Assigned[], pools: readonly Pool[]): string[] {
  const busy = new Set(assigned.map(({pool}) => pool));
  return pools
    .filter(({name}) => !busy.has(name))
    .map(
      ({name}) =>
        `${name}: serves no place, for each has a nearer pool or may not be served by it; give it a residency label, places in routing.places, or the pool of its neighbours`,
    );
}

/** Places that one lost region, or no loss at all, leaves without service. */
function exposed(rules: readonly Rule[], pools: readonly Pool[]): string[] {
  const sizeOf = (name: string) => pools.find((pool) => pool.name === name)?.members.length ?? 0;
  return rules.flatMap(({name, chain, places}) => {
    const regions = chain.reduce((sum, pool) => sum + sizeOf(pool), 0);
    const who = listed(places.map(({place}) => place.name));
    if (regions === 0)
      return [
        `${who}: no serving region keeps the residency; give one its label, or lift routing.residency`,
      ];
    if (regions === 1)
      return [`${who}: served by ${chain[0]} alone; add a region that may take ${name} over`];
    return [];
  });
}

function listed(names: readonly string[]): string {
  const shown = names.slice(0, 3).join(", ");
  return names.length > 3 ? `${shown} and ${names.length - 3} more` : shown;
}
