import assert from "node:assert/strict";
import {test} from "node:test";
import {readWorld} from "../../regions/read.ts";
import {planOf} from "../plan.ts";
import {LIMITS, refuseBeyondLimits} from "./limits.ts";
import type {Profile, ProfileEndpoint} from "./profile.ts";
import {profilesOf} from "./traffic-manager.ts";

const world = readWorld();
const root = profilesOf(world, planOf(world)).at(-1)!;
const profile = (profileName: string, endpoints: readonly ProfileEndpoint[]): Profile => ({
  ...root,
  trafficRoutingMethod: "Priority",
  profileName,
  endpoints,
});
const many = (count: number) =>
  Array.from({length: count}, (_, index) => ({name: `e${index}`, target: `e${index}.example.com`}));
const nested = (levels: number) =>
  Array.from({length: levels}, (_, index) =>
    profile(`p${index}`, index === 0 ? many(1) : [{name: "child", child: `p${index - 1}`}]),
  );

test("what is just within Azure's limits is let through", () => {
  refuseBeyondLimits(Array.from({length: LIMITS.profiles}, (_, i) => profile(`p${i}`, [])));
  refuseBeyondLimits([profile("p", many(LIMITS.endpoints)), ...nested(LIMITS.levels)]);
});

test("what is beyond them is refused: every limit at once, with the mend", () => {
  const profiles = [
    ...nested(LIMITS.levels + 1),
    ...Array.from({length: LIMITS.profiles}, (_, index) => profile(`q${index}`, [])),
    profile("wide", many(LIMITS.endpoints + 1)),
  ];
  assert.throws(() => refuseBeyondLimits(profiles), {
    message: `Traffic Manager cannot hold this plan:
  - 212 profiles, and a subscription has 200: merge pools that are neighbours (give their regions one pool), or residencies that ask for the same regions
  - wide has 201 endpoints, and a profile has 200: merge pools that are neighbours
  - 11 levels of profiles, and 10 may be nested: merge the innermost`,
  });
});
