import assert from "node:assert/strict";
import {test} from "node:test";
import {locations} from "../../regions/azure.ts";
import {places} from "../../regions/places/places.ts";
import {readWorld} from "../../regions/read.ts";
import type {World} from "../../regions/world.ts";
import {planOf} from "../plan.ts";
import {LIMITS} from "../traffic-manager/limits.ts";
import {profilesOf, profilesWarning} from "../traffic-manager/traffic-manager.ts";
import {dynamicRecord} from "./octodns.ts";
import {octodnsFiles} from "./octodns-files.ts";
import {octodnsProfiles, octodnsWarning} from "./octodns-profiles.ts";

const example = readWorld();
const worldOf = (count: number, of: (index: number) => object, residency = {}): World => ({
  ...example,
  regions: [...locations.keys()]
    .slice(0, count)
    .map((name, index) => ({...example.regions[0]!, name, residency: undefined, ...of(index)})),
  routing: {places: {}, residency, fallback: {}},
});

const paired = worldOf(40, (index) => ({pool: `pool-${Math.floor(index / 2)}`}));

test("what fits into Azure by both ways is written without a word", () => {
  const plan = planOf(example);
  assert.equal(octodnsWarning(dynamicRecord(example, plan)), undefined);
  assert.equal(profilesWarning(example, plan), undefined);
  assert.doesNotMatch(octodnsFiles(example, plan)["config.yaml"]!, /NOT FOR AZURE/);
});

test("what fits by our profiles and not by octoDNS's is told, and its files say so", () => {
  const plan = planOf(paired);
  const record = dynamicRecord(paired, plan);
  assert.ok(profilesOf(paired, plan).length <= LIMITS.profiles);
  assert.equal(profilesWarning(paired, plan), undefined);
  const count = octodnsProfiles(record);
  assert.ok(count > LIMITS.profiles, `${count}`);
  const warning = `octoDNS's Azure provider makes ${count} Traffic Manager profiles of this record, and a subscription has 200: give the regions of neighbours one pool, use the dns stack, which needs fewer, or octoDNS with another provider`;
  assert.equal(octodnsWarning(record), warning);
  const {"config.yaml": config} = octodnsFiles(paired, plan);
  assert.ok(config!.includes(`# NOT FOR AZURE: ${warning}.\n`), config!.slice(0, 600));
});

test("what fits by neither is told by both", () => {
  const alike = 12;
  const triples = Array.from({length: alike}, (_, a) => a).flatMap((a) =>
    Array.from({length: a}, (_, b) => b).flatMap((b) =>
      Array.from({length: b}, (_, c) => [a, b, c].map((at) => `L${at}`)),
    ),
  );
  const residency = Object.fromEntries(triples.map((labels, at) => [places[at]!.code, labels]));
  const world = worldOf(
    alike,
    (index) => ({pool: `pool-${index}`, residency: `L${index}`}),
    residency,
  );
  const plan = planOf(world);
  assert.match(
    profilesWarning(world, plan)!,
    /^Traffic Manager cannot hold this plan:\n {2}- 2\d\d profiles, and a subscription has 200: merge/,
  );
  assert.match(octodnsWarning(dynamicRecord(world, plan))!, /^octoDNS's Azure provider makes \d+ /);
  assert.throws(() => profilesOf(world, plan), {message: profilesWarning(world, plan)!});
});

test("a plan that leaves places unserved says so itself", () => {
  const world = worldOf(2, () => ({}), {EU: ["EU"]});
  assert.equal(profilesWarning(world, planOf(world)), undefined);
});
