import assert from "node:assert/strict";
import {test} from "node:test";
import {runtime} from "@pulumi/pulumi";
import {createCloud} from "../cloud.ts";
import {inGroup, vault as vaultStep, within} from "../orders.cases.ts";
import {kindOf} from "../types.ts";
import {createProvider, type Properties} from "./provider.ts";
import {UNKNOWN} from "./pulumi-values.ts";

const urnOf = (type: string) =>
  `urn:pulumi:westeurope::meridian::meridian:Vault$azure-native:${type}::it`;
const group = urnOf("resources:ResourceGroup");
const vault = urnOf("keyvault:Vault");
const key = urnOf("keyvault:Secret");
const [, vaultInputs] = vaultStep();
const secret = {[runtime.specialSigKey]: runtime.specialSecretSig, value: "hidden"};
const keyInputs = {...within, vaultName: "vault", secretName: "key", properties: {value: secret}};

async function provided() {
  const cloud = createCloud();
  const provider = createProvider(cloud);
  await provider.create(group, inGroup);
  await provider.create(vault, vaultInputs);
  return {cloud, provider};
}

const shapes: Record<string, [urn: string, inputs: Properties, says: RegExp | undefined]> = {
  "a name that is right": [vault, vaultInputs, undefined],
  "a name that is wrong": [vault, {...vaultInputs, vaultName: "-"}, /^VaultNameNotValid/],
  "a name that a preview cannot know": [vault, {...vaultInputs, vaultName: UNKNOWN}, undefined],
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

const object = (name: string, app: string) => ({
  metadata: {name, namespace: "meridian"},
  spec: {selector: {matchLabels: {app}}},
});
const pool = (name: string, inputs: object) => ({
  resourceGroupName: "group",
  resourceName: "cluster",
  agentPoolName: name,
  ...inputs,
});

/** Old inputs and new ones: which properties force a replacement, and whether the old resource is deleted first. */
const diffs: Record<
  string,
  [type: string, olds: Properties, news: Properties, replaces: string[], deleteFirst: boolean]
> = {
  nothing: ["azure-native:resources:ResourceGroup", inGroup, inGroup, [], false],
  "a tag": [
    "azure-native:resources:ResourceGroup",
    inGroup,
    {...inGroup, tags: {a: "b"}},
    [],
    false,
  ],
  "a location": [
    "azure-native:resources:ResourceGroup",
    inGroup,
    {...inGroup, location: "eastus2"},
    ["location"],
    true,
  ],
  "a name: azure-native deletes first all the same": [
    "azure-native:resources:ResourceGroup",
    inGroup,
    {...inGroup, resourceGroupName: "other"},
    ["resourceGroupName"],
    true,
  ],
  "a pool's size": [
    "azure-native:containerservice:AgentPool",
    pool("users", {vmSize: "D4"}),
    pool("users", {vmSize: "D8"}),
    ["vmSize"],
    true,
  ],
  "a pool's zones, which are asked for and refused": [
    "azure-native:containerservice:AgentPool",
    pool("users", {availabilityZones: ["1"]}),
    pool("users", {availabilityZones: ["2"]}),
    [],
    false,
  ],
  "an object's selector": [
    "kubernetes:apps/v1:Deployment",
    object("proxy", "a"),
    object("proxy", "b"),
    ["spec.selector.matchLabels.app"],
    true,
  ],
  "an object's name: the new one comes first": [
    "kubernetes:apps/v1:Deployment",
    object("proxy", "a"),
    object("other", "a"),
    ["metadata.name"],
    false,
  ],
};

for (const [what, [type, olds, news, replaces, deleteFirst]] of Object.entries(diffs))
  test(`a change of ${what}`, () => {
    const urn = `urn:pulumi:westeurope::meridian::${type}::it`;
    const id = kindOf(type)!.id(olds, "westeurope");
    const diff = createProvider(createCloud()).diff(id, urn, olds, news);
    assert.deepEqual([diff.replaces, diff.deleteFirst], [replaces, deleteFirst]);
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
