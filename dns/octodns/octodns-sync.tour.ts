import assert from "node:assert/strict";
import {test} from "node:test";
import {locations} from "../../regions/azure.ts";
import {places} from "../../regions/places/places.ts";
import {readWorld} from "../../regions/read.ts";
import type {World} from "../../regions/world.ts";
import {planOf} from "../plan.ts";
import {type Readable, readProfiles, readRecord} from "../readers.ts";
import {type Monitor, monitorOf} from "../traffic-manager/monitor.ts";
import {skip, sync} from "./octodns.rig.ts";
import {dynamicRecord} from "./octodns.ts";
import {octodnsFiles} from "./octodns-files.ts";
import {octodnsProfiles} from "./octodns-profiles.ts";

/** What octoDNS's Azure provider would have written. */
interface Made {
  readonly profiles: readonly (Readable & {ttl: number; monitor: Monitor})[];
  readonly records: readonly string[];
}

const example = readWorld();

const NOWHERE: World["routing"] = {places: {}, residency: {}, fallback: {}};

/** Every location a region, three to a pool and some of them alone, so that Azure has room for all. */
const large: World = {
  ...example,
  regions: [...locations.keys()].slice(0, 40).map((name, index) => ({
    ...example.regions[0]!,
    name,
    pool: index < 6 ? name : `pool-${index % 6}`,
    weight: 1 + (index % 7),
    residency: undefined,
  })),
  routing: {
    places: {"NA-US-CA": "pool-1", NA: "pool-2", "NA-CA": "pool-1", "NA-CA-QC": "pool-2"},
    residency: {},
    fallback: {},
  },
};

const alone: World = {...example, regions: example.regions.slice(0, 1), routing: NOWHERE};

/** Twenty pools of two regions, neighbours for the most part, which are more than Azure holds. */
const paired: World = {
  ...example,
  regions: [...locations.keys()].slice(0, 40).map((name, index) => ({
    ...example.regions[0]!,
    name,
    pool: `pool-${Math.floor(index / 2)}`,
    residency: undefined,
  })),
  routing: NOWHERE,
};

const worlds = {
  "the example": example,
  "one region": alone,
  "forty regions": large,
  "twenty pools of two": paired,
};

for (const [name, world] of Object.entries(worlds))
  test(`octoDNS takes ${name}, and its Azure provider's profiles route every place as the record says`, {
    skip,
  }, async (t) => {
    const plan = planOf(world);
    const {profiles, records} = await sync<Made>(t, "sync_octodns.py", {
      folders: [octodnsFiles(world, plan)],
    });
    assert.deepEqual(records, ["completions"]);
    assert.equal(profiles.length, octodnsProfiles(dynamicRecord(world, plan)));
    for (const {monitor, ttl} of profiles)
      assert.deepEqual({...monitor, ttl}, {...monitorOf(world), ttl: world.service.ttlS});

    const record = readRecord(dynamicRecord(world, plan));
    const azure = readProfiles(profiles, "completions--example--com");
    const targets = [
      ...new Set(profiles.flatMap(({endpoints}) => endpoints.flatMap((e) => e.target ?? []))),
    ];
    const losses = [[], ...targets.map((target) => [target]), targets.slice(0, 3), targets];
    const kinds = Map.groupBy(places, (place) => `${record.keyOf(place)} ${azure.keyOf(place)}`);
    for (const lost of losses.map((names) => new Set(names)))
      for (const [place] of kinds.values())
        assert.equal(
          azure.answers(azure.keyOf(place!), lost),
          record.answers(record.keyOf(place!), lost),
          `${place!.code}, lost: ${[...lost]}`,
        );
  });

test("octoDNS refuses a zone whose keys are out of order, so the run above can fail", {
  skip,
}, async (t) => {
  const files = octodnsFiles(example, planOf(example));
  const zone = "zones/example.com.yaml";
  const turned = files[zone]!.replace(
    /^( +)port: 443\n +protocol: HTTPS\n/m,
    "$1protocol: HTTPS\n$1port: 443\n",
  );
  const folders = [{...files, [zone]: turned}];
  await assert.rejects(sync(t, "sync_octodns.py", {folders}), /keys out of order/);
});
