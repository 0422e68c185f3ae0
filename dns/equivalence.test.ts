import assert from "node:assert/strict";
import {describe, test} from "node:test";
import fc from "fast-check";
import {publicName} from "../regions/names.ts";
import type {Place} from "../regions/places.ts";
import {readWorld} from "../regions/read.ts";
import type {World} from "../regions/world.ts";
import {known, UNKNOWN_TO_AZURE} from "./geography.ts";
import {dynamicRecord} from "./octodns.ts";
import {type Plan, planOf} from "./plan.ts";
import {type Reader, readPlan, readProfiles, readRecord} from "./readers.ts";
import {profilesOf, rootName} from "./traffic-manager.ts";
import {worlds} from "./worlds.ts";

describe("for every place and every set of up to three lost regions, the example is answered as planned", () => {
  const world = readWorld();
  const plan = planOf(world);
  const sets = upToThree(world.regions.map(({name}) => name));

  test("by the profiles", () => {
    assert.equal(sets.length, 1 + 6 + 15 + 20);
    const pair = byProfiles(world, plan);
    for (const lost of sets) assertAlike(pair, lost);
  });

  test("by octoDNS's record", () => {
    const pair = byRecord(world, plan);
    for (const lost of sets) assertAlike(pair, lost);
  });
});

/** Some regions of a world of any size; all of them too, now and then. */
const cases = worlds.chain((world) =>
  fc.record({
    world: fc.constant(world),
    sets: fc.array(fc.subarray(world.regions.map(({name}) => name)), {maxLength: 8}),
  }),
);

test("in any world, profiles and record answer as planned, whatever is lost", () => {
  fc.assert(
    fc.property(cases, ({world, sets}) => {
      const plan = planOf(world);
      if (plan.rules.some(({chain}) => chain.length === 0)) {
        assert.throws(() => profilesOf(world, plan), /No serving region keeps the residency of/);
        assert.throws(() => dynamicRecord(world, plan), /No serving region keeps the residency of/);
        return;
      }
      const small = upToThree(world.regions.map(({name}) => name).slice(0, 6));
      for (const pair of [byProfiles(world, plan), byRecord(world, plan)])
        for (const lost of [...small, ...sets]) assertAlike(pair, lost);
    }),
    {numRuns: 30},
  );
});

test("in any world, a place with a residency is never served, nor failed over, outside it", () => {
  fc.assert(
    fc.property(worlds, (world) => {
      const {rules, pools} = planOf(world);
      const labelOf = new Map(world.regions.map(({name, residency}) => [name, residency]));
      for (const {chain, places} of rules) {
        const members = pools.filter(({name}) => chain.includes(name)).flatMap((p) => p.members);
        const found = new Set(members.map(({region}) => labelOf.get(region)));
        for (const {place} of places) {
          const allowed = residencyOf(world, place);
          assert.deepEqual(
            allowed && [...found].filter((l) => !allowed.includes(l!)),
            allowed && [],
          );
        }
      }
    }),
    {numRuns: 40},
  );
});

test("in any world, names are DNS labels of at most 63, each on one profile; codes are on one endpoint each", () => {
  fc.assert(
    fc.property(worlds, (world) => {
      const plan = planOf(world);
      fc.pre(plan.rules.every(({chain}) => chain.length > 0));
      const profiles = profilesOf(world, plan);
      const names = profiles.map(({profileName}) => profileName);
      assert.deepEqual(names, [...new Set(names)]);
      const used = new Set(
        profiles.flatMap(({endpoints}) => endpoints.flatMap((e) => e.child ?? [])),
      );
      assert.deepEqual(
        names.filter((name) => !used.has(name)),
        [rootName(world)],
      );
      for (const name of names) assert.match(name, /^[a-z](?:[a-z0-9-]{0,61}[a-z0-9])?$/);
      const codes = profiles.flatMap(({endpoints}) => endpoints.flatMap((e) => e.geoMapping ?? []));
      assert.deepEqual(codes.toSorted(), [...new Set(codes)].toSorted());
      assert.ok(codes.includes("WORLD"));
      assert.ok(!codes.some((code) => UNKNOWN_TO_AZURE.has(code)));
      for (const {endpoints} of profiles) {
        for (const key of ["name", "target", "child"] as const) {
          const within = endpoints.flatMap((endpoint) => endpoint[key] ?? []);
          assert.deepEqual(within, [...new Set(within)]);
        }
        for (const {geoMapping} of endpoints) assert.notEqual(geoMapping?.length, 0);
      }
    }),
    {numRuns: 40},
  );
});

