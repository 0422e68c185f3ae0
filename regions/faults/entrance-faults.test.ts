import assert from "node:assert/strict";
import {describe, test} from "node:test";
import fc from "fast-check";
import {entranceAddress} from "../addresses.ts";
import {fileWith} from "../fixture.ts";
import {isInside, publicName} from "../names.ts";
import {parseWorld} from "../read.ts";

const NETWORKS =
  "/subscriptions/00000000-0000-4000-8000-000000000001/resourceGroups/hub/providers/Microsoft.Network/virtualNetworks";
const subnet = (name: string, network = "spoke") => `${NETWORKS}/${network}/subnets/${name}`;
const there = (entrance: string) =>
  `{network: {space: 10.8.0.0/20}, existing: {network: {nodes: ${subnet("a")}, endpoints: ${subnet("b")}${entrance}}}}`;

/** Two regions whose entrances are internal. */
const two = (second: string, first = "{}") =>
  fileWith({defaults: "edge: {entrance: internal}", region: `${first}\n  westeurope: ${second}`});

const refused: Record<string, [file: string, fault: string]> = {
  "one internal entrance beside a public one": [
    fileWith({region: "{}\n  westeurope: {edge: {entrance: internal}}"}),
    "19:23 regions.westeurope.edge.entrance: has an internal entrance and eastus2 a public one, and one hostname leads to one kind; write edge.entrance once, under defaults",
  ],
  "two networks of the same addresses": [
    two("{}"),
    "19:3 regions.westeurope: its network has addresses of eastus2's, and people inside reach both; give each its own network.space",
  ],
  "two networks of which one is in the other": [
    two("{network: {space: 10.0.64.0/20}}"),
    "19:26 regions.westeurope.network.space: its network has addresses of eastus2's, and people inside reach both; give each its own network.space",
  ],
  "a network that is there, with no place for it": [
    fileWith({defaults: "edge: {entrance: internal}", region: there("")}),
    "18:55 regions.eastus2.existing.network: has no place for the internal entrance; give entrance: {subnet, address}, a subnet of its own and an address in it",
  ],
  "a subnet of another network, and an address that is in none": [
    fileWith({
      defaults: "edge: {entrance: internal}",
      region: there(`, entrance: {subnet: ${subnet("c", "hub")}, address: 10.9.0.4}`),
    }),
    `18:358 regions.eastus2.existing.network.entrance.subnet: is in another network than nodes, where AKS does not look; name a subnet of that one
  - 18:496 regions.eastus2.existing.network.entrance.address: is not in 10.8.0.0/20, the network's addresses; write one that is`,
  ],
  "a subnet of endpoints, by another spelling of its id": [
    fileWith({
      defaults: "edge: {entrance: internal}",
      region: there(`, entrance: {subnet: ${subnet("B")}, address: 10.8.15.4}`),
    }),
    "18:358 regions.eastus2.existing.network.entrance.subnet: is that of nodes or endpoints, which may take the entrance's address; name one of its own",
  ],
  "an address that is none": [
    fileWith({
      defaults: "edge: {entrance: internal}",
      region: there(`, entrance: {subnet: ${subnet("c")}, address: 10.8.0.256}`),
    }),
    '18:498 regions.eastus2.existing.network.entrance.address: "10.8.0.256" is not an address; write one of the subnet\'s, for example 10.8.15.4',
  ],
  "a hub of two regions, by two spellings of its id": [
    two(
      `{network: {space: 10.1.0.0/16}, existing: {hubs: [${NETWORKS.toUpperCase().replace("/SUBSCRIPTIONS", "/subscriptions")}/hub]}}`,
      `{existing: {hubs: [${NETWORKS}/hub]}}`,
    ),
    "19:65 regions.westeurope.existing.hubs.0: is served by eastus2 already, and a network asks one zone of a name; take it out of one",
  ],
  "weights and places, which private DNS does not know": [
    fileWith({
      defaults: "edge: {entrance: internal}",
      region: "{weight: 3}\nrouting: {places: {africa: eastus2}}",
    }),
    `18:13 regions.eastus2.weight: shares users by Traffic Manager, which an internal entrance has not; take it out, and give hubs to regions
  - 19:20 routing.places.africa: is answered by Traffic Manager, which an internal entrance has not; take it out, and give hubs to regions`,
  ],
  "a public zone that nothing is written into": [
    fileWith({
      defaults: "edge: {entrance: internal}",
      service: `existing: {zone: ${NETWORKS.replace("virtualNetworks", "dnszones")}/example.com}`,
    }),
    "7:14 service.existing.zone: is a public zone, and an internal entrance has no public name; take it out",
  ],
  "a hostname that leaves no room for a region's name": [
    fileWith({
      defaults: "edge: {entrance: internal}",
      hostname: `${`${"a".repeat(59)}.`.repeat(3)}${"a".repeat(54)}.example.com`,
    }),
    "3:3 service.hostname: leaves no room for eastus2 before it in 253 characters; choose a shorter one",
  ],
  "hubs of a public entrance": [
    fileWith({region: `{existing: {hubs: [${NETWORKS}/hub]}}`}),
    "18:24 regions.eastus2.existing.hubs: is for an internal entrance; write edge.entrance: internal, or take it out",
  ],
  "a place for an internal entrance where it is public": [
    fileWith({region: there(`, entrance: {subnet: ${subnet("c")}, address: 10.8.0.4}`)}),
    "18:347 regions.eastus2.existing.network.entrance: is for an internal entrance; write edge.entrance: internal, or take it out",
  ],
};

describe("refused, with the place and the mend:", () => {
  for (const [name, [file, fault]] of Object.entries(refused))
    test(name, () => {
      assert.throws(() => parseWorld(file), {
        message: `regions.yaml is not valid:\n  - ${fault}`,
      });
    });
});

const kinds = fc.constantFrom("public", "internal", undefined);

test("whatever defaults and regions say, all regions have one kind of entrance, or it is a fault", () => {
  fc.assert(
    fc.property(kinds, fc.tuple(kinds, kinds, kinds), (shared, own) => {
      const edge = (kind: string | undefined) => (kind ? `edge: {entrance: ${kind}}` : "");
      const [first, ...others] = own.map(
        (kind, at) => `{network: {space: 10.${at}.0.0/16}, ${edge(kind)}}`,
      );
      const region = `${first}\n  westeurope: ${others[0]}\n  japaneast: ${others[1]}`;
      const file = fileWith({defaults: edge(shared), region});
      const meant = new Set(own.map((kind) => kind ?? shared ?? "public"));
      if (meant.size > 1)
        assert.throws(() => parseWorld(file), /and one hostname leads to one kind/);
      else assert.equal(isInside(parseWorld(file)), meant.has("internal"));
    }),
  );
});

test("a region's name and address are known before it exists", () => {
  const own = parseWorld(fileWith({defaults: "edge: {entrance: internal}"}));
  assert.equal(publicName(own, own.regions[0]!), "eastus2.completions.example.com");
  assert.equal(entranceAddress(own.regions[0]!), "10.0.128.132");
  const entrance = `, entrance: {subnet: ${subnet("c")}, address: 10.8.15.4}`;
  const file = fileWith({defaults: "edge: {entrance: internal}", region: there(entrance)});
  assert.equal(entranceAddress(parseWorld(file).regions[0]!), "10.8.15.4");
});
