import assert from "node:assert/strict";
import {test} from "node:test";
import {smallWorld} from "../../infra/fixture.ts";
import {tagOf} from "../../infra/stacks/pins.ts";
import type {Region, World} from "../../regions/world.ts";
import {SUBSCRIPTION} from "../azure/arm.ts";
import {AZURE_PROVIDER} from "../types.ts";
import {runStacks, type Stack, type StackError} from "./stacks.ts";

/** What a platform team shares, in a subscription of its own. */
const hub = "/subscriptions/00000000-0000-4000-8000-0000000000aa/resourceGroups/hub";
const idOf = (type: string, name: string) => `${hub}/providers/Microsoft.${type}/${name}`;
/** Nodes are where their network is. */
const network = `/subscriptions/${SUBSCRIPTION}/resourceGroups/spoke/providers/Microsoft.Network/virtualNetworks/spoke`;

const home = smallWorld.regions[0] as Region;
const region: Region = {
  ...home,
  network: {space: "10.8.0.0/20"},
  existing: {
    network: {nodes: `${network}/subnets/a`, endpoints: `${network}/subnets/b`, zones: hub},
    registry: idOf("ContainerRegistry", "registries/corporate"),
    vault: idOf("KeyVault", "vaults/corporate"),
    logs: idOf("OperationalInsights", "workspaces/corporate"),
    hubs: [],
  },
};
const world: World = {
  ...smallWorld,
  service: {
    ...smallWorld.service,
    existing: {
      zone: idOf("Network", "dnszones/example.com"),
      registry: idOf("ContainerRegistry", "registries/corporate"),
      logs: idOf("OperationalInsights", "workspaces/corporate"),
    },
  },
  regions: [region],
};

const typesOf = ({resources}: Stack) => new Set(resources.map(({type}) => type));
const inputsOf = ({resources}: Stack, type: string, name: string) =>
  resources.find((one) => one.type === `azure-native:${type}` && one.name === name)?.inputs ?? {};

test("what is there already is used and not made", async () => {
  const {stacks} = await runStacks(world);
  const [global, own, , dns] = stacks as [Stack, Stack, Stack, Stack];
  for (const type of ["containerregistry:Registry", "dns:Zone", "operationalinsights:Workspace"])
    assert.ok(!typesOf(global).has(`azure-native:${type}`), type);
  for (const type of ["network:VirtualNetwork", "privatedns:PrivateZone", "keyvault:Vault"])
    assert.ok(!typesOf(own).has(`azure-native:${type}`), type);

  const cluster = inputsOf(own, "containerservice:ManagedCluster", "cluster");
  const [pool] = cluster.agentPoolProfiles as [{vnetSubnetID: string}];
  assert.equal(pool.vnetSubnetID, `${network}/subnets/a`);
  const scopes = ["nodes", "pull"].map(
    (name) => inputsOf(own, "authorization:RoleAssignment", name).scope,
  );
  assert.deepEqual(scopes, [`${network}/subnets/a`, region.existing.registry]);
  const {resourceGroupName, vaultName} = inputsOf(own, "keyvault:Secret", "token-signing-key");
  assert.deepEqual([resourceGroupName, vaultName], ["hub", "corporate"]);
  const group = own.resources.find(
    ({type, id}) => type.endsWith(":PrivateDnsZoneGroup") && id.includes("/model/"),
  );
  assert.deepEqual(group?.inputs.privateDnsZoneConfigs, [
    {
      name: "model",
      privateDnsZoneId: `${hub}/providers/Microsoft.Network/privateDnsZones/privatelink.openai.azure.com`,
    },
  ]);
  const record = inputsOf(dns, "dns:RecordSet", "record");
  assert.deepEqual([record.resourceGroupName, record.zoneName], ["hub", "example.com"]);
});

test("what is made beside it is made in its subscription, and nothing else is", async () => {
  const {stacks} = await runStacks(world);
  const resources = stacks.flatMap(({resources}) => resources);
  const away = resources.filter(
    ({type, id}) => !type.endsWith("RoleAssignment") && id.startsWith(hub),
  );
  const images = ["CacheRule", "TaskRun"];
  const made = away.map(({stack, type}) => `${stack} ${type.split(":").at(-1)}`);
  assert.deepEqual(
    [...new Set(made)].toSorted(),
    [
      "dns RecordSet",
      ...images.map((type) => `eastus2 ${type}`),
      "eastus2 Secret",
      ...images.map((type) => `global ${type}`),
    ].toSorted(),
  );
  const providers = resources.filter(({type}) => type === AZURE_PROVIDER);
  assert.deepEqual(
    providers.map(({stack, inputs}) => [stack, inputs.subscriptionId]),
    ["global", "eastus2", "dns"].map((stack) => [stack, hub.split("/")[2]]),
  );
});

test("what is there in the stack's own subscription needs no provider of its own", async () => {
  const own = JSON.parse(JSON.stringify(world).replaceAll(hub.split("/")[2]!, SUBSCRIPTION));
  const {stacks} = await runStacks(own);
  assert.ok(!stacks.some((stack) => typesOf(stack).has(AZURE_PROVIDER)));
});

test("nodes and private endpoints in another subscription's network are refused", async () => {
  const there = network.replace(SUBSCRIPTION, hub.split("/")[2]!);
  const {zones} = region.existing.network!;
  const away = {nodes: `${there}/subnets/a`, endpoints: `${there}/subnets/b`, zones};
  const existing = {...region.existing, network: away};
  const regions = [{...region, subscription: SUBSCRIPTION, existing}];
  await assert.rejects(runStacks({...world, regions}), ({refusals}: StackError) => {
    const said = refusals.map(({type, reason}) => `${type.split(":").at(-1)} ${reason}`);
    const refused = ["ManagedCluster", "AgentPool", "PrivateEndpoint", "PrivateEndpoint"];
    assert.deepEqual(
      said.map((text) => text.split(`: Resource ${there}`)[0]).toSorted(),
      refused.map((type) => `${type} InvalidResourceReference`).toSorted(),
    );
    return true;
  });
});

test("a region with a registry of its own runs the image that is built in it", async () => {
  const {stacks} = await runStacks(world);
  const [global, own] = stacks as [Stack, Stack];
  const hash = tagOf(String(global.outputs.image));
  const build = inputsOf(own, "containerregistry:TaskRun", `build-${hash}`);
  assert.deepEqual([build.resourceGroupName, build.registryName], ["hub", "corporate"]);
  const proxy = own.resources.find(
    ({type, name}) => type === "kubernetes:apps/v1:Deployment" && name === "proxy",
  );
  assert.match(
    JSON.stringify(proxy?.inputs),
    new RegExp(`"image":"corporate\\.azurecr\\.io/meridian-proxy:${hash}@sha256:[\\da-f]{64}"`),
  );
});
