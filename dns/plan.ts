import {codesOf, type Place, places} from "../regions/places/places.ts";
import type {Region, World} from "../regions/world.ts";
import {type Distances, distancesOf} from "./latency/distances.ts";
import {type Pool, poolsOf} from "./pool.ts";
import {listed} from "./table.ts";

/** Who is served where, and by whom when that fails. Everything that DNS says follows from it. */
export interface Plan {
  /** Sorted by name. Contains only regions that serve. */
  readonly pools: readonly Pool[];
  /** Sorted by name. Every place is in exactly one. */
  readonly rules: readonly Rule[];
  /** What a reader of the plan should know before it is rolled out. */
  readonly warnings: readonly string[];
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
  /** The expected round trip: the mean over the pool's regions by weight. Infinity where none serves. */
  readonly roundTripMs: number;
  /** Why it has this pool: set by hand in `routing.places`, or the nearest one that its residency allows. */
  readonly reason: "hand" | "nearest";
}

/** Gives every place the pool that serves it, and every pool those that take it over. */
export function planOf(world: World): Plan {
  const serving = world.regions.filter(({state}) => state === "serving");
  const pools = poolsOf(serving);
  const distances = distancesOf(pools);
  const assigned = places.map((place) => assign(place, world, serving, distances));
  const rules = [...Map.groupBy(assigned, ({rule}) => rule)].map(
    ([name, members]): Rule => ({
      name,
      chain: chainOf(members[0]!, world, serving, distances),
      places: members.map(({place, pool, asked}) => ({
        place,
        roundTripMs: distances.toPlace(pool, place),
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

interface Assigned {
  readonly place: Place;
  readonly pool: string;
  /** The pool that regions.yaml names for the place, whether or not it can serve it. */
  readonly asked: string | undefined;
  readonly rule: string;
  /** The residency labels that bind the place; undefined if none do. */
  readonly labels: readonly string[] | undefined;
}

/** Assigns the pool that regions.yaml names, else the nearest one; in both cases within the place's residency. */
function assign(
  place: Place,
  {routing}: World,
  serving: readonly Region[],
  distances: Distances,
): Assigned {
  const labels = mostSpecific(routing.residency, place)?.toSorted();
  const open = [...poolsWithin(serving, labels)];
  const asked = mostSpecific(routing.places, place);
  const [near = UNSERVED] = byNearness(open, (pool) => distances.toPlace(pool, place));
  const pool = asked !== undefined && open.includes(asked) ? asked : near;
  return {place, pool, asked, labels, rule: [pool, ...(labels ?? [])].join(".")};
}

function mostSpecific<Value>(
  byCode: Readonly<Record<string, Value>>,
  place: Place,
): Value | undefined {
  const code = codesOf(place).find((code) => Object.hasOwn(byCode, code));
  return code === undefined ? undefined : byCode[code];
}

/** Pools that keep a residency: all of their regions carry one of its labels. */
function poolsWithin(
  serving: readonly Region[],
  labels: readonly string[] | undefined,
): Set<string> {
  const all = new Set(serving.map(({pool}) => pool));
  if (!labels) return all;
  const breaking = serving.filter(({residency}) => !residency || !labels.includes(residency));
  return all.difference(new Set(breaking.map(({pool}) => pool)));
}

/** Sorted by round trip, then by name. */
function byNearness(open: Iterable<string>, msTo: (pool: string) => number): string[] {
  return [...open]
    .map((name) => ({name, ms: msTo(name)}))
    .toSorted((a, b) => a.ms - b.ms || (a.name < b.name ? -1 : 1))
    .map(({name}) => name);
}

/** The pool of places whose residency no serving region keeps; reported as a warning. */
const UNSERVED = "";

/** The pool and its fallbacks: after each, the one that regions.yaml names, else the nearest one left. */
function chainOf(
  {pool, labels}: Assigned,
  {routing}: World,
  serving: readonly Region[],
  distances: Distances,
): string[] {
  const left = poolsWithin(serving, labels);
  const near = byNearness(left, (other) => distances.between(pool, other));
  const chain: string[] = [];
  for (let next: string | undefined = pool; next !== undefined && left.delete(next); ) {
    chain.push(next);
    const named: string | undefined = routing.fallback[next];
    next = named !== undefined && left.has(named) ? named : near.find((other) => left.has(other));
  }
  return chain;
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

/** Places that one lost region, or no loss at all, leaves without service; a sentence for each rule. */
export function exposed(rules: readonly Rule[], pools: readonly Pool[]): string[] {
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
