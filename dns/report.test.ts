import assert from "node:assert/strict";
import {test} from "node:test";
import {placeByCode} from "../regions/places.ts";
import {readWorld} from "../regions/read.ts";
import {planOf} from "./plan.ts";
import {explain, explanationOf, report, summarize} from "./report.ts";

const world = readWorld();
const plan = planOf(world);
const explained = (code: string) => explain(explanationOf(world, plan, placeByCode(code)!));

test("one place is explained: why its pool, how far, who is next", () => {
  assert.equal(
    explained("US-CA"),
    `California (US-CA) is served by us-east: nearest pool to the middle of its cities.
order  pool            km  regions
    1  us-east       3506  eastus2 75%, canadacentral 25%
    2  europe        8626  westeurope 67%, swedencentral 33%
    3  brazilsouth  10057  brazilsouth 100%
    4  japaneast     8651  japaneast 100%
`,
  );
  assert.match(explained("EG"), /served by europe: routing\.places in regions\.yaml says so\./);
  assert.match(explained("DE"), /middle of its cities within its residency, EU\./);
});

test("the report has a line for each rule, and the warnings", () => {
  const lines = report(world, plan).split("\n");
  assert.deepEqual(
    lines.slice(1, 6).map((line) => line.split(/ +/)[0]),
    plan.rules.map(({name}) => name),
  );
  const alone = {...world, regions: world.regions.filter(({name}) => name === "japaneast")};
  assert.match(
    report({...alone, routing: {places: {}, residency: {}, fallback: {}}}, planOf(alone)),
    /^warning: .*served by japaneast alone; add a region that may take japaneast over$/m,
  );
});

test("the people of all rules are everyone, and none is counted twice", () => {
  const people = plan.rules.map((rule) => summarize(rule).people);
  assert.ok(Math.abs(people.reduce((a, b) => a + b) - 1) < 1e-9);
});
