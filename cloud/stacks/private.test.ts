import assert from "node:assert/strict";
import {test} from "node:test";
import {smallWorld} from "../../infra/fixture.ts";
import type {Region} from "../../regions/world.ts";
import {aks} from "../azure/aks.ts";
import type {Inputs} from "../resource.ts";
import {runStacks, type Stack} from "./stacks.ts";

const home = smallWorld.regions[0] as Region;
const network = "/subscriptions/00000000-0000-4000-8000-0000000000aa/resourceGroups/hub/providers";
const spoke = `${network}/Microsoft.Network/virtualNetworks/spoke/subnets`;

/** The cluster of a region that says these things. */
async function clusterOf(changes: Partial<Region>): Promise<Inputs> {
  const world = {...smallWorld, regions: [{...home, ...changes}]};
  const {stacks} = await runStacks(world, {stacks: ["eastus2"]});
  return stacks[0]!.resources.find(({type}) => type.endsWith(":ManagedCluster"))!.inputs;
}

test("a private cluster's API server has no public address, whoever administers", async () => {
  const cluster = {...home.cluster, private: true};
  const {apiServerAccessProfile} = await clusterOf({cluster, access: ["203.0.113.0/24"]});
  assert.deepEqual(apiServerAccessProfile, {
    enablePrivateCluster: true,
    enablePrivateClusterPublicFQDN: true,
    privateDNSZone: "system",
  });
});

const ways: Readonly<Record<Region["outbound"], string>> = {
  loadBalancer: "loadBalancer",
  nat: "userAssignedNATGateway",
  routes: "userDefinedRouting",
};
for (const [outbound, type] of Object.entries(ways) as [Region["outbound"], string][])
  test(`nodes that go out by ${outbound}`, async () => {
    const existing = {
      ...home.existing,
      network: {nodes: `${spoke}/nodes`, endpoints: `${spoke}/endpoints`, zones: undefined},
    };
    const {networkProfile} = await clusterOf({outbound, existing});
    assert.equal((networkProfile as Inputs).outboundType, type);
  });

test("a network that the stack makes has a NAT gateway of its own, by one address that is told", async () => {
  const regions = [{...home, outbound: "nat"} as const];
  const {stacks} = await runStacks({...smallWorld, regions}, {stacks: ["eastus2"]});
  const [{resources, outputs}] = stacks as [Stack];
  const find = (type: string, name: string) =>
    resources.find((one) => one.type === `azure-native:${type}` && one.name === name)!;
  const {subnets} = find("network:VirtualNetwork", "network").inputs as {subnets: Inputs[]};
  const gateway = find("network:NatGateway", "nat");
  assert.deepEqual(
    subnets.map(({name, natGateway}) => [name, natGateway]),
    [
      ["nodes", {id: gateway.id}],
      ["endpoints", undefined],
      ["entrance", undefined],
    ],
  );
  assert.deepEqual(gateway.inputs.publicIpAddresses, [
    {id: find("network:PublicIPAddress", "nat").id},
  ]);
  const {networkProfile} = find("containerservice:ManagedCluster", "cluster").inputs;
  assert.equal((networkProfile as Inputs).outboundType, "userAssignedNATGateway");
  assert.equal(outputs.outboundAddress, "127.1.0.1");
});

test("what a cluster was made as stays: private or not is refused, another way out is another cluster", () => {
  const [, kind] = aks.find(([type]) => type.endsWith(":ManagedCluster"))!;
  const open = {apiServerAccessProfile: {authorizedIPRanges: ["203.0.113.0/24"]}};
  const hidden = {apiServerAccessProfile: {enablePrivateCluster: true}};
  for (const [olds, news] of [
    [open, hidden],
    [hidden, open],
    [{}, hidden],
  ] as const)
    assert.match(
      JSON.stringify(kind.frozen?.(olds, news)),
      /PropertyChangeNotAllowed: .*enablePrivateCluster/,
    );
  assert.ok(kind.fixed?.includes("networkProfile.outboundType"));
});
