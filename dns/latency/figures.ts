import {readFileSync} from "node:fs";
import {type Location, locations} from "../../regions/azure.ts";
import type {Place} from "../../regions/places/places.ts";

/** A point on Earth and the group that Traffic Manager counts it to. */
export type Site = Pick<Place, "latitude" | "longitude" | "group">;

/** A published figure: the 95th percentile of the round trips in 30 days. */
export interface Figure {
  readonly from: Location;
  readonly to: Location;
  readonly ms: number;
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
