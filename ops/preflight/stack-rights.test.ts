import assert from "node:assert/strict";
import {test} from "node:test";
import {runStacks} from "../../cloud/stacks/stacks.ts";
import {insideWorld, smallWorld} from "../../infra/fixture.ts";
import {needed} from "./rights.ts";

test("the rights asked for are those of every resource that the stacks make", async () => {
  const {stacks} = await runStacks(smallWorld);
  const inside = await runStacks(insideWorld, {stacks: ["eastus2", "dns"]});
  const ids = [...stacks, ...inside.stacks].flatMap(({resources}) => resources.map(({id}) => id));
  const made = new Set(ids.flatMap((id) => actionOf(id) ?? []));
  const asked = Object.values(needed).flat();
  const writes = asked.filter((action) => action.endsWith("/write"));
  assert.deepEqual([...made].toSorted(), writes.toSorted());
});

/** What writing a resource is called: its provider and types, without the names between them. */
function actionOf(id: string): string | undefined {
  if (!id.startsWith("/subscriptions/")) return undefined;
  const [, provider = "", path = ""] = /.*\/providers\/([^/]+)\/(.*)$/.exec(id) ?? [];
  if (!provider) return "Microsoft.Resources/subscriptions/resourceGroups/write";
  const types = path.split("/").filter((_, index) => index % 2 === 0);
  return [provider, ...types, "write"].join("/");
}
