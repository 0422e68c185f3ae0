import assert from "node:assert/strict";
import {test} from "node:test";
import fc from "fast-check";
import {locations} from "../regions/azure.ts";
import {publicName} from "../regions/names.ts";
import {PLACE_CODES, type Place, places} from "../regions/places.ts";
import {readWorld} from "../regions/read.ts";
import type {Region, World} from "../regions/world.ts";
import {UNKNOWN_TO_AZURE} from "./coverage.ts";
import {type Plan, planOf} from "./plan.ts";
import {type Endpoint, type Profile, profilesOf} from "./traffic-manager.ts";

/** Regions that a place's answers come from, with their weights. */
type Answers = Record<string, number>;

test("for every place and every lost region, the profiles lead where the plan says", () => {
  fc.assert(
    fc.property(worlds, (world) => {
      const plan = planOf(world);
      if (plan.rules.some(({chain}) => chain.length === 0)) {
        assert.throws(() => profilesOf(world, plan), /No serving region keeps the residency of/);
        return;
      }
      const profiles = profilesOf(world, plan);
      for (const lost of losses(world))
        assert.deepEqual(walkAll(world, profiles, lost), planned(plan, lost), `lost: ${[...lost]}`);
    }),
    {numRuns: 40},
  );
});

test("a place with a residency is never served, nor failed over, outside it", () => {
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

test("names are DNS labels of at most 63, each on one profile; codes are on one endpoint each", () => {
  fc.assert(
    fc.property(worlds, (world) => {
      const plan = planOf(world);
      fc.pre(plan.rules.every(({chain}) => chain.length > 0));
      const profiles = profilesOf(world, plan);
      const names = profiles.map(({profileName}) => profileName);
      assert.deepEqual(names, [...new Set(names)]);
      for (const name of names) assert.match(name, /^[a-z](?:[a-z0-9-]{0,61}[a-z0-9])?$/);
      const codes = profiles.flatMap(({endpoints}) => endpoints.flatMap((e) => e.geoMapping ?? []));
      assert.deepEqual(codes.toSorted(), [...new Set(codes)].toSorted());
      assert.ok(codes.includes("WORLD"));
      assert.ok(!codes.some((code) => UNKNOWN_TO_AZURE.has(code)));
      for (const {endpoints} of profiles) {
        const within = endpoints.map(({name}) => name);
        assert.deepEqual(within, [...new Set(within)]);
        for (const {geoMapping} of endpoints) assert.notEqual(geoMapping?.length, 0);
      }
    }),
    {numRuns: 40},
  );
});

const example = readWorld();
const pools = ["europe", "europe-eu", "us-east", "a-pool-with-a-name-as-long-as-01"];
const labels = ["EU", "eu", "Swiss"];

const region: fc.Arbitrary<Region> = fc.record({
  name: fc.constantFrom(...locations.keys()),
  pool: fc.constantFrom(...pools),
  weight: fc.integer({min: 1, max: 100}),
  state: fc.constantFrom("serving", "serving", "serving", "planned", "draining"),
  residency: fc.option(fc.constantFrom(...labels), {nil: undefined}),
  cluster: fc.constant(example.regions[0]!.cluster),
  proxies: fc.constant(example.regions[0]!.proxies),
  deployments: fc.constant([]),
});

const placeCode = fc.constantFrom(...PLACE_CODES);
const dictionary = <Value>(key: fc.Arbitrary<string>, value: fc.Arbitrary<Value>) =>
  fc.dictionary(key, value, {maxKeys: 3, noNullPrototype: true});

const worlds: fc.Arbitrary<World> = fc
  .record({
    regions: fc.uniqueArray(region, {minLength: 1, maxLength: 7, selector: ({name}) => name}),
    places: dictionary(placeCode, fc.constantFrom(...pools)),
    residency: fc.oneof(
      {weight: 2, arbitrary: fc.constant({})},
      dictionary(placeCode, fc.uniqueArray(fc.constantFrom(...labels), {minLength: 1})),
    ),
    fallback: dictionary(fc.constantFrom(...pools), fc.constantFrom(...pools)),
  })
  .filter(({regions}) => regions.some(({state}) => state === "serving"))
  .map(({regions, ...routing}) => ({...example, regions, routing}));

/** None, each, and all. */
const losses = ({regions}: World): ReadonlySet<string>[] => [
  new Set(),
  ...regions.map(({name}) => new Set([name])),
  new Set(regions.map(({name}) => name)),
];

const known = places.filter(({azure}) => !UNKNOWN_TO_AZURE.has(azure));

/** What regions.yaml says of the place itself, else of its country, else of its continent. */
function residencyOf({routing: {residency}}: World, {code}: Place): readonly string[] | undefined {
  const [continent, country] = code.split("-");
  return residency[code] ?? residency[`${continent}-${country}`] ?? residency[continent!];
}

/** As the plan says: the first pool of the chain that stands, by the weights of what stands in it. */
function planned({rules, pools}: Plan, lost: ReadonlySet<string>): Record<string, Answers> {
  const membersOf = (name: string) => pools.find((pool) => pool.name === name)!.members;
  const answersOf = (chain: readonly string[]) => {
    const standing = chain.map((pool) => membersOf(pool).filter(({region}) => !lost.has(region)));
    const serving = standing.find((members) => members.length > 0) ?? membersOf(chain[0]!);
    return Object.fromEntries(serving.map(({region, weight}) => [region, weight]));
  };
  const byPlace = new Map(
    rules.flatMap(({chain, places}) => places.map(({place}) => [place.code, answersOf(chain)])),
  );
  return Object.fromEntries(known.map(({code}) => [code, byPlace.get(code)!]));
}

/** As Traffic Manager would answer each place, by its documentation. */
function walkAll(world: World, profiles: readonly Profile[], lost: ReadonlySet<string>) {
  const regionOf = new Map(world.regions.map((region) => [publicName(world, region), region.name]));
  const profile = (name: string) => profiles.find(({profileName}) => profileName === name)!;
  const root = profiles.find(({trafficRoutingMethod}) => trafficRoutingMethod === "Geographic")!;
  return Object.fromEntries(known.map((place) => [place.code, answers(root, place)]));

  function answers({trafficRoutingMethod, endpoints}: Profile, place: Place): Answers {
    // Geographic routing does not look at health.
    if (trafficRoutingMethod === "Geographic") return follow(byPlace(endpoints, place), place);
    const well = endpoints.filter(online);
    const open = well.length > 0 ? well : endpoints;
    if (trafficRoutingMethod === "Weighted")
      return Object.fromEntries(open.map(({target, weight}) => [regionOf.get(target!)!, weight!]));
    return follow(
      open.reduce((a, b) => (a.priority! < b.priority! ? a : b)),
      place,
    );
  }

  function follow({child}: Endpoint, place: Place): Answers {
    return answers(profile(child!), place);
  }

  function online({target, child, minChildEndpoints}: Endpoint): boolean {
    if (target !== undefined) return !lost.has(regionOf.get(target)!);
    return profile(child!).endpoints.filter(online).length >= minChildEndpoints!;
  }
}

/** State before country before group before WORLD. */
function byPlace(endpoints: readonly Endpoint[], {azure, group}: Place): Endpoint {
  const codes = [azure, azure.slice(0, 2), group, "WORLD"];
  const owners = codes.flatMap((code) => endpoints.filter((e) => e.geoMapping?.includes(code)));
  return owners[0]!;
}
