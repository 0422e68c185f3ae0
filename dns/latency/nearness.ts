import {locations} from "../../regions/azure.ts";
import type {Region} from "../../regions/world.ts";
import {siteOf} from "./figures.ts";
import {roundTripMs} from "./latency.ts";

/** Sorts regions by their expected round trip from one, then by name. */
export const nearerTo = (from: Region) => (a: Region, b: Region) => {
  const site = ({name}: Region) => siteOf(locations.get(name)!);
  const far = (to: Region) => roundTripMs(site(from), site(to));
  return far(a) - far(b) || (a.name < b.name ? -1 : 1);
};
