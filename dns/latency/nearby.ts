import type {Location} from "../../regions/azure.ts";
import {distanceKm, type Figure, type Site} from "./figures.ts";

/** The distance within which a measurement says something about its surroundings. */
const REACH_KM = 1000;
/** The weight at three times that distance is next to nothing. */
const LEAST = Math.exp(-9);
/** The weight of having no evidence, so that distant locations count for little. */
const NO_EVIDENCE = 0.1;

/**
 * How many times as long as expected a trip takes: the mean over figures between locations near both of its
 * ends, weighted by how near they are; 1 where none is near. It is a factor, because a difference in
 * milliseconds that is right for a long trip would make a short one negative.
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
  /** The index of the location. */
  readonly index: number;
  /** 1 at the location itself, falling with distance. */
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
