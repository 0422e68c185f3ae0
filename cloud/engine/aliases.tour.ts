import assert from "node:assert/strict";
import {after, before, describe, test} from "node:test";
import {createCloud} from "../cloud.ts";
import {type Deployed, deployed, regionsFile, whyNotRun} from "./deployed.ts";

const skip = whyNotRun("aliases.tour.ts");
const stacks = ["global", "eastus2"];

describe("stacks that an earlier release made", {skip, timeout: 900_000}, () => {
  const cloud = createCloud();
  let run: Deployed["run"];
  let deployer: Deployed["deployer"];
  before(async () => {
    ({run, deployer} = await deployed(cloud, regionsFile(), stacks));
    for (const stack of stacks) await run("up", stack);
    for (const stack of stacks) await callAsBefore(stack);
  });
  after(() => deployer?.stop());

  /** Gives the components in a stack's state the types that they had: `meridian:Vault`. */
  async function callAsBefore(stack: string): Promise<void> {
    const state = await deployer.pulumi(["stack", "export", "--stack", stack]);
    const before = state.replaceAll("meridian:index:", "meridian:");
    assert.ok(before.length < state.length);
    await deployer.pulumi(["stack", "import", "--stack", stack], before);
  }

  for (const stack of stacks)
    test(`${stack}: nothing is replaced, changed or made again`, async () => {
      const there = structuredClone(cloud.resources);
      assert.deepEqual(await run("preview", stack), []);
      assert.deepEqual(await run("up", stack), []);
      assert.deepEqual(cloud.resources, there);
      const state = await deployer.pulumi(["stack", "export", "--stack", stack]);
      assert.ok(!/meridian:[A-Z]/.test(state), "an old type is left");
    });
});
