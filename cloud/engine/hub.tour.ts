import assert from "node:assert/strict";
import {after, before, describe, test} from "node:test";
import {parseArmId} from "../../infra/azure/arm-id.ts";
import {SUBSCRIPTION} from "../azure/arm.ts";
import {createCloud} from "../cloud.ts";
import {type Deployed, deployed, deployments, find, regionsFile, whyNotRun} from "./deployed.ts";

/**
 * A hub, a spoke and a region apart, each in a subscription of its own: the hub is the platform team's, and is there
 * already, with the key and the storage of what guards the region apart.
 */
const HUB = "00000000-0000-4000-8000-0000000000aa";
const APART = "00000000-0000-4000-8000-0000000000bb";
const inHub = (type: string, name: string) =>
  `/subscriptions/${HUB}/resourceGroups/hub/providers/Microsoft.${type}/${name}`;
const spoke = `/subscriptions/${SUBSCRIPTION}/resourceGroups/spoke/providers/Microsoft.Network/virtualNetworks/spoke`;
const registry = inHub("ContainerRegistry", "registries/corporate");
const vault = inHub("KeyVault", "vaults/corporate");
const logs = inHub("OperationalInsights", "workspaces/corporate");
const key = inHub("KeyVault", "vaults/corporate/keys/region");
const storage = inHub("Storage", "storageAccounts/flows");
const watcher = `/subscriptions/${APART}/resourceGroups/watch/providers/Microsoft.Network/networkWatchers/own`;
const zone = inHub("Network", "dnszones/example.com");
const zones = ["openai.azure.com", "vaultcore.azure.net", "azurecr.io"].map((name) =>
  inHub("Network", `privateDnsZones/privatelink.${name}`),
);

describe("hub and spoke by the real engine", {skip: whyNotRun("hub.tour.ts")}, () => {
  const file = regionsFile();
  Object.assign(file.service, {existing: {zone, registry, logs}});
  const network = {
    nodes: `${spoke}/subnets/nodes`,
    endpoints: `${spoke}/subnets/endpoints`,
    zones: `/subscriptions/${HUB}/resourceGroups/hub`,
  };
  file.regions = {
    eastus2: {network: {space: "10.8.0.0/20"}, existing: {network, registry, vault, logs}},
    westeurope: {
      subscription: APART,
      encryption: {key, of: ["models", "nodes", "etcd"]},
      flowLogs: {storage, watcher, analytics: true},
      deployments: deployments(120).map((one) => ({...one, filter: "code"})),
    },
  };
  Object.assign(file, {filters: {code: {asynchronous: true}}});
  const guards = [key, storage, watcher];
  const existing = [registry, vault, logs, zone, ...zones, ...Object.values(network), ...guards];
  const cloud = createCloud({existing});
  const stacks = ["global", "eastus2", "westeurope", "fallback", "dns"];
  let run: Deployed["run"];
  let deployer: Deployed["deployer"];
  before(async () => {
    ({run, deployer} = await deployed(cloud, file, stacks));
  });
  after(() => deployer?.stop());

  test("a stack that is elsewhere than regions.yaml says makes nothing", async () => {
    await run("up", "global");
    const before = structuredClone(cloud.resources);
    const {succeeded, errors} = await deployer.run("up", "westeurope");
    assert.equal(succeeded, false);
    assert.match(errors.join("\n"), /by regions\.yaml westeurope is in the subscription .*bb, and/);
    assert.deepEqual(cloud.resources, before);
    const setting = ["azure-native:subscriptionId", APART, "--stack", "westeurope"];
    await deployer.pulumi(["config", "set", ...setting]);
  });

  test("a preview shows what up then makes, and another up changes nothing", async () => {
    for (const stack of stacks) {
      const previewed = await run("preview", stack);
      assert.deepEqual((await run("up", stack)).toSorted(), previewed.toSorted(), stack);
      assert.deepEqual(await run("up", stack), [], stack);
    }
  });

  test("records, builds and secrets are beside what they belong to, all else is where its stack is", () => {
    const owner = (stack: string, type: string, name: string) =>
      parseArmId(find(cloud, stack, type, name).id).owner;
    assert.equal(owner("dns", "dns:RecordSet", "record").toLowerCase(), zone.toLowerCase());
    assert.equal(owner("eastus2", "keyvault:Secret", "token-signing-key"), vault);
    const builds = cloud.resources.filter(({type}) => type.endsWith(":TaskRun"));
    assert.deepEqual(
      new Set(builds.map(({stack, id}) => `${stack} ${parseArmId(id).owner}`)),
      new Set(["global", "eastus2"].map((stack) => `${stack} ${registry}`)),
    );
    const madeIn = (subscription: string) =>
      cloud.resources.filter(({id}) => parseArmId(id).subscription === subscription);
    const typesIn = (subscription: string) =>
      new Set(madeIn(subscription).map(({type}) => type.split(":").at(-1)));
    const beside = ["CacheRule", "RecordSet", "RoleAssignment", "Secret", "TaskRun"];
    assert.deepEqual([...typesIn(HUB)].toSorted(), beside);
    assert.ok(typesIn(APART).has("ManagedCluster") && typesIn(SUBSCRIPTION).has("ManagedCluster"));
    const fallback = madeIn(APART).filter(({stack}) => stack === "fallback");
    assert.deepEqual(
      fallback.map(({type, name}) => `${type.split(":").at(-1)} ${name}`).toSorted(),
      [
        "PrivateDnsZoneGroup westeurope-eastus2",
        "PrivateEndpoint westeurope-eastus2",
        `ResourceGroup group-${APART}`,
        "RoleAssignment eastus2-westeurope",
      ],
    );
  });

  test("a refresh finds all of it, and destroy takes it away and leaves the hub, with the secrets in its vault", async () => {
    for (const stack of stacks.toReversed()) {
      assert.deepEqual(await run("refresh", stack), [], stack);
      await deployer.pulumi(["state", "unprotect", "--all", "--yes", "--stack", stack]);
      await run("destroy", stack);
    }
    assert.ok(cloud.resources.length > 0);
    for (const {type, id} of cloud.resources)
      assert.deepEqual(
        [type.split(":").at(-1), parseArmId(id).owner, parseArmId(id).subscription],
        ["Secret", vault, HUB],
      );
  });
});
