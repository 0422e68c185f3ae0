import {locations} from "../azure.ts";
import {type Fault, type Mapping, mapping} from "../meaning.ts";

/** Zones that a region names of a location without any. What defaults say is for those that have some. */
export function zoneFaults(file: Mapping): Fault[] {
  return Object.entries(mapping(file.regions)).flatMap(([name, region]) => {
    if (locations.get(name)?.zones ?? true) return [];
    const cluster = mapping(mapping(region).cluster);
    const at = ["regions", name, "cluster"];
    const named = [
      {path: [...at, "zones"], zones: cluster.zones},
      {path: [...at, "system", "zones"], zones: mapping(cluster.system).zones},
    ];
    return named
      .filter(({zones}) => zones !== undefined)
      .map(({path}) => ({path, message: `${name} has no availability zones; take them out`}));
  });
}
