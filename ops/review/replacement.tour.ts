import assert from "node:assert/strict";
import {generateKeyPairSync} from "node:crypto";
import {test} from "node:test";
import {runStacks} from "../../cloud/stacks/stacks.ts";
import {smallWorld} from "../../infra/fixture.ts";
import {nextMinor} from "../../regions/kubernetes.ts";
import type {Region, World} from "../../regions/world.ts";
import {formats} from "./report.ts";
import {reviewOf, type Side} from "./review.ts";
import {parseRules} from "./rules.ts";

const [first] = smallWorld.regions as [Region];
const before: World = {...smallWorld, regions: [first]};
const BIGGER = "Standard_D8ds_v5";
const hub = "/subscriptions/00000000-0000-4000-8000-0000000000aa/resourceGroups/hub/providers";

const withRegion = (over: Partial<Region>): World => ({...before, regions: [{...first, ...over}]});
const existing = (over: Partial<Region["existing"]>) =>
  withRegion({existing: {...first.existing, ...over}});

const sideOf = async (world: World): Promise<Side> => ({
  world,
  stacks: (await runStacks(world, {now: () => 0, signingKey})).stacks,
});

/** A change of regions.yaml, what the review says of it, and whether the rule holds. */
const cases: Record<string, {after: World; tells: readonly RegExp[]; breaks?: readonly RegExp[]}> =
  {
    "nodes of another size": {
      after: withRegion({cluster: {...first.cluster, size: BIGGER}}),
      tells: [
        /\n {2}! AgentPool users, replaced for agentPoolName, vmSize, its successor first\n {6}agentPoolName: "users[\da-f]{4}" -> "users[\da-f]{4}"\n/,
      ],
    },
    "more nodes": {
      after: withRegion({cluster: {...first.cluster, nodes: {min: 4, max: 20}}}),
      tells: [/\n {2}~ AgentPool users\n/],
    },
    "the next version of Kubernetes": {
      after: withRegion({cluster: {...first.cluster, version: nextMinor(first.cluster.version)}}),
      tells: [
        /, 0 to replace, 0 to remove\.\n/,
        /\n {2}~ AgentPool users, drains the nodes of users[\da-f]{4}, 33% at a time\n {6}orchestratorVersion: /,
        /\n {2}~ ManagedCluster cluster, drains the nodes of system, 33% at a time\n/,
      ],
    },
    "a version of Kubernetes that leaves one out": {
      after: withRegion({
        cluster: {...first.cluster, version: nextMinor(nextMinor(first.cluster.version))},
      }),
      tells: [/\n {2}! ManagedCluster cluster, refused by Azure for kubernetesVersion\n/],
      breaks: [
        /is refused by Azure for kubernetesVersion \(OperationNotAllowed: .* Available upgrades: \[/,
      ],
    },
    "system nodes of another size": {
      after: withRegion({
        cluster: {...first.cluster, system: {...first.cluster.system, size: BIGGER}},
      }),
      tells: [
        /, 1 refused\.\n/,
        /\n {2}! ManagedCluster cluster, refused by Azure for agentPoolProfiles\.system\.vmSize\n/,
      ],
      breaks: [
        /ManagedCluster cluster of eastus2 is refused by Azure for agentPoolProfiles\.system\.vmSize \(PropertyChangeNotAllowed: Changing property 'agentPoolProfile\.vmSize' is not allowed\.\); see docs\/operations\.md, "What cannot change"/,
      ],
    },
    "a network that was there": {
      after: existing({
        network: {
          nodes: `${hub}/Microsoft.Network/virtualNetworks/v/subnets/a`,
          endpoints: `${hub}/Microsoft.Network/virtualNetworks/v/subnets/b`,
          zones: undefined,
        },
      }),
      tells: [/! AgentPool users, replaced for agentPoolName, its successor first/],
      breaks: [
        /ManagedCluster cluster of eastus2 is refused by Azure for agentPoolProfiles\.system\.vnetSubnetID /,
        /PrivateEndpoint model of eastus2 is replaced, and gone until its successor is there: the way to a model host/,
        /VirtualNetwork network of eastus2 is removed, and with it the network/,
      ],
    },
    "a vault that was there": {
      after: existing({vault: `${hub}/Microsoft.KeyVault/vaults/corporate`}),
      tells: [/! Secret token-signing-key, replaced for .*vaultName, its successor first/],
      breaks: [/Vault vault of eastus2 is removed, and with it every key and certificate/],
    },
    "another home": {
      after: {...before, service: {...before.service, home: "westeurope"}},
      tells: [],
      breaks: [
        /ResourceGroup group of dns cannot be replaced for location, as its successor would have its name; see docs/,
        /Registry registry of global cannot be replaced for location/,
      ],
    },
  };

const signingKey = newKey();

for (const [what, {after, tells, breaks = []}] of Object.entries(cases))
  test(`${what}: protected ${breaks.length > 0 ? "is broken" : "holds"}`, async () => {
    const review = reviewOf(await sideOf(before), await sideOf(after));
    const rules = parseRules(["protected"]);
    const text = formats.get("text")!({review, base: "main", rules});
    for (const told of tells) assert.match(text, told);
    for (const broken of breaks) assert.match(text, broken);
    assert.match(text, breaks.length > 0 ? /\nprotected is broken: / : /\nprotected holds\n$/);
  });

function newKey(): string {
  const {privateKey} = generateKeyPairSync("ed25519");
  return privateKey.export({type: "pkcs8", format: "pem"}) as string;
}
