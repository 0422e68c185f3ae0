import assert from "node:assert/strict";
import {test} from "node:test";
import {runStacks, type Stack} from "../../cloud/stacks/stacks.ts";
import {smallWorld as world} from "../../infra/fixture.ts";
import {reviewOf} from "./review.ts";
import {parseRules} from "./rules.ts";

/** With keys of its model hosts turned on. */
const opened = (stack: Stack): Stack => ({
  ...stack,
  resources: stack.resources.map((resource) =>
    resource.type.endsWith("cognitiveservices:Account")
      ? {...resource, inputs: {...resource.inputs, properties: {disableLocalAuth: false}}}
      : resource,
  ),
});

test("a review tells what the policy pack refuses of the stacks as they will be", async () => {
  const {stacks} = await runStacks(world, {stacks: ["eastus2"]});
  const [rule] = parseRules(["policy-pack"]);
  const before = {world, stacks};
  const after = {world, stacks: stacks.map(opened)};
  assert.deepEqual(rule!.broken(reviewOf(before, before)), []);
  assert.deepEqual(rule!.broken(reviewOf(after, before)), []);
  const broken = rule!.broken(reviewOf(before, after));
  assert.match(
    broken.join("\n"),
    /no-keys: stack eastus2, azure-native:cognitiveservices:Account "account": properties\.disableLocalAuth is false, and has to be true\. /,
  );
});
