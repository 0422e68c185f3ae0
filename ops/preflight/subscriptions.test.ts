import assert from "node:assert/strict";
import {mkdtempSync, rmSync, writeFileSync} from "node:fs";
import {tmpdir} from "node:os";
import {join} from "node:path";
import {type TestContext, test} from "node:test";
import {createSubscriptions} from "./subscriptions.ts";

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
  const configured = createSubscriptions({folder, given: undefined, env});
  assert.deepEqual(["westeurope", "dns", "eastus2"].map(configured), [id(1), id(2), id(2)]);
  const given = createSubscriptions({folder, given: id(5).toUpperCase(), env});
  assert.equal(given("westeurope"), id(5));
  const bare = createSubscriptions({folder: folderOf(t, {}), given: undefined, env});
  assert.equal(bare("westeurope"), id(3));
});

test("none at all, and what is none, are refused with the mend", (t) => {
  const folder = folderOf(t, {});
  assert.throws(() => createSubscriptions({folder, given: undefined, env: {}})("dns"), {
    message:
      "the subscription of dns is not known; give --subscription ID, or make the stacks: npm run stacks",
  });
  assert.throws(() => createSubscriptions({folder, given: "../x", env: {}})("dns"), {
    message: `"../x" is not a subscription's id, a GUID; az account show --query id`,
  });
});
