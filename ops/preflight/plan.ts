import {planOf} from "../../dns/plan.ts";
import {profilesOf} from "../../dns/traffic-manager/traffic-manager.ts";
import {recordName} from "../../regions/names.ts";
import type {World} from "../../regions/world.ts";
import {ok, short, type Verdict} from "./finding.ts";

/** Whether Traffic Manager and the zone can hold the plan. Azure need not be asked. */
export function judgePlan(world: World): Verdict {
  try {
    const name = recordName(world);
    const {length} = profilesOf(world, planOf(world));
    return ok("plan", `${name} by ${length} profiles`, "within Traffic Manager's limits");
  } catch (error) {
    const found = (error as Error).message.replaceAll(/\s*\n\s*/g, " ");
    return short("plan", "profiles", found, "change regions.yaml; npm run dns shows the plan");
  }
}

/** Empty if there can be no plan. */
export function profileNames(world: World): string[] {
  if (judgePlan(world).status !== "ok") return [];
  return profilesOf(world, planOf(world)).map(({profileName}) => profileName);
}
