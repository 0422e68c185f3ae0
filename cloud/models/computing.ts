import {locations} from "../../regions/azure.ts";
import {globalLocations, zoneOf} from "../azure/availability.ts";

/**
 * Where a request is computed, as the header `x-ms-region` names it ("East US 2"): by the deployment's sku within its
 * location, its zone, or anywhere. One after the other, so that whoever relies on one of them is found out.
 */
export function computedIn(
  {location, sku = ""}: {location: string; sku: string | undefined},
  turn: number,
): string {
  const all = placesOf(location, sku);
  const name = all[turn % all.length]!;
  return locations.get(name)?.displayName ?? name;
}

function placesOf(location: string, sku: string): readonly string[] {
  if (sku.startsWith("Global")) return globalLocations;
  return (sku.startsWith("DataZone") && zoneOf(location)) || [location];
}
