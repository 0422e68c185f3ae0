import assert from "node:assert/strict";
import {before, test} from "node:test";
import fc from "fast-check";
import {roles} from "../../infra/azure/roles.ts";
import {guardedWorld} from "../../infra/guarded.ts";
import type {Encryption, Region} from "../../regions/world.ts";
import {ownerOf} from "../azure/arm.ts";
import type {Inputs, Resource, View} from "../resource.ts";
import {AZURE_PROVIDER, kindOf} from "../types.ts";
import {existingIds, runStacks} from "./stacks.ts";

const [guarded] = guardedWorld.regions as [Region];
const key = guarded.encryption!.key;
const vaultId = ownerOf(key);
const homeVault = ownerOf(guardedWorld.service.encryption!.key);

let made: readonly Resource[];
before(async () => {
  const {stacks} = await runStacks(guardedWorld, {stacks: ["global", "eastus2"]});
  made = stacks.flatMap(({resources}) => resources);
});

const inputsOf = (type: string, resources = made) =>
  resources.find((one) => one.type === `azure-native:${type}`)?.inputs ?? {};

const ACCOUNT = "cognitiveservices:Account";
const CLUSTER = "containerservice:ManagedCluster";
const DISKS = "compute:DiskEncryptionSet";
const REGISTRY = "containerregistry:Registry";

test("what a region keeps is encrypted by the company's key, as an identity that may use it and nothing else", () => {
  const {identity, properties} = inputsOf(ACCOUNT) as {identity: Inputs; properties: Inputs};
  const {keySource, keyVaultProperties} = properties.encryption as Record<string, Inputs>;
  const {keyVersion, identityClientId, ...address} = keyVaultProperties!;
  assert.equal(keySource, "Microsoft.KeyVault");
  assert.deepEqual(address, {
    keyVaultUri: "https://corporate-eastus2.vault.azure.net/",
    keyName: "region",
  });
  const url = `https://corporate-eastus2.vault.azure.net/keys/region/${keyVersion}`;
  const {activeKey, rotationToLatestKeyVersionEnabled, ...set} = inputsOf(DISKS);
  assert.deepEqual([activeKey, rotationToLatestKeyVersionEnabled], [{keyUrl: url}, true]);
  assert.deepEqual(set.identity, identity);
  const {diskEncryptionSetID, securityProfile} = inputsOf(CLUSTER);
  assert.match(String(diskEncryptionSetID), /\/diskEncryptionSets\/nodes$/);
  const kms = {enabled: true, keyId: url, keyVaultNetworkAccess: "Public"};
  assert.deepEqual((securityProfile as Inputs).azureKeyVaultKms, kms);
  const [own] = identity.userAssignedIdentities as string[];
  const {outputs} = made.find(({id}) => id === own)!;
  assert.equal(outputs.clientId, identityClientId);
  const granted = grants().filter(({inputs}) => inputs.principalId === outputs.principalId);
  assert.deepEqual(
    granted.map(({inputs: {roleDefinitionId, scope}}) => [idIn(roleDefinitionId), scope]),
    [[roles["Key Vault Crypto Service Encryption User"], key]],
  );
});

const grants = () => made.filter(({type}) => type.endsWith(":RoleAssignment"));
const idIn = (definition: unknown) => String(definition).split("/").at(-1);

test("the registry follows its key by an address without a version", () => {
  const {status, keyVaultProperties} = inputsOf(REGISTRY).encryption as Record<string, Inputs>;
  assert.equal(status, "enabled");
  assert.equal(
    keyVaultProperties!.keyIdentifier,
    "https://corporate-home.vault.azure.net/keys/registry",
  );
});

test("nothing is encrypted before its identity has its role", () => {
  const urns = new Map(
    [ACCOUNT, DISKS, REGISTRY, CLUSTER].map((type) => [type, rolesBefore(type)]),
  );
  for (const [type, names] of urns) {
    const wanted = type === CLUSTER ? "etcd" : "encryption";
    assert.ok(names.includes(wanted), `${type} after ${names.join(", ")}`);
  }
});

/** The names of the roles that are given before a resource is made. */
function rolesBefore(type: string): string[] {
  const {dependencies = []} = made.find((one) => one.type === `azure-native:${type}`)!;
  return dependencies
    .filter((urn) => urn.includes("RoleAssignment"))
    .map((urn) => urn.split("::").at(-1)!);
}

test("a key in another subscription is read there, and nothing is made there but its role", () => {
  const providers = made.filter(({type}) => type === AZURE_PROVIDER);
  const [, , subscription] = key.split("/");
  assert.deepEqual(
    providers.map(({stack, inputs}) => [stack, inputs.subscriptionId]),
    ["global", "eastus2"].map((stack) => [stack, subscription]),
  );
  const away = made.filter(({id}) => id.startsWith(`/subscriptions/${subscription}`));
  assert.deepEqual([...new Set(away.map(({type}) => type.split(":").at(-1)))], ["RoleAssignment"]);
});

const PARTS = ["models", "nodes", "etcd"] as const;

/** What of a region's stack names a key. */
function encryptedIn(resources: readonly Resource[]): Encryption["of"][number][] {
  const {properties} = inputsOf(ACCOUNT, resources) as {properties: Inputs};
  const {diskEncryptionSetID, securityProfile} = inputsOf(CLUSTER, resources);
  const is = {
    models: properties.encryption !== undefined,
    nodes: diskEncryptionSetID !== undefined,
    etcd: (securityProfile as Inputs).azureKeyVaultKms !== undefined,
  };
  return PARTS.filter((part) => is[part]);
}

