import {locations} from "../azure.ts";

/** What a data zone sku keeps its computing in. */
export type DataZone = "US" | "EU";

/**
 * Europe's locations with data zone skus; Norway's and Switzerland's have larger models alone:
 * foundry-models/includes/model-matrix/deployments-standard.md (2026-06-11).
 */
const EU: readonly string[] = [
  ...["francecentral", "germanywestcentral", "italynorth", "polandcentral", "spaincentral"],
  ...["swedencentral", "westeurope", "norwayeast", "switzerlandnorth"],
];

/** The data zone of a location of the public cloud; undefined for Canada, Brazil, Asia and all the others that are in none. */
export function zoneOf(location: string): DataZone | undefined {
  if (EU.includes(location)) return "EU";
  const {cloud, continent} = locations.get(location) ?? {};
  return cloud === "public" && continent === "US" ? "US" : undefined;
}
