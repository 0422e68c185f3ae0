import {withoutRegions} from "../../dns/lost.ts";
import {type Plan, planOf} from "../../dns/plan.ts";
import {releaseOf} from "../../regions/models/releases.ts";
import type {Model, Region, World} from "../../regions/world.ts";
import {demandOf, type Load} from "./load.ts";
import {type kinds, type Need, needOf, type Tightest, tightest} from "./need.ts";

/** A region at its own busiest hour. */
export interface Peak {
  readonly region: string;
  /** The hour of the day, in UTC. */
  readonly hour: number;
  readonly need: Need;
}

/** Which region is the first to run short, of quota and of pods, while others are lost. */
export interface Breaking extends Partial<Record<keyof typeof kinds, First>> {
  readonly lost: readonly string[];
  /** Requests a second, at the worst hour, from places that no remaining region may serve. */
  readonly unserved: number;
}

export interface First extends Tightest {
  readonly region: string;
}

/** How many requests a day of this shape the file carries while every region is up, and what runs short first beyond. */
export interface Carried {
  readonly requestsPerDay: number;
  /** Undefined where the plan sends nobody anywhere. */
  readonly short: First | undefined;
}

export interface Scale {
  /** Requests a second of all places together, at the busiest hour. */
  readonly peakPerSecond: number;
  readonly regions: readonly Peak[];
  readonly carries: Carried;
  /** For every one and every two of the serving regions. */
  readonly breaking: readonly Breaking[];
}

/**
 * What a day's load takes of each region by the DNS plan, and which is the first to break when some are
 * lost.
 */
export function scaleOf(world: World, load: Load): Scale {
  const plan = planOf(world);
  const serving = world.regions.filter(({state}) => state === "serving").map(({name}) => name);
  const pairs = serving.flatMap((a, at) => serving.slice(at + 1).map((b) => [a, b]));
  const losses = [...serving.map((name) => [name]), ...pairs].filter(
    (lost) => lost.length < serving.length,
  );
  const hours = sums([...demandOf(load).values()]);
  const {peaks} = peaksOf(world, plan, load);
  return {
    peakPerSecond: Math.max(...hours),
    regions: peaks,
    carries: carriedBy(peaks, load),
    breaking: losses.map((lost) => breakingOf(world, withoutRegions(plan, lost), load, lost)),
  };
}

/** All that a region needs grows as the day does. */
export function carriedBy(peaks: readonly Peak[], {requestsPerDay}: Load): Carried {
  const short = firstOf(peaks, (need) =>
    [tightest(need, "quota"), tightest(need, "pods")].filter((one) => one !== undefined),
  );
  return {requestsPerDay: short ? Math.floor(requestsPerDay / short.used) : 0, short};
}

/** The region, and its limit, with the largest share used. */
function firstOf(
  peaks: readonly Peak[],
  limitsOf: (need: Need) => readonly Tightest[],
): First | undefined {
  return peaks
    .flatMap(({region, need}) => limitsOf(need).map((tight) => ({region, ...tight})))
    .toSorted((a, b) => b.used - a.used)[0];
}

function breakingOf(world: World, plan: Plan, load: Load, lost: readonly string[]): Breaking {
  const {peaks, unserved} = peaksOf(world, plan, load);
  const [quota, pods] = (["quota", "pods"] as const).map((kind) =>
    firstOf(peaks, (need) => [tightest(need, kind)].filter((one) => one !== undefined)),
  );
  return {lost, ...(quota && {quota}), ...(pods && {pods}), unserved};
}

/** Every region that the plan sends users to, at its busiest hour. */
export function peaksOf(world: World, plan: Plan, load: Load) {
  const requestsPerUnit = requestsPerUnitOf(world.models[load.model]);
  const {regions, unserved} = ratesOf(plan, load);
  const regionOf = (name: string): Region => world.regions.find((one) => one.name === name)!;
  const peaks = [...regions].map(([region, hours]): Peak => {
    const most = Math.max(...hours);
    return {
      region,
      hour: hours.indexOf(most),
      need: needOf(regionOf(region), most, load, requestsPerUnit),
    };
  });
  return {
    peaks: peaks.toSorted((a, b) => b.need.perSecond - a.need.perSecond),
    unserved: Math.max(0, ...unserved),
  };
}

/** Requests a second by hour of the day in UTC: those that the plan sends to each region, and those that nobody may serve. */
export function ratesOf(plan: Plan, load: Load) {
  const demand = demandOf(load);
  const byRegion = new Map<string, (readonly number[])[]>();
  const unserved: (readonly number[])[] = [];
  for (const {chain, places} of plan.rules) {
    const hours = sums(places.map(({place}) => demand.get(place)!));
    const members = plan.pools.find(({name}) => name === chain[0])?.members;
    if (!members) unserved.push(hours);
    const total = members?.reduce((sum, {weight}) => sum + weight, 0) ?? 0;
    for (const {region, weight} of members ?? []) {
      const share = hours.map((perSecond) => (perSecond * weight) / total);
      byRegion.set(region, [...(byRegion.get(region) ?? []), share]);
    }
  }
  const regions = new Map([...byRegion].map(([region, shares]) => [region, sums(shares)]));
  return {regions, unserved: sums(unserved)};
}

const requestsPerUnitOf = (model: Model | undefined): number | undefined =>
  model?.host === "azure" ? releaseOf(model)?.requestsPerUnit : undefined;

/** Adds them up hour by hour. */
const sums = (lists: readonly (readonly number[])[]): number[] =>
  Array.from({length: 24}, (_, hour) => lists.reduce((sum, list) => sum + list[hour]!, 0));
