import assert from "node:assert/strict";
import {mkdtempSync, rmSync, writeFileSync} from "node:fs";
import {tmpdir} from "node:os";
import {join} from "node:path";
import {type TestContext, test} from "node:test";
import {smallWorld} from "../../infra/fixture.ts";
import type {Region} from "../../regions/world.ts";
import {createSubscriptions} from "./subscriptions.ts";

const {regions} = smallWorld;
const id = (digit: number) => `${digit}0000000-0000-4000-8000-00000000000a`;

/** A folder of stack configurations. */
function folderOf(t: TestContext, files: Record<string, string>): string {
  const folder = mkdtempSync(join(tmpdir(), "meridian-"));
  t.after(() => rmSync(folder, {recursive: true}));
  for (const [name, text] of Object.entries(files)) writeFileSync(join(folder, name), text);
  return folder;
}

const config = (subscription: string) => `config:
  azure-native:subscriptionId: ${subscription}
  meridian:signingKey:
    secure: v1:abc
`;

test("a stack's subscription: as given, as configured, as global's, as the environment says", (t) => {
  const folder = folderOf(t, {
    "Pulumi.westeurope.yaml": config(id(1)),
    "Pulumi.global.yaml": config(id(2)),
    "Pulumi.dns.yaml": "encryptionsalt: v1:x\n",
  });
  const env = {AZURE_SUBSCRIPTION_ID: id(3), ARM_SUBSCRIPTION_ID: id(4)};
  const configured = createSubscriptions({regions, folder, given: undefined, env});
  assert.deepEqual(["westeurope", "dns", "eastus2"].map(configured), [id(1), id(2), id(2)]);
  const given = createSubscriptions({regions, folder, given: id(5).toUpperCase(), env});
  assert.equal(given("westeurope"), id(5));
  const bare = createSubscriptions({regions, folder: folderOf(t, {}), given: undefined, env});
  assert.equal(bare("westeurope"), id(3));
});

test("what regions.yaml says of a region goes before all else; else its network's", (t) => {
  const [first, second] = smallWorld.regions as [Region, Region];
  const subnet = `/subscriptions/${id(8)}/resourceGroups/g/providers/Microsoft.Network/virtualNetworks/n/subnets/s`;
  const network = {nodes: subnet, endpoints: subnet, zones: undefined};
  const regions = [
    {...first, subscription: id(7)},
    {...second, existing: {...second.existing, network}},
  ];
  const folder = folderOf(t, {"Pulumi.eastus2.yaml": config(id(1))});
  const subscriptionOf = createSubscriptions({regions, folder, given: id(5), env: {}});
  assert.deepEqual(["eastus2", "westeurope", "dns"].map(subscriptionOf), [id(7), id(8), id(5)]);
});

test("none at all, and what is none, are refused with the mend", (t) => {
  const folder = folderOf(t, {});
  assert.throws(() => createSubscriptions({regions, folder, given: undefined, env: {}})("dns"), {
    message:
      "the subscription of dns is not known; give --subscription ID, or make the stacks: npm run stacks",
  });
  assert.throws(() => createSubscriptions({regions, folder, given: "../x", env: {}})("dns"), {
    message: `"../x" is not a subscription's id, a GUID; az account show --query id`,
  });
});
