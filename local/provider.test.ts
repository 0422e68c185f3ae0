import assert from "node:assert/strict";
import {test} from "node:test";
import {runtime} from "@pulumi/pulumi";
import {createCloud} from "./cloud.ts";
import {UNKNOWN} from "./marks.ts";
import {createProvider, type Properties} from "./provider.ts";

const urnOf = (type: string) =>
  `urn:pulumi:westeurope::meridian::meridian:Vault$azure-native:${type}::it`;
const inGroup = {resourceGroupName: "group", location: "westeurope"};
const group = urnOf("resources:ResourceGroup");
const vault = urnOf("keyvault:Vault");
const key = urnOf("keyvault:Secret");
const secret = {[runtime.specialSigKey]: runtime.specialSecretSig, value: "hidden"};
const keyInputs = {...inGroup, vaultName: "vault", secretName: "key", properties: {value: secret}};

async function provided() {
  const cloud = createCloud();
  const provider = createProvider(cloud);
  await provider.create(group, inGroup);
  await provider.create(vault, {...inGroup, vaultName: "vault", properties: {}});
  return {cloud, provider};
}

const shapes: Record<string, [urn: string, inputs: Properties, says: RegExp | undefined]> = {
  "a name that is right": [vault, {...inGroup, vaultName: "vault"}, undefined],
  "a name that is wrong": [vault, {...inGroup, vaultName: "-"}, /^VaultNameNotValid/],
  "a name that a preview cannot know": [vault, {...inGroup, vaultName: UNKNOWN}, undefined],
  "no name": [vault, inGroup, /^missing required property "vaultName"$/],
  "a type that is not known": [urnOf("sql:Server"), {}, /^UnknownType: .*sql:Server$/],
};

for (const [what, [urn, inputs, says]] of Object.entries(shapes))
  test(`checked before the cloud is asked: ${what}`, () => {
    const faults = createProvider(createCloud()).check(urn, inputs);
    if (says) assert.match(faults.join(), says);
    else assert.deepEqual(faults, []);
  });

test("a secret goes to the cloud plain; as an input it comes back marked, as an output not at all", async () => {
  const {cloud, provider} = await provided();
  const {id, properties} = await provider.create(key, keyInputs);
  assert.deepEqual(cloud.find(id)?.inputs.properties, {value: "hidden"});
  assert.deepEqual(Object.keys(properties.properties as object), ["attributes"]);
  assert.deepEqual(provider.read(id, keyInputs)?.inputs, keyInputs);
});

test("a changed location replaces, the old one first; a changed tag does not", async () => {
  const {cloud, provider} = await provided();
  const [there] = cloud.resources;
  const diff = (news: object) => provider.diff(there!.id, group, inGroup, {...inGroup, ...news});
  assert.deepEqual(diff({}), {changes: [], replaces: [], deleteFirst: true});
  assert.deepEqual(diff({tags: {a: "b"}}), {changes: ["tags"], replaces: [], deleteFirst: true});
  assert.deepEqual(diff({location: "eastus2"}), {
    changes: ["location"],
    replaces: ["location"],
    deleteFirst: true,
  });
  assert.deepEqual(diff({resourceGroupName: "other"}), {
    changes: ["resourceGroupName"],
    replaces: ["resourceGroupName"],
    deleteFirst: false,
  });
});

test("what others changed is read, and what they removed is gone", async () => {
  const {cloud, provider} = await provided();
  const {id} = await provider.create(key, keyInputs);
  cloud.edit(id, {tags: {by: "hand"}});
  assert.deepEqual(provider.read(id, keyInputs)?.inputs, {...keyInputs, tags: {by: "hand"}});
  await provider.remove(id);
  assert.equal(provider.read(id, keyInputs), undefined);
  await assert.rejects(provider.update(id, key, keyInputs), /^CloudError|ResourceNotFound/);
});
