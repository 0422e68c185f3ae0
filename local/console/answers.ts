import {type RunningWorld, requestsOf} from "../world/world.ts";
import type {Answer} from "./observed/models.ts";

/** Which model host answered a request of a region; undefined where none did, or it is long ago. */
export function answerTo(running: RunningWorld, region: string, id: string): Answer | undefined {
  // One that its host took and lost has this status, too: the last one answered.
  const asked = requestsOf(running, id).findLast(({status}) => status === 200);
  return asked && {region, host: asked.region, deployment: asked.deployment};
}
