import assert from "node:assert/strict";
import {test} from "node:test";
import fc from "fast-check";
import {readWorld} from "../regions/read.ts";
import type {Region, World} from "../regions/world.ts";
import {privateAnswers, privateChanges, privateReport} from "./private.ts";
import {worlds} from "./worlds.ts";

const example = readWorld();
const [first] = example.regions as [Region];
const at = (name: string, space: string, changes: Partial<Region> = {}): Region => ({
  ...first,
  name,
  pool: name,
  residency: undefined,
  edge: {entrance: "internal", allow: undefined},
  network: {space},
  ...changes,
});
const regions = [
  at("eastus2", "10.0.0.0/16", {
    existing: {...first.existing, hubs: ["/subscriptions/s/hub"]},
  }),
  at("japaneast", "10.1.0.0/16"),
  at("swedencentral", "10.2.0.0/16", {pool: "europe", residency: "EU"}),
  at("westeurope", "10.3.0.0/16", {pool: "europe", residency: "EU"}),
];
const routing = {places: {}, residency: {}, fallback: {}};
const world: World = {...example, routing, regions};

const chainOf = (name: string, changes: Partial<World> = {}) =>
  privateAnswers({...world, ...changes}).find(({region}) => region === name)!.chain;
const drained = (...names: string[]) =>
  regions.map((region) =>
    names.includes(region.name) ? {...region, state: "draining" as const} : region,
  );

test("a region answers its own networks, then its pool, then whoever is near", () => {
  assert.deepEqual(chainOf("westeurope"), ["westeurope", "swedencentral", "eastus2", "japaneast"]);
  assert.deepEqual(chainOf("westeurope", {regions: drained("westeurope")}), [
    "swedencentral",
    "eastus2",
    "japaneast",
  ]);
});

test("the pool that regions.yaml names comes before what is nearer", () => {
  const routing = {...world.routing, fallback: {europe: "japaneast"}};
  assert.deepEqual(chainOf("westeurope", {routing}).slice(1), [
    "swedencentral",
    "japaneast",
    "eastus2",
  ]);
});

test("a residency is kept by whoever takes over, and is none of others' concern", () => {
  const routing = {...world.routing, residency: {EU: ["EU"]}};
  assert.deepEqual(chainOf("westeurope", {routing}), ["westeurope", "swedencentral"]);
  assert.deepEqual(chainOf("eastus2", {routing})[0], "eastus2");
  assert.equal(chainOf("eastus2", {routing}).length, 4);
});

test("a region that nobody may take over answers, whatever its state", () => {
  const alone = {...world, regions: drained("japaneast").filter(({name}) => name === "japaneast")};
  assert.deepEqual(privateAnswers(alone), [{region: "japaneast", chain: ["japaneast"]}]);
});

test("in any world each region is answered by itself while it serves, and no residency is broken", () => {
  fc.assert(
    fc.property(worlds, (world) => {
      const named = new Map(world.regions.map((region) => [region.name, region]));
      for (const {region, chain} of privateAnswers(world)) {
        const own = named.get(region)!;
        const others = chain.filter((name) => name !== region);
        assert.equal(new Set(chain).size, chain.length);
        if (own.state === "serving") assert.equal(chain[0], region);
        for (const name of others) {
          const {state, residency = ""} = named.get(name)!;
          assert.equal(state, "serving");
          for (const labels of Object.values(world.routing.residency))
            if (labels.includes(own.residency ?? "")) assert.ok(labels.includes(residency));
        }
      }
    }),
  );
});

test("the table says who answers where, and the changes who moves", () => {
  assert.equal(
    privateReport({...world, regions: drained("westeurope")}),
    `region         networks           answered by                  once that drains, by
eastus2        its own and a hub  eastus2        10.0.128.132  swedencentral, japaneast
japaneast      its own            japaneast      10.1.128.132  eastus2, swedencentral
swedencentral  its own            swedencentral  10.2.128.132  eastus2, japaneast
westeurope     its own            swedencentral  10.2.128.132  eastus2, japaneast
`,
  );
  const changes = privateChanges(world, {...world, regions: drained("westeurope")});
  assert.deepEqual(changes.at(-1), "networks of westeurope move from westeurope to swedencentral");
  assert.deepEqual(
    changes[0],
    "eastus2 is taken over by swedencentral, japaneast, not by westeurope, swedencentral, japaneast",
  );
  assert.deepEqual(privateChanges(world, world), []);
});
