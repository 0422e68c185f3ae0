import assert from "node:assert/strict";
import {test} from "node:test";
import fc from "fast-check";
import {planOf} from "../../dns/plan.ts";
import {worlds} from "../../dns/worlds.ts";
import type {Region, World} from "../../regions/world.ts";
import {smallWorld} from "../fixture.ts";
import {fallbackRegions} from "./fallback-regions.ts";

type Sketch = Partial<Region> & {readonly name: string};

const worldOf = (regions: readonly Sketch[], routing: Partial<World["routing"]> = {}): World => ({
  ...smallWorld,
  regions: regions.map((sketch) => ({...smallWorld.regions[0]!, pool: sketch.name, ...sketch})),
  routing: {...smallWorld.routing, ...routing},
});

const namesOf = (world: World, name: string) =>
  fallbackRegions(world, planOf(world), world.regions.find((region) => region.name === name)!).map(
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
  "none that does not serve, though its pool does": [
    worldOf([
      {name: "eastus2"},
      {name: "westeurope", pool: "europe", state: "draining"},
      {name: "northeurope", pool: "europe", state: "planned"},
      {name: "swedencentral", pool: "europe"},
    ]),
    "eastus2",
    ["swedencentral"],
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

test("whatever the world, a region falls back to others that serve, each once, in no more than two pools", () => {
  fc.assert(
    fc.property(worlds, (world) => {
      const plan = planOf(world);
      for (const region of world.regions) {
        const fallbacks = fallbackRegions(world, plan, region);
        const names = fallbacks.map(({name}) => name);
        assert.ok(fallbacks.every(({state}) => state === "serving"));
        assert.ok(fallbacks.every(({deployments}) => deployments.length > 0));
        assert.ok(new Set(fallbacks.map(({pool}) => pool)).size <= 2);
        assert.deepEqual([...new Set(names)], names);
        assert.ok(!names.includes(region.name));
      }
    }),
    {numRuns: 50},
  );
});
