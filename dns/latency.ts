import {readFileSync} from "node:fs";
import {type Location, locations} from "../regions/azure.ts";
import type {Place} from "../regions/places.ts";

/**
 * How long a round trip takes, as far as distance and the way of the cables tell: the same time for
 * every trip, and a time for each kilometre that depends on the two parts of the world. Fitted to what
 * Microsoft publishes of its own network, so without the user's access network.
 */
export interface Latency {
  readonly baseMs: number;
  /** By pair of groups, `GEO-AS GEO-EU`. */
  readonly msPerKm: ReadonlyMap<string, number>;
  /** Where no figure is published for a pair of groups: that of all figures together. */
  readonly otherwiseMsPerKm: number;
}

/** A point on Earth and the group that Traffic Manager counts it to. */
export type Site = Pick<Place, "latitude" | "longitude" | "group">;

/** A published figure: the 95th percentile of the round trips in 30 days. */
export interface Figure {
  readonly from: Location;
  readonly to: Location;
  readonly ms: number;
}

/** In milliseconds. */
export function roundTripMs(from: Site, to: Site, latency: Latency = fitted()): number {
  const {baseMs, msPerKm, otherwiseMsPerKm} = latency;
  const slope = msPerKm.get(pairOf(from, to)) ?? otherwiseMsPerKm;
  return baseMs + slope * distanceKm(from, to);
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

/** Least squares with one base for all figures and a slope for each pair of groups. */
export function fit(figures: readonly Figure[]): Latency {
  const sums = [...Map.groupBy(figures, ({from, to}) => pairOf(siteOf(from), siteOf(to)))].map(
    ([pair, group]) => ({pair, ...sumsOf(group)}),
  );
  const total = (part: (sum: (typeof sums)[number]) => number) =>
    sums.reduce((all, sum) => all + part(sum), 0);
  const baseMs =
    total(({ms, km, kmKm, kmMs}) => ms - (km * kmMs) / kmKm) /
    total(({count, km, kmKm}) => count - (km * km) / kmKm);
  const slope = ({km, kmKm, kmMs}: Omit<(typeof sums)[number], "pair">) =>
    (kmMs - baseMs * km) / kmKm;
  return {
    baseMs,
    msPerKm: new Map(sums.map((sum) => [sum.pair, slope(sum)] as const).toSorted()),
    otherwiseMsPerKm: slope(sumsOf(figures)),
  };
}

function sumsOf(figures: readonly Figure[]) {
  const sums = {count: 0, km: 0, ms: 0, kmKm: 0, kmMs: 0};
  for (const {from, to, ms} of figures) {
    const km = distanceKm(from, to);
    sums.count += 1;
    sums.km += km;
    sums.ms += ms;
    sums.kmKm += km * km;
    sums.kmMs += km * ms;
  }
  return sums;
}

const pairOf = ({group: a}: Pick<Site, "group">, {group: b}: Pick<Site, "group">): string =>
  a < b ? `${a} ${b}` : `${b} ${a}`;

/** An Azure location as the model sees it. */
export const siteOf = ({latitude, longitude, continent, geography}: Location): Site => ({
  latitude,
  longitude,
  group: ["Australia", "New Zealand"].includes(geography) ? "GEO-AP" : groups[continent],
});

const groups: Readonly<Record<Location["continent"], string>> = {
  Africa: "GEO-AF",
  "Asia Pacific": "GEO-AS",
  Canada: "GEO-NA",
  Europe: "GEO-EU",
  Mexico: "GEO-NA",
  "Middle East": "GEO-ME",
  "South America": "GEO-SA",
  US: "GEO-NA",
};

/**
 * What is published of each pair of locations, both ways: azure-latency.csv, rows and columns by
 * display name, in milliseconds. Microsoft, Azure network round-trip latency statistics, the 30 days
 * to July 30, 2026, of which the rows of this catalogue's locations are taken (CC BY 4.0):
 * https://learn.microsoft.com/azure/networking/azure-network-latency
 */
export function publishedFigures(): Figure[] {
  const byName = new Map([...locations.values()].map((place) => [place.displayName, place]));
  const text = readFileSync(new URL("azure-latency.csv", import.meta.url), "utf8");
  const [head, ...rows] = text
    .trim()
    .split("\n")
    .map((line) => line.split(","));
  return rows.flatMap(([source, ...cells]) =>
    cells.flatMap((cell, index) => {
      const [from, to] = [byName.get(source!), byName.get(head![index + 1]!)];
      return cell && from && to ? [{from, to, ms: Number(cell)}] : [];
    }),
  );
}

let known: Latency | undefined;

function fitted(): Latency {
  known ??= fit(publishedFigures());
  return known;
}

/** How far the model is from figures, in milliseconds: of half of them no more than the median. */
export interface Misses {
  readonly medianMs: number;
  readonly p95Ms: number;
}

/**
 * Of figures that the fit did not see: each location is foretold by the fit of what is published
 * without it, which is what a place that is no location meets.
 */
export function missesUnseen(figures: readonly Figure[]): Misses {
  const sources = Map.groupBy(figures, ({from}) => from);
  const misses = [...sources].flatMap(([unseen, own]) => {
    const latency = fit(figures.filter(({from, to}) => from !== unseen && to !== unseen));
    return own.map((figure) => missOf(figure, latency));
  });
  return spread(misses);
}

/** Of the figures that the model was fitted to. */
export const missesSeen = (figures: readonly Figure[], latency: Latency): Misses =>
  spread(figures.map((figure) => missOf(figure, latency)));

const missOf = ({from, to, ms}: Figure, latency: Latency): number =>
  Math.abs(roundTripMs(siteOf(from), siteOf(to), latency) - ms);

function spread(misses: readonly number[]): Misses {
  const sorted = misses.toSorted((a, b) => a - b);
  const at = (share: number) => sorted[Math.floor(share * sorted.length)] ?? 0;
  return {medianMs: at(0.5), p95Ms: at(0.95)};
}
