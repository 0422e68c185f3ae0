import {siteOf} from "../../dns/latency/figures.ts";
import {roundTripMs} from "../../dns/latency/latency.ts";
import {type Location, locations, locationsIn} from "../../regions/azure.ts";
import type {World} from "../../regions/world.ts";

/** A location that could stand in for another. */
export interface Alternative {
  readonly location: Location;
  /** Round trip to the location that it stands in for. */
  readonly ms: number;
}

/**
 * Every location of the cloud that is not a region yet, nearest first. A location with zones is only replaced by one
 * with zones, and a region with a residency only by one on the same continent.
 */
export function alternativesTo(world: World, name: string): Alternative[] {
  const region = world.regions.find((region) => region.name === name)!;
  const from = locations.get(name)!;
  const taken = new Set(world.regions.map(({name}) => name));
  return locationsIn(from.cloud)
    .filter(({name}) => !taken.has(name))
    .filter(({zones}) => zones || !from.zones)
    .filter(({continent}) => !region.residency || continent === from.continent)
    .map((location) => ({location, ms: roundTripMs(siteOf(from), siteOf(location))}))
    .toSorted((a, b) => a.ms - b.ms);
}
