import {once} from "node:events";
import {Worker} from "node:worker_threads";
import type {World} from "../../regions/world.ts";

export interface Change {
  readonly before: World;
  readonly after: World;
}

/**
 * What `npm run preview -- --base` says of a change to regions.yaml. It is made in a thread of its own, so that it
 * holds up no model host of a world that runs in this one.
 */
export async function reviewText(before: World, after: World): Promise<string> {
  const change: Change = {before, after};
  const worker = new Worker(new URL("./pull-request-thread.ts", import.meta.url), {
    workerData: change,
  });
  const [text] = (await once(worker, "message")) as [string];
  await worker.terminate();
  return text;
}
