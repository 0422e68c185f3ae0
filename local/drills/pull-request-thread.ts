import {parentPort, workerData} from "node:worker_threads";
import {runStacks} from "../../cloud/stacks/stacks.ts";
import {exampleKey} from "../../ops/preview/example-key.ts";
import {asJson} from "../../ops/preview/resource-tree.ts";
import {formats} from "../../ops/review/report.ts";
import {reviewOf, type Side} from "../../ops/review/review.ts";
import type {World} from "../../regions/world.ts";
import type {Change} from "./pull-request.ts";

const {before, after} = workerData as Change;
const was = await sideOf(before);
const base: Side = {world: before, stacks: JSON.parse(asJson(was.stacks))};
const review = reviewOf(base, await sideOf(after));
parentPort!.postMessage(formats.get("text")!({base: "origin/main", rules: [], review}));

/** As previews make it: two differ only by regions.yaml. */
async function sideOf(world: World): Promise<Side> {
  const {stacks} = await runStacks(world, {signingKey: exampleKey(), now: () => 0});
  return {world, stacks};
}
