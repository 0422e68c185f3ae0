import assert from "node:assert/strict";
import {test} from "node:test";
import {planOf} from "../../dns/plan.ts";
import type {Region, World} from "../../regions/world.ts";
import {smallWorld} from "../fixture.ts";
import {fallbacksOf} from "./fallback-regions.ts";

type Sketch = Partial<Region> & {readonly name: string};

const worldOf = (regions: readonly Sketch[], routing: Partial<World["routing"]> = {}): World => ({
  ...smallWorld,
  regions: regions.map((sketch) => ({...smallWorld.regions[0]!, pool: sketch.name, ...sketch})),
  routing: {...smallWorld.routing, ...routing},
});

const namesOf = (world: World, name: string) =>
  fallbacksOf(world, planOf(world), world.regions.find((region) => region.name === name)!).map(
    ({name}) => name,
  );

const atlantic = worldOf([
  {name: "eastus2", pool: "us"},
  {name: "canadacentral", pool: "us"},
  {name: "westus3", pool: "us"},
  {name: "westeurope", pool: "europe"},
  {name: "swedencentral", pool: "europe"},
  {name: "japaneast"},
]);

const bound = worldOf(
  atlantic.regions.map((region) =>
    region.pool === "europe" ? {...region, residency: "EU"} : region,
  ),
  {residency: {EU: ["EU"]}},
);

const cases: Record<string, [world: World, region: string, fallbacks: string[]]> = {
  "its pool's others and the next pool's, each nearest first": [
    atlantic,
    "eastus2",
    ["canadacentral", "westus3", "westeurope", "swedencentral"],
  ],
  "the next pool's alone, where it has none of its own": [
    atlantic,
    "japaneast",
    ["westus3", "canadacentral", "eastus2"],
  ],
  "none outside a residency that binds some of its users": [bound, "westeurope", ["swedencentral"]],
  "those of a bound pool too, where nothing binds its own users": [
    bound,
    "eastus2",
    ["canadacentral", "westus3", "westeurope", "swedencentral"],
  ],
  "none that does not serve": [
    worldOf([{name: "eastus2"}, {name: "westeurope", state: "draining"}]),
    "eastus2",
    [],
  ],
  "none without deployments": [
    worldOf([{name: "eastus2"}, {name: "westeurope", deployments: []}]),
    "eastus2",
    [],
  ],
  "none where it is alone": [worldOf([{name: "eastus2"}]), "eastus2", []],
};

for (const [what, [world, region, fallbacks]] of Object.entries(cases))
  test(`a region falls back to ${what}`, () => assert.deepEqual(namesOf(world, region), fallbacks));
