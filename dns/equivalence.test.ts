import assert from "node:assert/strict";
import {describe, test} from "node:test";
import fc from "fast-check";
import {type Place, places} from "../regions/places/places.ts";
import {readWorld} from "../regions/read.ts";
import type {World} from "../regions/world.ts";
import {dynamicRecord} from "./octodns/octodns.ts";
import {type Pair, pairs, targetIn} from "./pairs.ts";
import {planOf} from "./plan.ts";
import type {Reader} from "./readers.ts";
import {profilesOf, rootName} from "./traffic-manager/traffic-manager.ts";
import {worlds} from "./worlds.ts";

describe("for every place and every set of up to three lost regions, the example is answered as planned", () => {
  const world = readWorld();
  const plan = planOf(world);
  const sets = upToThree(world.regions.map(({name}) => name));
  for (const [by, pairOf] of Object.entries(pairs))
    test(`by ${by}`, () => {
      assert.equal(sets.length, 1 + 6 + 15 + 20);
      const pair = pairOf(world, plan);
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

for (const [by, pairOf] of Object.entries(pairs))
  test(`in any world, ${by} answer as planned, whatever is lost, or are refused`, () => {
    fc.assert(
      fc.property(cases, ({world, sets}) => {
        const plan = planOf(world);
        const pair = unlessRefused(() => pairOf(world, plan));
        if (plan.rules.some(({chain}) => chain.length === 0))
          return assert.match(String(pair), /^No serving region keeps the residency of/);
        if (typeof pair === "string") return assert.match(pair, REFUSALS);
        const small = upToThree(world.regions.map(({name}) => name).slice(0, 6));
        for (const lost of [...small, ...sets]) assertAlike(pair, lost);
      }),
      {numRuns: 30},
    );
  });

const REFUSALS =
  /^(Traffic Manager|Azure DNS|Route 53|NS1) cannot keep every residency|^Route 53 cannot hold this plan/;

/** What is rendered, or the words with which it is refused. */
function unlessRefused<Rendered>(render: () => Rendered): Rendered | string {
  try {
    return render();
  } catch (error) {
    return (error as Error).message;
  }
}

const isRefused = (render: () => unknown): boolean => typeof unlessRefused(render) === "string";

test("in any world, who answers a place keeps its residency, by every renderer", () => {
  fc.assert(
    fc.property(cases, ({world, sets}) => {
      const plan = planOf(world);
      const targetOf = targetIn(world);
      const labelOf = new Map(
        world.regions.map(({name, residency}) => [targetOf(name), residency]),
      );
      for (const pairOf of Object.values(pairs)) {
        const pair = unlessRefused(() => pairOf(world, plan));
        if (typeof pair === "string") continue;
        for (const lost of [[], ...sets])
          for (const {place, targets} of boundAnswers(world, pair, lost.map(targetOf)))
            for (const target of targets)
              assert.ok(residencyOf(world, place)!.includes(labelOf.get(target)!), place.code);
      }
    }),
    {numRuns: 20},
  );
});

/** What answers each place with a residency, but for octoDNS's last resort, which keeps none: docs/dns.md. */
const boundAnswers = (world: World, {rendered, last}: Pair, lost: readonly string[]) =>
  places
    .filter((place) => residencyOf(world, place))
    .map((place) => {
      const answer = rendered.answers(rendered.keyOf(place), new Set(lost));
      return {place, targets: answer.split(", ").map((one) => one.split(" ")[1]!)};
    })
    .filter(({targets}) => targets.join() !== last);

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
      fc.pre(!isRefused(() => profilesOf(world, plan)));
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
      assert.ok(!codes.includes("EH"));
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
      fc.pre(!isRefused(() => [profilesOf(world, plan), dynamicRecord(world, plan)]));
      const rendered = (of: World) =>
        JSON.stringify([profilesOf(of, plan), dynamicRecord(of, plan)]);
      assert.equal(rendered(turned), rendered(world));
    }),
    {numRuns: 40},
  );
});

/** One place stands for all that both answer alike whatever is lost. */
function assertAlike({planned, rendered, targetOf}: Pair, lost: readonly string[]) {
  const targets = new Set(lost.map(targetOf));
  const kinds = Map.groupBy(places, (place) => `${planned.keyOf(place)} ${rendered.keyOf(place)}`);
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
