import assert from "node:assert/strict";
import {before, test} from "node:test";
import {fullWorld} from "../../infra/fixture.ts";
import type {Inputs, Resource} from "../resource.ts";
import {runStacks, type Stack} from "./stacks.ts";

/** Of a world with a region that names who administers, and two that do not: what answers from outside. */

let stacks: readonly Stack[];
before(async () => {
  ({stacks} = await runStacks(fullWorld));
});

/** Each resource of a type with the addresses that its region names. */
const all = (type: string): {inputs: Inputs; access: readonly string[] | undefined}[] =>
  stacks.flatMap(({name, resources}) =>
    resources
      .filter((resource: Resource) => resource.type === `azure-native:${type}`)
      .map(({inputs}) => ({
        inputs,
        access: fullWorld.regions.find((region) => region.name === name)?.access,
      })),
  );

test("nothing of a model host is public, and no key opens it", () => {
  const accounts = all("cognitiveservices:Account");
  assert.equal(accounts.length, 3);
  for (const {inputs} of accounts) {
    const {publicNetworkAccess, networkAcls, disableLocalAuth} = inputs.properties as Inputs;
    assert.deepEqual(
      [publicNetworkAccess, networkAcls, disableLocalAuth],
      ["Disabled", {defaultAction: "Deny"}, true],
    );
  }
});

test("a vault answers no public address but those that regions.yaml names", () => {
  const vaults = all("keyvault:Vault");
  assert.equal(vaults.length, 4);
  for (const {inputs, access = []} of vaults) {
    const {networkAcls, enableRbacAuthorization} = inputs.properties as Inputs;
    const {defaultAction, ipRules} = networkAcls as Inputs;
    assert.deepEqual(
      [defaultAction, ipRules, enableRbacAuthorization],
      ["Deny", access.map((value) => ({value})), true],
    );
  }
});

test("an API server takes who signs in at Entra alone, from the addresses that regions.yaml names", () => {
  const clusters = all("containerservice:ManagedCluster");
  assert.equal(clusters.length, 3);
  for (const {inputs, access} of clusters) {
    const {authorizedIPRanges} = (inputs.apiServerAccessProfile ?? {}) as Inputs;
    assert.deepEqual(
      [inputs.disableLocalAccounts, inputs.aadProfile, authorizedIPRanges],
      [true, {managed: true, enableAzureRBAC: true}, access],
    );
  }
});

test("a registry serves who has a role on it, and nobody else", () => {
  const registries = all("containerregistry:Registry");
  assert.equal(registries.length, 1);
  for (const {inputs} of registries)
    assert.deepEqual([inputs.adminUserEnabled, inputs.anonymousPullEnabled], [false, false]);
});

test("an edge lets in the addresses that regions.yaml names and Traffic Manager's probes, at both gates", () => {
  const groups = all("network:NetworkSecurityGroup").filter(
    ({inputs}) => inputs.networkSecurityGroupName === "nodes",
  );
  const sources = groups.map(({inputs}) =>
    (inputs.securityRules as Inputs[]).map(
      ({name, access, sourceAddressPrefix, sourceAddressPrefixes}) => [
        `${access} ${name}`,
        sourceAddressPrefixes ?? sourceAddressPrefix,
      ],
    ),
  );
  assert.deepEqual(sources, [
    [
      ["Allow users", ["198.51.100.0/24", "10.0.0.0/8"]],
      ["Allow probes", "AzureTrafficManager"],
    ],
    [["Allow users", "Internet"]],
    [["Allow users", "Internet"]],
  ]);
  const allowed = stacks
    .flatMap(({resources}) => resources)
    .filter(({type, name}) => type === "kubernetes:core/v1:Service" && name === "edge")
    .map(({inputs}) => {
      assert.equal((inputs.spec as Inputs).loadBalancerSourceRanges, undefined);
      const {annotations} = inputs.metadata as {annotations: Record<string, string>};
      return Object.entries(annotations).filter(([key]) => key.includes("azure-allowed"));
    });
  assert.deepEqual(allowed, [
    [
      ["service.beta.kubernetes.io/azure-allowed-ip-ranges", "198.51.100.0/24,10.0.0.0/8"],
      ["service.beta.kubernetes.io/azure-allowed-service-tags", "AzureTrafficManager"],
    ],
    [],
    [],
  ]);
});
