import type {Stack} from "../../cloud/stacks/stacks.ts";
import type {World} from "../../regions/world.ts";
import {exampleKey, exampleSealingKey} from "./example-key.ts";

/**
 * What the stacks ask for, with keys and a time that are always the same: what two previews differ by is regions.yaml and
 * the programs. Pulumi takes a second to load, so it is loaded only once there is something to run.
 */
export async function exampleStacks(
  world: World,
  stacks?: readonly string[],
): Promise<readonly Stack[]> {
  const {runStacks} = await import("../../cloud/stacks/stacks.ts");
  const wanted = stacks && {stacks};
  const same = {signingKey: exampleKey(), sealingKey: exampleSealingKey(), now: () => 0};
  return (await runStacks(world, {...wanted, ...same})).stacks;
}
