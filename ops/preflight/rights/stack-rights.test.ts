import assert from "node:assert/strict";
import {test} from "node:test";
import {runStacks} from "../../../cloud/stacks/stacks.ts";
import {everyImage, insideWorld, withImages} from "../../../infra/fixture.ts";
import {gpuWorld} from "../../../infra/gpus.ts";
import {guardedWorld} from "../../../infra/guarded.ts";
import {needed} from "./rights.ts";
import {actionOf} from "./stack-rights.rig.ts";

test("the rights asked for are those of every resource that the stacks make", async () => {
  const {stacks} = await runStacks(withImages(guardedWorld, everyImage));
  const inside = await runStacks(insideWorld, {stacks: ["eastus2", "dns"]});
  const gpus = await runStacks(gpuWorld, {stacks: ["eastus2"]});
  const all = [...stacks, ...inside.stacks, ...gpus.stacks];
  const ids = all.flatMap(({resources}) => resources.map(({id}) => id));
  const made = new Set(ids.flatMap(actionOf));
  const asked = Object.values(needed).flat();
  const writes = asked.filter((action) => action.endsWith("/write"));
  assert.deepEqual([...made].toSorted(), writes.toSorted());
});
