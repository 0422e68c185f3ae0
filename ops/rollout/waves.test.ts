import assert from "node:assert/strict";
import {test} from "node:test";
import fc from "fast-check";
import {planOf} from "../../dns/plan.ts";
import {worlds} from "../../dns/worlds.ts";
import {stackNames} from "../../infra/azure/names.ts";
import {smallWorld} from "../../infra/fixture.ts";
import type {Region, World} from "../../regions/world.ts";
import {type Choice, wavesOf} from "./waves.ts";

const [template] = smallWorld.regions as [Region];
const worldOf = (...regions: (Pick<Region, "name"> & Partial<Region>)[]): World => ({
  ...smallWorld,
  regions: regions.map((region) => ({...template, pool: region.name, ...region})),
});
const all: Choice = {canary: undefined, regions: undefined};

/**
 * From few users to many: Canada with its quarter of America's, Africa, the rest of America, Europe, Asia.
 */
const five = worldOf(
  {name: "australiaeast"},
  {name: "canadacentral", pool: "america"},
  {name: "eastus2", pool: "america", weight: 3},
  {name: "southafricanorth"},
  {name: "westeurope"},
);

const cases: Record<string, {world: World; choice: Choice; waves: string[][]}> = {
  "one region is its own canary": {
    world: worldOf({name: "westeurope"}),
    choice: all,
    waves: [["global"], ["westeurope"], ["fallback"], ["dns"]],
  },
  "a canary alone, then what does not lean on each other, the most users last": {
    world: five,
    choice: all,
    waves: [
      ["global"],
      ["canadacentral"],
      ["southafricanorth", "eastus2"],
      ["westeurope", "australiaeast"],
      ["fallback"],
      ["dns"],
    ],
  },
  "a canary by name": {
    world: five,
    choice: {canary: "westeurope", regions: undefined},
    waves: [
      ["global"],
      ["westeurope"],
      ["canadacentral", "southafricanorth"],
      ["eastus2"],
      ["australiaeast"],
      ["fallback"],
      ["dns"],
    ],
  },
  "some regions, and nothing around them": {
    world: five,
    choice: {canary: undefined, regions: ["westeurope", "eastus2"]},
    waves: [["eastus2"], ["westeurope"]],
  },
  "nobody is on a planned region: it shows nothing, so it is no canary": {
    world: worldOf({name: "eastus2"}, {name: "japaneast", state: "planned"}),
    choice: all,
    waves: [["global"], ["eastus2"], ["japaneast"], ["fallback"], ["dns"]],
  },
};

for (const [name, {world, choice, waves}] of Object.entries(cases))
  test(name, () => assert.deepEqual(wavesOf(world, planOf(world), choice), waves));

test("every stack once, the canary alone, and nobody together with who takes its users over", () => {
  const property = fc.property(worlds, (world) => {
    const plan = planOf(world);
    const waves = wavesOf(world, plan, all);
    assert.deepEqual(waves.flat().toSorted(), stackNames(world).toSorted());
    assert.deepEqual([waves[0], ...waves.slice(-2)], [["global"], ["fallback"], ["dns"]]);
    assert.equal(waves[1]?.length, 1);
    const poolOf = new Map(world.regions.map(({name, pool}) => [name, pool]));
    for (const wave of waves.slice(1, -2)) {
      const pools = wave.map((name) => poolOf.get(name)!);
      assert.equal(new Set(pools).size, wave.length, `of one pool: ${wave}`);
      for (const {chain} of plan.rules) {
        const [first, second] = chain;
        const both = second && pools.includes(first!) && pools.includes(second);
        assert.ok(!both, `${second} takes ${first} over: ${wave}`);
      }
    }
  });
  fc.assert(property, {numRuns: 100});
});
