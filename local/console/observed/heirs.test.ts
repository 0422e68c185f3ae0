import assert from "node:assert/strict";
import {test} from "node:test";
import {withoutRegions} from "../../../dns/lost.ts";
import {planOf} from "../../../dns/plan.ts";
import {readWorld} from "../../../regions/read.ts";
import {heirsOf} from "./heirs.ts";

const world = readWorld();
const plan = planOf(world);

const cases: Record<string, [region: string, alsoOut: readonly string[], told: string]> = {
  "a region of a pool: its mate": ["westeurope", [], "swedencentral of the same pool takes over"],
  "a pool of one: the next pool": ["japaneast", [], "canadacentral and eastus2 take over"],
  "the next pool as far as it stands": ["japaneast", ["eastus2"], "canadacentral takes over"],
  "the last that may serve some": [
    "westeurope",
    ["swedencentral"],
    "canadacentral and eastus2 take over; no region is left for the rest",
  ],
  "none at all": [
    "japaneast",
    ["eastus2", "canadacentral", "brazilsouth", "westeurope", "swedencentral"],
    "no region is left for its places",
  ],
};

for (const [name, [region, alsoOut, told]] of Object.entries(cases))
  test(name, () => assert.equal(heirsOf(plan, region, alsoOut), told));

test("whoever is told to take over is not out, and serves what the plan without the lost gives it", () => {
  const names = world.regions.map(({name}) => name);
  for (const region of names)
    for (const other of names.filter((name) => name !== region)) {
      const told = heirsOf(plan, region, [other]);
      const after = withoutRegions(plan, [region, other]);
      const serving = new Set(after.rules.map(({chain}) => chain[0]));
      for (const name of names.filter((one) => told.includes(one))) {
        assert.ok(name !== region && name !== other, `${region} without ${other}: ${told}`);
        const pool = after.pools.find(({members}) => members.some((one) => one.region === name));
        assert.ok(serving.has(pool?.name), told);
      }
    }
});
