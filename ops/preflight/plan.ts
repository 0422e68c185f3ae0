import {planOf} from "../../dns/plan.ts";
import {profilesOf} from "../../dns/traffic-manager/traffic-manager.ts";
import {isInside, recordName} from "../../regions/names.ts";
import type {World} from "../../regions/world.ts";
import {ok, short, type Verdict} from "./finding.ts";

/** Whether Traffic Manager and the zone can hold the plan, or private zones its answers. Azure need not be asked. */
export function judgePlan(world: World): Verdict {
  if (isInside(world)) {
    const found = `${world.service.hostname} by ${world.regions.length} private zones`;
    return ok("plan", found, "one for the networks of each region");
  }
  try {
    const name = recordName(world);
    const {length} = profilesOf(world, planOf(world));
    return ok("plan", `${name} by ${length} profiles`, "within Traffic Manager's limits");
  } catch (error) {
    const found = (error as Error).message.replaceAll(/\s*\n\s*/g, " ");
    return short("plan", "profiles", found, "change regions.yaml; npm run dns shows the plan");
  }
}

/** Empty if there are none, or can be no plan. */
export function profileNames(world: World): string[] {
  if (isInside(world) || judgePlan(world).status !== "ok") return [];
  return profilesOf(world, planOf(world)).map(({profileName}) => profileName);
}
