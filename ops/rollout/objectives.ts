import {modelsOf} from "../../infra/cluster/proxy.ts";
import {type Objective, objectiveOf} from "../../proxy/policy.ts";
import type {Region, World} from "../../regions/world.ts";

/** The model that a region is asked for: one on GPUs first, as its servers are the stack's; undefined where it has none. */
export const modelAsked = (region: Region): string | undefined =>
  region.replicas[0]?.model ?? modelsOf(region)[0];

/** What is promised of that model. */
export const objectiveIn = ({service, models}: World, region: Region): Objective =>
  objectiveOf({objective: service.objective, models}, modelAsked(region) ?? "");

/** What is promised of all that are asked for: `400`, or `400 or 1500` where they differ. */
export function promisedBy(world: World) {
  const promises = world.regions.map((region) => objectiveIn(world, region));
  const each = (of: (objective: Objective) => number) =>
    [...new Set(promises.map(of))].toSorted((a, b) => a - b).join(" or ");
  return {
    success: each(({success}) => success * 100),
    firstByteMs: each(({firstByteMs}) => firstByteMs),
  };
}
