import assert from "node:assert/strict";
import {describe, test} from "node:test";
import {type Plan, planOf} from "../../dns/plan.ts";
import {profilesOf} from "../../dns/traffic-manager/traffic-manager.ts";
import {publicName} from "../../regions/names.ts";
import {places} from "../../regions/places/places.ts";
import {readWorld} from "../../regions/read.ts";
import type {World} from "../../regions/world.ts";
import {createTraffic, type Profile} from "./traffic.ts";

/** As the resources of the stack hold them: a child by its id. */
function asMade(world: World, plan: Plan): Profile[] {
  return profilesOf(world, plan).map((profile) => ({
    ...profile,
    id: profile.profileName,
    endpoints: profile.endpoints.map(({child, ...endpoint}) => ({
      ...endpoint,
      ...(child && {targetResourceId: child}),
    })),
  }));
}

/** Where a plan sends a place while some regions are lost: the well regions of the first pool that has one. */
function planned(plan: Plan, code: string, lost: ReadonlySet<string>): string[] {
  const rule = plan.rules.find(({places}) => places.some(({place}) => place.code === code));
  const membersOf = (pool: string) =>
    plan.pools.find(({name}) => name === pool)!.members.map(({region}) => region);
  const chain = rule!.chain.map(membersOf);
  const well = chain.map((members) => members.filter((name) => !lost.has(name)));
  return well.find((members) => members.length > 0) ?? chain[0] ?? [];
}

/** Every region that the profiles can send a place to, one for each point of the weights. */
function walked(world: World, profiles: readonly Profile[], lost: ReadonlySet<string>) {
  const regionOf = new Map(world.regions.map((region) => [publicName(world, region), region.name]));
  return places.map((place) => {
    const found = new Set<string>();
    for (let point = 0; point < 1; point += 0.02) {
      const healthy = (target: string) => !lost.has(regionOf.get(target)!);
      const traffic = createTraffic({profiles, healthy, random: () => point});
      const route = traffic.route(profiles.at(-1)!, place);
      if (route) found.add(regionOf.get(route.target)!);
    }
    return [...found].toSorted();
  });
}

function compare(world: World, lost: ReadonlySet<string>) {
  const plan = planOf(world);
  const found = walked(world, asMade(world, plan), lost);
  for (const [index, place] of places.entries())
    assert.deepEqual(found[index], planned(plan, place.code, lost).toSorted(), place.code);
}

test("the example's profiles send every place where the plan does, whichever one region is lost", () => {
  const world = readWorld();
  for (const lost of [undefined, ...world.regions])
    compare(world, new Set(lost ? [lost.name] : []));
});

describe("Traffic Manager's rules", () => {
  const monitorConfig = {protocol: "HTTPS", port: 443, path: "/healthz"};
  const profile = (
    id: string,
    trafficRoutingMethod: Profile["trafficRoutingMethod"],
    endpoints: Profile["endpoints"],
  ): Profile => ({
    id,
    trafficRoutingMethod,
    endpoints,
    dnsConfig: {relativeName: id, ttl: id.length},
    monitorConfig,
  });
  const to = (target: string, more = {}) => ({name: target, target, ...more});
  const child = (id: string, more = {}) => ({name: id, targetResourceId: id, ...more});
  const pool = profile("pool", "Weighted", [
    to("a", {weight: 1}),
    to("b", {weight: 2}),
    to("c", {weight: 1}),
  ]);
  const at = (code: string) => places.find(({azure}) => azure === code)!;

  const cases: Record<
    string,
    {root: Profile; others?: Profile[]; well: string; point?: number; place?: string; says?: string}
  > = {
    "weights count among what is well": {root: pool, well: "bc", point: 0.65, says: "b"},
    "and the rest of the line is the next one's": {root: pool, well: "bc", point: 0.67, says: "c"},
    "where none is well, all are answered": {root: pool, well: "", point: 0.1, says: "a"},
    "a disabled endpoint never is": {
      root: profile("p", "Priority", [
        to("a", {priority: 1, endpointStatus: "Disabled"}),
        to("b", {priority: 2}),
      ]),
      well: "",
      says: "b",
    },
    "one that is always served is not asked after": {
      root: profile("p", "Priority", [
        to("a", {priority: 1}),
        to("b", {priority: 2, alwaysServe: "Enabled"}),
      ]),
      well: "",
      says: "b",
    },
    "a child is well while enough of its own are": {
      root: profile("p", "Priority", [
        child("pool", {priority: 1, minChildEndpoints: 2}),
        to("z", {priority: 2}),
      ]),
      others: [pool],
      well: "bcz",
      point: 0.9,
      says: "c",
    },
    "and not when fewer are": {
      root: profile("p", "Priority", [
        child("pool", {priority: 1, minChildEndpoints: 2}),
        to("z", {priority: 2}),
      ]),
      others: [pool],
      well: "cz",
      says: "z",
    },
    "a place goes by its most specific code": {
      root: profile("g", "Geographic", [
        to("a", {geoMapping: ["US"]}),
        to("b", {geoMapping: ["US-CA", "WORLD"]}),
      ]),
      well: "ab",
      place: "US-CA",
      says: "b",
    },
    "whether that is well or not": {
      root: profile("g", "Geographic", [
        to("a", {geoMapping: ["US"]}),
        to("b", {geoMapping: ["WORLD"]}),
      ]),
      well: "b",
      place: "US-NY",
      says: "a",
    },
    "and a place that no code covers has no answer": {
      root: profile("g", "Geographic", [to("a", {geoMapping: ["GEO-EU"]})]),
      well: "a",
      place: "US-NY",
    },
  };
  for (const [name, {root, others = [], well, point = 0, place = "DE", says}] of Object.entries(
    cases,
  ))
    test(name, () => {
      const traffic = createTraffic({
        profiles: [root, ...others],
        healthy: (target) => well.includes(target),
        random: () => point,
      });
      assert.deepEqual(
        traffic.route(root, at(place)),
        says && {target: says, ttlS: root.dnsConfig.ttl},
      );
    });

  test("an endpoint that is disabled since is not answered, nor counts its child for well", () => {
    const off = new Set<string>();
    const root = profile("p", "Priority", [
      child("pool", {priority: 1, minChildEndpoints: 1}),
      to("z", {priority: 2}),
    ]);
    const traffic = createTraffic({
      profiles: [root, pool],
      healthy: () => true,
      disabled: (target) => off.has(target),
      random: () => 0,
    });
    const answers = ["", "a", "b", "c"].map((target) => {
      off.add(target);
      return traffic.route(root, at("DE"))?.target;
    });
    assert.deepEqual(answers, ["a", "b", "c", "z"]);
  });

  test("what is disabled or always served is not probed", () => {
    const {targets} = createTraffic({
      profiles: [
        profile("p", "Weighted", [
          to("a"),
          to("b", {endpointStatus: "Disabled"}),
          to("c", {alwaysServe: "Enabled"}),
        ]),
      ],
      healthy: () => true,
    });
    assert.deepEqual([...targets.keys()], ["a"]);
  });
});
