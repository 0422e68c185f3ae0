import assert from "node:assert/strict";
import {readFileSync} from "node:fs";
import {describe, test} from "node:test";
import fc from "fast-check";
import {parse} from "yaml";
import {readWorld} from "../../regions/read.ts";
import {planOf} from "../plan.ts";
import {worlds} from "../worlds.ts";
import {dynamicRecord, scaled} from "./octodns.ts";
import {octodnsFiles} from "./octodns-files.ts";
import {naturalOrder} from "./octodns-order.ts";
import {providers} from "./providers.ts";

const world = readWorld();
const record = dynamicRecord(world, planOf(world));

test("the example's record: chains as pools that fall back, the catch-all last", () => {
  const chain = (pool: string): string[] => {
    const {fallback} = record.dynamic.pools[pool]!;
    return fallback === undefined ? [pool] : [pool, ...chain(fallback)];
  };
  assert.deepEqual(
    record.dynamic.rules.map(({pool}) => chain(pool).join(" ")),
    [
      "japaneast japaneast--us-east japaneast--europe japaneast--brazilsouth",
      "us-east---2 us-east--europe us-east--brazilsouth us-east--japaneast",
      "europe---2 europe--us-east europe--brazilsouth europe--japaneast",
      "europe-eu",
      "us-east us-east--europe us-east--brazilsouth us-east--japaneast",
      "europe europe--us-east europe--brazilsouth europe--japaneast",
      "brazilsouth brazilsouth--us-east brazilsouth--europe brazilsouth--japaneast",
      "japaneast japaneast--us-east japaneast--europe japaneast--brazilsouth",
    ],
  );
  assert.equal(record.dynamic.rules.at(-1)!.geos, undefined);
  assert.deepEqual(record.octodns, {
    azuredns: {healthcheck: {interval: 10, num_failures: 2, timeout: 5}},
    healthcheck: {host: "completions.example.com", path: "/healthz", port: 443, protocol: "HTTPS"},
  });
});

describe("weights", () => {
  const cases: Record<string, [weights: number[], limit: number, scaled: number[]]> = {
    "are in lowest terms": [[20, 30, 10], 100, [2, 3, 1]],
    "stay as they are where they fit": [[7, 3], 15, [7, 3]],
    "are scaled to a provider's limit": [[97, 50, 3], 15, [15, 8, 1]],
    "never come to nothing": [[100, 99, 1], 15, [15, 15, 1]],
  };
  for (const [name, [weights, limit, expected]] of Object.entries(cases))
    test(name, () => assert.deepEqual(scaled(weights, limit), expected));
});

test("NS1 puts pools in order of their names, so those are in the order of the rules, no code is of a continent of its own, and Oceania is never whole", () => {
  const regions = [
    ...world.regions,
    {...world.regions[0]!, name: "australiaeast", pool: "oceania"},
  ];
  const routing = {...world.routing, places: {...world.routing.places, oceania: "oceania"}};
  const larger = {...world, regions, routing};
  const {rules} = dynamicRecord(larger, planOf(larger), {provider: providers.ns1}).dynamic;
  const pools = rules.map(({pool}) => pool);
  assert.deepEqual(pools, pools.toSorted());
  const codes = rules.flatMap(({geos = []}) => geos);
  assert.deepEqual(codes.filter((code) => code.length === 2).toSorted(), ["AS", "NA"]);
  const oceania = rules.map(({geos = []}) => geos.filter((code) => code.startsWith("OC-")).length);
  assert.deepEqual(
    oceania.filter((count) => count > 0),
    [25, 1],
  );
});

test("providers are named at the versions that are installed to prove them", () => {
  const pinned = readFileSync(new URL("requirements.txt", import.meta.url), "utf8").split("\n");
  for (const {package: named} of Object.values(providers))
    assert.ok(pinned.includes(named.replace(" ", "==")), named);
});

test("keys are in natural order: digits by their number", () => {
  assert.deepEqual(["eu10", "eu2", "eu", "asia--eu", "asia", "b", "eu2b"].toSorted(naturalOrder), [
    "asia",
    "asia--eu",
    "b",
    "eu",
    "eu2",
    "eu2b",
    "eu10",
  ]);
});

test("the zone's file is what was rendered, and no pool's name is a word of YAML 1.1", () => {
  const regions = world.regions.map((region) =>
    region.name === "japaneast" ? {...region, pool: "no"} : region,
  );
  const files = octodnsFiles({...world, regions}, planOf({...world, regions}));
  const zone = files["zones/example.com.yaml"]!;
  assert.match(zone, /^ +"no":$/m);
  assert.deepEqual(
    parse(zone).completions,
    dynamicRecord({...world, regions}, planOf({...world, regions})),
  );
});

test("in any world, no code comes behind a broader one or twice, and every pool is used", () => {
  fc.assert(
    fc.property(worlds, (world) => {
      const plan = planOf(world);
      fc.pre(plan.rules.every(({chain}) => chain.length > 0));
      const {pools, rules} = dynamicRecord(world, plan).dynamic;
      const seen: string[] = [];
      for (const geo of rules.flatMap(({geos = []}) => geos.toSorted())) {
        assert.ok(!seen.some((other) => geo.startsWith(other)), geo);
        seen.push(geo);
      }
      const heads = rules.map(({pool}) => pool);
      assert.deepEqual(heads.slice(0, -1), [...new Set(heads.slice(0, -1))]);
      const used = new Set([...heads, ...Object.values(pools).flatMap((p) => p.fallback ?? [])]);
      assert.deepEqual(Object.keys(pools).toSorted(), [...used].toSorted());
    }),
    {numRuns: 40},
  );
});

test("a hostname that leaves its Azure provider no room for names is refused, with the mend", () => {
  const hostname = `${"completions.for.all.our.developers".repeat(2)}.example.com`;
  const long = {...world, service: {...world.service, hostname}};
  assert.throws(
    () => dynamicRecord(long, planOf(long)),
    /is too long for octodns-azure 1\.2\.0, which/,
  );
});