test("in any world, the order of the regions changes nothing that is rendered", () => {
  fc.assert(
    fc.property(worlds, (world) => {
      const plan = planOf(world);
      const turned = {...world, regions: world.regions.toReversed()};
      assert.deepEqual(planOf(turned), plan);
      fc.pre(plan.rules.every(({chain}) => chain.length > 0));
      const rendered = (of: World) =>
        JSON.stringify([profilesOf(of, plan), dynamicRecord(of, plan)]);
      assert.equal(rendered(turned), rendered(world));
    }),
    {numRuns: 40},
  );
});

interface Pair {
  readonly planned: Reader;
  readonly rendered: Reader;
  readonly targetOf: (region: string) => string;
}

function byProfiles(world: World, plan: Plan): Pair {
  const targetOf = targetIn(world);
  const rendered = readProfiles(profilesOf(world, plan), rootName(world));
  return {planned: readPlan(plan, targetOf), rendered, targetOf};
}

/** Where all of a chain is lost, octoDNS answers the record's own value. */
function byRecord(world: World, plan: Plan): Pair {
  const targetOf = targetIn(world);
  const record = dynamicRecord(world, plan);
  const planned = readPlan(plan, targetOf, record.value.slice(0, -1));
  return {planned, rendered: readRecord(record), targetOf};
}

const targetIn = (world: World) => (region: string) =>
  publicName(world, world.regions.find(({name}) => name === region)!);

/** One place stands for all that both answer alike whatever is lost. */
function assertAlike({planned, rendered, targetOf}: Pair, lost: readonly string[]) {
  const targets = new Set(lost.map(targetOf));
  const kinds = Map.groupBy(known, (place) => `${planned.keyOf(place)} ${rendered.keyOf(place)}`);
  const answers = (reader: Reader) =>
    [...kinds.values()].map(([place]) => [
      place!.code,
      reader.answers(reader.keyOf(place!), targets),
    ]);
  assert.deepEqual(answers(rendered), answers(planned), `lost: ${lost}`);
}

function upToThree<Item>(items: readonly Item[]): Item[][] {
  const sets: Item[][] = [[]];
  for (const item of items)
    sets.push(...sets.filter((set) => set.length < 3).map((set) => [...set, item]));
  return sets;
}

/** What regions.yaml says of the place itself, else of its country, the EU, the EEA, its continent, the world. */
function residencyOf({routing: {residency}}: World, {code}: Place): readonly string[] | undefined {
  const [continent, country] = code.split("-") as [string, string];
  return (
    residency[code] ??
    residency[`${continent}-${country}`] ??
    (UNION.has(country) ? residency.EU : undefined) ??
    (UNION.has(country) || ["IS", "LI", "NO"].includes(country) ? residency.EEA : undefined) ??
    residency[CONTINENTS[continent]!] ??
    residency.world
  );
}

/** Written out by who read the treaties again, not taken from what is tested. */
const UNION = new Set(
  "AT BE BG HR CY CZ DK EE FI FR DE GR HU IE IT LV LT LU MT NL PL PT RO SK SI ES SE AX GP MQ GF RE YT MF".split(
    " ",
  ),
);

const CONTINENTS: Readonly<Record<string, string>> = {
  AF: "africa",
  AN: "antarctica",
  AS: "asia",
  EU: "europe",
  NA: "north-america",
  OC: "oceania",
  SA: "south-america",
};
