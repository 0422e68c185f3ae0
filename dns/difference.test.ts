import assert from "node:assert/strict";
import {test} from "node:test";
import {readWorld} from "../regions/read.ts";
import type {Region, World} from "../regions/world.ts";
import {describe, differenceOf} from "./difference.ts";
import {planOf} from "./plan.ts";

const world = readWorld();
const change = (name: string, changed: Partial<Region>): World => ({
  ...world,
  regions: world.regions.map((region) => (region.name === name ? {...region, ...changed} : region)),
});
const between = (before: World, after: World) =>
  describe(differenceOf(planOf(before), planOf(after)));

test("a region that begins to serve: who moves, how much nearer, what falls back otherwise", () => {
  const before = change("brazilsouth", {state: "planned"});
  assert.equal(
    between(before, world),
    `Brazil, Argentina and 9 more move from us-east to brazilsouth: 121 ms to 35 ms
Antarctica moves from japaneast to brazilsouth: 219 ms to 152 ms
europe falls back to us-east, brazilsouth, japaneast, not to us-east, japaneast
japaneast falls back to us-east, europe, brazilsouth, not to us-east, europe
us-east falls back to europe, brazilsouth, japaneast, not to europe, japaneast
`,
  );
});

test("a region that drains: its pool is where the rest of it is, and what that leaves exposed is told", () => {
  const told = between(world, change("westeurope", {state: "draining"}));
  assert.match(
    told,
    /^warning: .* served by europe alone; add a region that may take europe\.EU over$/m,
  );
  assert.match(
    between(world, change("eastus2", {state: "draining"})),
    /^Ecuador moves from us-east to brazilsouth: 83 ms to 84 ms$/m,
  );
});

test("places whose last region goes move to nowhere, and back", () => {
  const gone = {
    ...world,
    regions: world.regions.filter(({residency}) => residency === undefined),
    routing: {...world.routing, places: {}},
  };
  const [lost, found] = [between(world, gone), between(gone, world)];
  assert.match(
    lost,
    /^Germany, France and 32 more move from europe\.EU to \.EU: 29 ms to unserved$/m,
  );
  assert.match(
    found,
    /^Germany, France and 32 more move from \.EU to europe\.EU: unserved to 29 ms$/m,
  );
});

test("nothing that changes is said so", () => {
  assert.equal(between(world, world), "No place moves, and no fallback changes.\n");
});