test("whatever a key is of, that is encrypted by it, and the rest is not", async () => {
  await fc.assert(
    fc.asyncProperty(fc.subarray([...PARTS]), async (of) => {
      const {encryption: _, ...plain} = guarded;
      const region = of.length > 0 ? {...plain, encryption: {key, of}} : plain;
      const world = {...guardedWorld, regions: [region]};
      const {stacks} = await runStacks(world, {stacks: ["eastus2"]});
      assert.deepEqual(encryptedIn(stacks[0]!.resources), of);
    }),
    {examples: [[[]], [["models"]], [["nodes", "etcd"]]], numRuns: 5},
  );
});

/** What Azure would say to a resource as it is, or with other inputs, if these were all that there is. */
function said(type: string, there: readonly Resource[], change: Inputs = {}): string {
  const resource = made.find((one) => one.type === `azure-native:${type}`)!;
  const others = there.filter((one) => one !== resource);
  const existing = existingIds(guardedWorld);
  const known = new Set(
    existing.flatMap((id) => [5, 9, Infinity].map((n) => id.split("/").slice(0, n).join("/"))),
  );
  const view: View = {
    ...{stack: "eastus2", id: resource.id, now: undefined, options: {existing}},
    all: (wanted) => others.filter((one) => one.type === wanted),
    inside: () => [],
    find: (id) =>
      others.find((one) => one.id === id) ??
      (known.has(id) ? {...resource, type: "", id, inputs: {}} : undefined),
  };
  return kindOf(resource.type)!
    .check({...resource.inputs, ...change}, view)
    .join("\n");
}

/** A vault that a stack made, in the place of the company's. */
const vaultWith = (properties: object, id = vaultId): Resource => ({
  ...made[0]!,
  type: "azure-native:keyvault:Vault",
  id,
  inputs: {vaultName: id.split("/").at(-1), properties},
});

test("taken as they are asked for, all of them", () => {
  for (const type of [ACCOUNT, CLUSTER, DISKS, REGISTRY]) assert.equal(said(type, made), "", type);
});

for (const type of [ACCOUNT, CLUSTER, DISKS, REGISTRY]) {
  test(`refused: a ${type} whose identity has no role on the key`, () => {
    const without = made.filter((one) => !one.type.endsWith(":RoleAssignment"));
    assert.match(said(type, without), /KeyVaultAccessForbidden: .*grant get, wrap and unwrap/);
  });
  test(`refused: a ${type} whose identity has a role on another key`, () => {
    const elsewhere = made.map((one) =>
      one.type.endsWith(":RoleAssignment")
        ? {...one, inputs: {...one.inputs, scope: `${one.inputs.scope}-other`}}
        : one,
    );
    assert.match(said(type, elsewhere), /KeyVaultAccessForbidden/);
  });
}

for (const type of [ACCOUNT, CLUSTER, DISKS])
  test(`refused: a ${type} by a key whose vault lets it be purged`, () => {
    const unprotected = vaultWith({enableSoftDelete: true});
    assert.match(said(type, [...made, unprotected]), /KeyVaultNotProtected/);
    const open = vaultWith({enablePurgeProtection: true});
    assert.equal(said(type, [...made, open]), "");
  });

test("refused: etcd and a registry by a key behind a firewall, which neither passes as a trusted service", () => {
  const closed = {enablePurgeProtection: true, networkAcls: {defaultAction: "Deny"}};
  assert.match(said(CLUSTER, [...made, vaultWith(closed)]), /^KeyVaultFirewalled/);
  assert.match(said(REGISTRY, [...made, vaultWith(closed, homeVault)]), /^KeyVaultFirewalled/);
  assert.equal(said(DISKS, [...made, vaultWith(closed)]), "");
});

test("refused: what is not a version of a key, a private vault without its id, disks that are not there", () => {
  const bare = "https://corporate-eastus2.vault.azure.net/keys/region";
  assert.match(said(DISKS, made, {activeKey: {keyUrl: bare}}), /InvalidKeyUrl: .*'https:.*region'/);
  const {securityProfile} = inputsOf(CLUSTER) as {securityProfile: Inputs};
  const {azureKeyVaultKms} = securityProfile as {azureKeyVaultKms: Inputs};
  const kms = (change: object) =>
    said(CLUSTER, made, {
      securityProfile: {...securityProfile, azureKeyVaultKms: {...azureKeyVaultKms, ...change}},
    });
  assert.match(kms({keyId: bare}), /InvalidKeyId/);
  assert.match(kms({keyVaultNetworkAccess: "Private"}), /InvalidKeyVaultAccess/);
  assert.match(kms({keyVaultResourceId: vaultId}), /InvalidKeyVaultAccess/);
  assert.match(kms({keyId: bare.replace("corporate", "gone")}), /KeyVaultNotFound/);
  const gone = made.filter(({type}) => !type.endsWith(DISKS));
  assert.match(said(CLUSTER, gone), /DiskEncryptionSetNotFound/);
});

test("a registry takes a key when it is made, and a cluster its disks': another answer is another one, or none", () => {
  const {encryption, ...plain} = inputsOf(REGISTRY);
  const frozen = kindOf(`azure-native:${REGISTRY}`)!.frozen!;
  assert.match(JSON.stringify(frozen(plain, {...plain, encryption})), /PropertyChangeNotAllowed/);
  assert.ok(kindOf(`azure-native:${CLUSTER}`)!.fixed!.includes("diskEncryptionSetID"));
});
