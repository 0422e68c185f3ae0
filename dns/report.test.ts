import assert from "node:assert/strict";
import {test} from "node:test";
import {readWorld} from "../regions/read.ts";
import {planOf} from "./plan.ts";
import {report, summarize} from "./report.ts";

const world = readWorld();
const plan = planOf(world);

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

test("each residency says how many places stay with which regions", () => {
  const lines = report(world, plan).split("\n");
  assert.ok(lines.includes("EU, European Union: 34 places stay with swedencentral, westeurope."));
  const residency = {EU: ["EU"], EEA: ["EU"], "EU-DE": ["EU"]};
  const split = {...world, routing: {...world.routing, residency}};
  const told = report(split, planOf(split));
  for (const line of [
    "EU, European Union: 33 places stay with swedencentral, westeurope.",
    "EEA, European Economic Area: 3 places stay with swedencentral, westeurope.",
    "EU-DE, Germany: 1 place stays with swedencentral, westeurope.",
  ])
    assert.ok(told.includes(`\n${line}\n`), line);
});

test("the people of all rules are everyone, and none is counted twice", () => {
  const people = plan.rules.map((rule) => summarize(rule).people);
  assert.ok(Math.abs(people.reduce((a, b) => a + b) - 1) < 1e-9);
});
