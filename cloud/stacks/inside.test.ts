import assert from "node:assert/strict";
import {before, describe, test} from "node:test";
import {smallWorld} from "../../infra/fixture.ts";
import {refusals} from "../../infra/policy-pack/judgement.ts";
import type {Region, World} from "../../regions/world.ts";
import {SUBSCRIPTION} from "../azure/arm.ts";
import type {Inputs, Resource} from "../resource.ts";
import {runStacks, type Stack} from "./stacks.ts";

const HUB = "/subscriptions/00000000-0000-4000-8000-0000000000aa/resourceGroups/hub";
const hub = `${HUB}/providers/Microsoft.Network/virtualNetworks/hub`;
const spoke = `/subscriptions/${SUBSCRIPTION}/resourceGroups/spoke/providers/Microsoft.Network/virtualNetworks/spoke`;

const [first, second] = smallWorld.regions as [Region, Region];
const inside = {entrance: "internal", allow: undefined} as const;
const allowed = ["10.64.0.0/12", "192.168.0.0/16"];

/** A region in a network of its own, with a hub; and one in a network that is there, for some alone. */
const world: World = {
  ...smallWorld,
  regions: [
    {...first, edge: inside, existing: {...first.existing, hubs: [hub]}},
    {
      ...second,
      edge: {...inside, allow: allowed},
      network: {space: "10.8.0.0/20"},
      existing: {
        ...second.existing,
        network: {
          nodes: `${spoke}/subnets/nodes`,
          endpoints: `${spoke}/subnets/endpoints`,
          zones: undefined,
          entrance: {subnet: `${spoke}/subnets/way-in`, address: "10.8.15.4"},
        },
      },
    },
  ],
};

const inputsOf = ({resources}: Stack, type: string, name: string) =>
  resources.find((one) => one.type.endsWith(`:${type}`) && one.name === name)?.inputs ?? {};
const all = (stacks: readonly Stack[], type: string): Resource[] =>
  stacks.flatMap(({resources}) => resources.filter((one) => one.type.endsWith(`:${type}`)));
const annotationsOf = (stack: Stack) => {
  const {annotations} = inputsOf(stack, "Service", "edge").metadata as {annotations: Inputs};
  const short = (key: string) => key.replace("service.beta.kubernetes.io/azure-", "");
  return Object.fromEntries(Object.entries(annotations).map(([key, value]) => [short(key), value]));
};
const scopes = (stack: Stack, name: string) => inputsOf(stack, "RoleAssignment", name).scope;

describe("an internal entrance", () => {
  let stacks: readonly Stack[];
  let own: Stack;
  let spoken: Stack;
  before(async () => {
    ({stacks} = await runStacks(world));
    [, own, spoken] = stacks as [Stack, Stack, Stack];
  });

  test("has no address and no name of the Internet", () => {
    for (const type of ["PublicIPAddress", "trafficmanager:Profile", "dns:Zone", "dns:RecordSet"])
      assert.deepEqual(all(stacks, type), [], type);
    const {publicName, address} = own.outputs;
    assert.deepEqual([publicName, address], ["eastus2.completions.example.com", "10.0.128.132"]);
  });

  test("is a load balancer in a subnet of its own, which the cluster alone may use", () => {
    assert.deepEqual(annotationsOf(own), {
      "load-balancer-internal": "true",
      "load-balancer-internal-subnet": "entrance",
      "load-balancer-ipv4": "10.0.128.132",
      "load-balancer-tcp-idle-timeout": "30",
    });
    const {subnets} = inputsOf(own, "VirtualNetwork", "network") as {subnets: Inputs[]};
    assert.deepEqual(
      subnets.map(({name, addressPrefix}) => `${name} ${addressPrefix}`),
      ["nodes 10.0.0.0/17", "endpoints 10.0.128.0/25", "entrance 10.0.128.128/28"],
    );
    assert.match(String(scopes(own, "entrance")), /virtualNetworks\/network\/subnets\/entrance$/);
    assert.deepEqual([scopes(own, "address"), scopes(own, "addresses")], [undefined, undefined]);
  });

  test("of a network that is there has the subnet and the address that it names", () => {
    assert.deepEqual(annotationsOf(spoken), {
      "load-balancer-internal": "true",
      "load-balancer-internal-subnet": "way-in",
      "load-balancer-ipv4": "10.8.15.4",
      "load-balancer-tcp-idle-timeout": "30",
      "allowed-ip-ranges": allowed.join(","),
      "deny-all-except-load-balancer-source-ranges": "true",
    });
    assert.equal(scopes(spoken, "entrance"), `${spoke}/subnets/way-in`);
  });

  test("is told to each region's networks by a zone of their own, its own address first", () => {
    const dns = stacks.at(-1)!;
    const zones = all([dns], "PrivateZone");
    assert.deepEqual(
      zones.map(({inputs}) => [inputs.resourceGroupName, inputs.privateZoneName]),
      ["eastus2", "westeurope"].map((name) => [`meridian-dns-${name}`, "completions.example.com"]),
    );
    assert.deepEqual(
      all([dns], "VirtualNetworkLink").map(({inputs}) => (inputs.virtualNetwork as Inputs).id),
      [
        `/subscriptions/${SUBSCRIPTION}/resourceGroups/meridian-eastus2/providers/Microsoft.Network/virtualNetworks/network`,
        hub,
        spoke,
      ],
    );
    const records = all([dns], "PrivateRecordSet").map(({inputs}) => {
      const [{ipv4Address}] = inputs.aRecords as [{ipv4Address: string}];
      const group = String(inputs.resourceGroupName).replace("meridian-dns-", "");
      return `${group}: ${inputs.relativeRecordSetName} ${ipv4Address} ${inputs.ttl}`;
    });
    assert.deepEqual(records, [
      "eastus2: @ 10.0.128.132 30",
      "eastus2: eastus2 10.0.128.132 30",
      "eastus2: westeurope 10.8.15.4 30",
      "westeurope: @ 10.8.15.4 30",
      "westeurope: eastus2 10.0.128.132 30",
      "westeurope: westeurope 10.8.15.4 30",
    ]);
  });

  test("is nothing that the policy pack refuses", () => {
    const resources = stacks.flatMap((stack) => stack.resources);
    assert.deepEqual(refusals(world, resources), []);
  });

  test("has certificates of its own names", () => {
    const {data} = inputsOf(own, "ConfigMap", "certificate") as {data: {"policy.json": string}};
    assert.deepEqual(
      JSON.parse(data["policy.json"]).x509CertificateProperties.subjectAlternativeNames.dnsNames,
      ["completions.example.com", "eastus2.completions.example.com"],
    );
  });
});

