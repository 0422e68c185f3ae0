import assert from "node:assert/strict";
import {describe, type TestContext, test} from "node:test";
import {publicName} from "../../regions/names.ts";
import {places} from "../../regions/places/places.ts";
import {readWorld} from "../../regions/read.ts";
import type {World} from "../../regions/world.ts";
import {planOf} from "../plan.ts";
import {type Reader, readRecord, readRecordByRoute53} from "../readers.ts";
import {type Ns1Record, readNs1} from "./ns1-reader.ts";
import {type Files, skip, sync} from "./octodns.rig.ts";
import {dynamicRecord} from "./octodns.ts";
import {octodnsFiles} from "./octodns-files.ts";
import {type ProviderName, providers} from "./providers.ts";
import {ROUTE53_COUNTRIES} from "./route53.ts";
import {type HealthCheck, type RecordSet, readRoute53} from "./route53-reader.ts";

const example = readWorld();

/** States and provinces apart, a residency over continents, all of Oceania to one pool, shared pools. */
const detailed: World = {
  ...example,
  regions: [
    ["eastus2", "us-east", 3, undefined],
    ["canadacentral", "us-east", 1, undefined],
    ["westus2", "us-west", 100, undefined],
    ["westus3", "us-west", 37, undefined],
    ["westeurope", "europe", 2, "EU"],
    ["swedencentral", "europe", 1, "EU"],
    ["australiaeast", "oceania", 1, undefined],
    ["japaneast", "japaneast", 1, undefined],
  ].map(([name, pool, weight, residency]) => ({
    ...example.regions[0]!,
    ...({name, pool, weight, residency} as World["regions"][number]),
  })),
  routing: {
    places: {oceania: "oceania", antarctica: "oceania", "NA-CA-QC": "europe"},
    residency: {EU: ["EU"], "NA-US-NY": ["EU"]},
    fallback: {},
  },
};

const filesOf = (world: World, provider: ProviderName): Files =>
  octodnsFiles(world, planOf(world), {provider});

/** One place for each kind, while nothing, each region, three of them and all are lost. */
function assertAlike(world: World, made: Reader, record: Reader): void {
  const targets = world.regions.map((region) => publicName(world, region));
  const losses = [[], ...targets.map((target) => [target]), targets.slice(0, 3), targets];
  const kinds = Map.groupBy(places, (place) => `${record.keyOf(place)} | ${made.keyOf(place)}`);
  for (const lost of losses.map((names) => new Set(names)))
    for (const [place] of kinds.values())
      assert.equal(
        made.answers(made.keyOf(place!), lost),
        record.answers(record.keyOf(place!), lost),
        `${place!.code}, lost: ${[...lost]}`,
      );
}

const recordOf = (world: World, provider: ProviderName) =>
  dynamicRecord(world, planOf(world), {provider: providers[provider]});

describe("Route 53", {skip}, () => {
  const inRoute53 = (t: TestContext, folders: readonly Files[]) =>
    sync<{changes: number[]; rrsets: RecordSet[]; checks: HealthCheck[]}>(t, "sync_route53.py", {
      args: [ROUTE53_COUNTRIES.join()],
      folders,
    });

  for (const [name, world] of Object.entries({
    "the example": example,
    "a detailed world": detailed,
  }))
    test(`takes ${name}, reads it again unchanged, and routes every place as the record says`, async (t) => {
      const {changes, rrsets, checks} = await inRoute53(t, [filesOf(world, "route53")]);
      assert.deepEqual(changes, [1, 0]);
      assert.equal(checks.length, world.regions.length);
      const made = readRoute53(rrsets, checks, world.service.hostname);
      assertAlike(world, made, readRecordByRoute53(recordOf(world, "route53")));
    });

  test("takes one plan after the other, and leaves nothing of the first", async (t) => {
    const folders = [example, detailed].map((world) => filesOf(world, "route53"));
    const {changes, rrsets, checks} = await inRoute53(t, folders);
    assert.deepEqual(changes, [1, 0, 1, 0]);
    const made = readRoute53(rrsets, checks, example.service.hostname);
    assertAlike(detailed, made, readRecordByRoute53(recordOf(detailed, "route53")));
  });

  test("refuses what is made for Azure, so the runs above can fail", async (t) => {
    const route53 = filesOf(detailed, "route53")["config.yaml"]!;
    const refusals: [world: World, told: RegExp][] = [
      [detailed, /NA-CA-\* not supported for completions\.example\.com/],
      [example, /Cannot find location: 'country = (BV|HM) subdivision = None'/],
    ];
    for (const [world, told] of refusals) {
      const files = {...filesOf(world, "azure"), "config.yaml": route53};
      await assert.rejects(inRoute53(t, [files]), told);
    }
  });

  test("what is left out of a zone could not be read again, or is refused", async (t) => {
    const named = (code: string) => {
      const {"config.yaml": config = "", ...zones} = filesOf(example, "route53");
      const [[zone, text]] = Object.entries(zones) as [[string, string]];
      const geos = text.replace("          - AF-RE\n", `          - ${code}\n          - AF-RE\n`);
      assert.notEqual(geos, text);
      return {"config.yaml": config, [zone]: geos};
    };
    await assert.rejects(inRoute53(t, [named("AF-EH")]), /Cannot find location: 'country = EH/);
    await assert.rejects(inRoute53(t, [named("NA-SX")]), /Invalid Country Alpha-2 code: 'SX'/);
  });
});

describe("NS1", {skip}, () => {
  const inNs1 = (t: TestContext, folders: readonly Files[]) =>
    sync<{
      changes: number[];
      record: Ns1Record;
      monitors: {id: string; config: {url: string}}[];
      feeds: Record<string, string>;
    }>(t, "sync_ns1.py", {folders});

  for (const [name, world] of Object.entries({
    "the example": example,
    "a detailed world": detailed,
  }))
    test(`takes ${name}, reads it again unchanged, and routes every place as the record says`, async (t) => {
      const {changes, record, monitors, feeds} = await inNs1(t, [filesOf(world, "ns1")]);
      assert.deepEqual(changes, [1, 0]);
      assert.equal(monitors.length, world.regions.length);
      const urls = new Map(monitors.map(({id, config}) => [id, new URL(config.url)]));
      const probed = (feed: string) => urls.get(feeds[feed]!)!.hostname;
      for (const states of ["first", "alike"] as const)
        assertAlike(world, readNs1(record, probed, states), readRecord(recordOf(world, "ns1")));
    });

  test("takes one plan after the other", async (t) => {
    const folders = [example, detailed].map((world) => filesOf(world, "ns1"));
    const {changes, monitors} = await inNs1(t, folders);
    assert.deepEqual(changes, [1, 0, 1, 0]);
    assert.equal(monitors.length, detailed.regions.length);
  });

  test("its provider refuses what is made for Azure, so the runs above can fail", async (t) => {
    const config = filesOf(detailed, "ns1")["config.yaml"]!;
    const files = {...filesOf(detailed, "azure"), "config.yaml": config};
    await assert.rejects(inNs1(t, [files]), /unsupported continent code (AN|OC)/);
  });
});
