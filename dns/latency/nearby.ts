import type {Location} from "../../regions/azure.ts";
import {distanceKm, type Figure, type Site} from "./figures.ts";

/** As far as what is measured at a location says something of its surroundings. */
const REACH_KM = 1000;
/** What a location weighs at three times that: nothing any more. */
const LEAST = Math.exp(-9);
/** The weight of no evidence, so that little is made of locations that are all far. */
const NO_EVIDENCE = 0.1;

/**
 * How many times as long as expected a trip takes, by the figures between locations near both of its
 * ends: their mean, weighted by how near they are. 1 where none is near. A factor, for a number of
 * milliseconds that is right for a long trip makes a short one take less than nothing.
 */
export function createDetour(
  figures: readonly Figure[],
  expectedMs: (figure: Figure) => number,
): (from: Site, to: Site) => number {
  const locations = [...new Set(figures.flatMap(({from, to}) => [from, to]))];
  const indexOf = new Map(locations.map((location, index) => [location, index]));
  // A row for each location that a trip begins at; NaN where nothing is measured.
  const detours = new Float64Array(locations.length ** 2).fill(Number.NaN);
  for (const figure of figures)
    detours[indexOf.get(figure.from)! * locations.length + indexOf.get(figure.to)!] =
      figure.ms / expectedMs(figure);
  const neighbours = createNeighbours(locations);
  return (from, to) => {
    const ends = neighbours(to);
    let [sum, weights] = [NO_EVIDENCE, NO_EVIDENCE];
    for (const start of neighbours(from))
      for (const end of ends) {
        const detour = detours[start.index * locations.length + end.index]!;
        if (Number.isNaN(detour)) continue;
        sum += start.weight * end.weight * detour;
        weights += start.weight * end.weight;
      }
    return sum / weights;
  };
}

interface Neighbour {
  /** Of the location. */
  readonly index: number;
  /** 1 on the spot, less with the distance. */
  readonly weight: number;
}

function createNeighbours(locations: readonly Location[]) {
  const known = new WeakMap<Site, readonly Neighbour[]>();
  return (site: Site): readonly Neighbour[] => {
    const found =
      known.get(site) ??
      locations
        .map((location, index) => ({index, weight: weightAt(distanceKm(site, location))}))
        .filter(({weight}) => weight > LEAST);
    known.set(site, found);
    return found;
  };
}

const weightAt = (km: number): number => Math.exp(-((km / REACH_KM) ** 2));