test("a network is the same whichever entrance a region has, so that one becomes the other in place", async () => {
  const networkOf = async (edge: Region["edge"]) => {
    const regions = [{...first, edge}];
    const {stacks} = await runStacks({...world, regions}, {stacks: ["eastus2"]});
    return inputsOf(stacks[0]!, "VirtualNetwork", "network");
  };
  assert.deepEqual(await networkOf(first.edge), await networkOf(inside));
});

test("a cluster whose disks a key of the company's encrypts reads what encrypts them, though it looks for no address", async () => {
  const key =
    "/subscriptions/00000000-0000-4000-8000-0000000000cc/resourceGroups/keys/providers/Microsoft.KeyVault/vaults/own/keys/region";
  const readers = async (of: readonly ("models" | "nodes")[]) => {
    const regions = [{...first, edge: inside, encryption: {key, of}}];
    const {stacks} = await runStacks({...world, regions}, {stacks: ["eastus2"]});
    return scopes(stacks[0]!, "addresses");
  };
  assert.match(String(await readers(["nodes"])), /\/resourceGroups\/meridian-eastus2$/);
  assert.equal(await readers(["models"]), undefined);
});

const rulesOf = async (edge: Region["edge"]) => {
  const {stacks} = await runStacks({...world, regions: [{...first, edge}]}, {stacks: ["eastus2"]});
  const {securityRules} = inputsOf(stacks[0]!, "NetworkSecurityGroup", "nodes");
  return (securityRules as Inputs[]).map((rule) => {
    const from = rule.sourceAddressPrefix ?? (rule.sourceAddressPrefixes as string[]).join();
    return `${rule.priority} ${rule.access} ${rule.destinationPortRange} ${from} to ${rule.destinationAddressPrefix}`;
  });
};

test("the nodes' firewall lets the network in, or some alone, and keeps others from the entrance", async () => {
  assert.deepEqual(await rulesOf(inside), ["100 Allow 443 VirtualNetwork to *"]);
  assert.deepEqual(await rulesOf({...inside, allow: allowed}), [
    `100 Allow 443 ${allowed.join()} to *`,
    "4096 Deny * * to 10.0.128.128/28",
  ]);
});

const linksOf = async (regions: readonly Region[]) => {
  const {stacks} = await runStacks({...world, regions}, {stacks: ["dns"]});
  return all(stacks, "VirtualNetworkLink");
};

test("a network that moves to another region's zone leaves the one of before first", async () => {
  const [left, taken] = world.regions as [Region, Region];
  const give = (region: Region, hubs: string[]) => ({
    ...region,
    existing: {...region.existing, hubs},
  });
  const linkIn = async (regions: readonly Region[]) =>
    (await linksOf(regions)).find(({inputs}) => (inputs.virtualNetwork as Inputs).id === hub)!;
  const before = await linkIn([left, taken]);
  const after = await linkIn([give(left, []), give(taken, [hub])]);
  assert.notEqual(after.inputs.resourceGroupName, before.inputs.resourceGroupName);
  assert.equal(after.urn, before.urn);
  assert.equal(after.deleteBeforeReplace, true);
});

test("a region that is planned has no network of its own to link, but its hubs and one that is there", async () => {
  const planned = world.regions.map((region) => ({...region, state: "planned"}) as const);
  const ids = (await linksOf(planned)).map(({inputs}) => (inputs.virtualNetwork as Inputs).id);
  assert.deepEqual(ids, [hub, spoke]);
});

test("a region that drains is answered by another, in its zone alone", async () => {
  const [kept, drained] = world.regions as [Region, Region];
  const regions = [kept, {...drained, state: "draining"} as const];
  const {stacks} = await runStacks({...world, regions}, {stacks: ["dns"]});
  const first = (region: string) =>
    inputsOf(stacks[0]!, "PrivateRecordSet", `${region}-hostname`).aRecords;
  assert.deepEqual(first("westeurope"), [{ipv4Address: "10.0.128.132"}]);
  assert.deepEqual(first("eastus2"), [{ipv4Address: "10.0.128.132"}]);
});
