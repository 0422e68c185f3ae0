import assert from "node:assert/strict";
import {test} from "node:test";
import fc from "fast-check";
import {worlds} from "../../dns/worlds.ts";
import type {World} from "../../regions/world.ts";
import {smallWorld} from "../fixture.ts";
import {isAlert, type Rule} from "./rule.ts";
import {groupsOf, worldGroups} from "./world.ts";

const nameOf = (rule: Rule) => (isAlert(rule) ? rule.alert : rule.record);

/** Regions by residency; places of the EU are served where it binds. */
const worldOf = (...residency: (string | undefined)[]): World => {
  const names = ["eastus2", "westeurope", "swedencentral"];
  const [region] = smallWorld.regions;
  const regions = residency.map((residency, at) => ({
    ...region!,
    ...{name: names[at]!, pool: names[at]!, residency},
  }));
  return {...smallWorld, regions, routing: {...smallWorld.routing, residency: {EU: ["EU"]}}};
};

const together: Record<string, [world: World, sets: string[]]> = {
  "regions that all take over from each other": [smallWorld, ["eastus2 westeurope"]],
  "regions of which two are bound": [
    worldOf(undefined, "EU", "EU"),
    ["eastus2 swedencentral westeurope", "swedencentral westeurope"],
  ],
  "one that is bound alone: it has nobody to lose": [
    worldOf(undefined, "EU"),
    ["eastus2 westeurope"],
  ],
};

for (const [name, [world, sets]] of Object.entries(together))
  test(`the last region is told of: ${name}`, () => {
    const alerts = worldGroups(world).flatMap(({rules}) => rules.filter(isAlert));
    const last = alerts.filter(({alert}) => alert === "LastRegion");
    assert.deepEqual(last.map(({labels}) => labels?.regions).toSorted(), sets);
  });

test("a region's rules name it, and what they record; those of all name none", () => {
  const groups = groupsOf(smallWorld).map(({name, labels, rules}) => ({
    name,
    labels,
    first: nameOf(rules[0]!),
    count: rules.length,
  }));
  const of = (region: string) => ({labels: {region}, first: "region:meridian_missed:ratio_5m"});
  const others = (region: string) => ({labels: {region}, first: "region:meridian_in:bool"});
  assert.deepEqual(groups, [
    {
      ...{name: "meridian-world-objective", labels: undefined},
      ...{first: "world:meridian_missed:ratio_5m", count: 11},
    },
    {name: "meridian-world", labels: undefined, first: "LastRegion", count: 1},
    {name: "meridian-eastus2-objective", ...of("eastus2"), count: 11},
    {name: "meridian-eastus2", ...others("eastus2"), count: 17},
    {name: "meridian-westeurope-objective", ...of("westeurope"), count: 11},
    {name: "meridian-westeurope", ...others("westeurope"), count: 17},
  ]);
});

test("a promise of less than nine in ten burns when half of all requests fail", () => {
  const objective = {...smallWorld.service.objective, success: 0.9};
  const world = {...smallWorld, service: {...smallWorld.service, objective}};
  const burns = worldGroups(world).flatMap(({rules}) =>
    rules.filter(isAlert).flatMap(({expression}) => / > ([\d.]+) and/.exec(expression)?.[1] ?? []),
  );
  assert.deepEqual(burns, ["0.5", "0.5", "0.3", "0.1"]);
});

test("whatever the regions, groups have names of their own and are as small as Azure takes them", () => {
  fc.assert(
    fc.property(worlds, (world) => {
      const groups = groupsOf(world);
      assert.equal(new Set(groups.map(({name}) => name)).size, groups.length);
      for (const {name, rules} of groups) assert.ok(rules.length <= 20, name);
    }),
    {numRuns: 30},
  );
});
