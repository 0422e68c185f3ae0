import assert from "node:assert/strict";
import {test} from "node:test";
import {type ArmId, parseArmId} from "./arm-id.ts";

const network =
  "/subscriptions/S/resourceGroups/hub/providers/Microsoft.Network/virtualNetworks/spoke";

const ids: Record<string, [id: string, parts: ArmId]> = {
  "a resource": [network, {subscription: "s", group: "hub", name: "spoke", owner: network}],
  "a child": [
    `${network}/subnets/nodes`,
    {subscription: "s", group: "hub", name: "nodes", owner: network},
  ],
};

for (const [what, [id, parts]] of Object.entries(ids))
  test(`the parts of ${what}'s id`, () => assert.deepEqual(parseArmId(id), parts));
