import assert from "node:assert/strict";
import {test} from "node:test";
import {type Plan, planOf} from "../dns/plan.ts";
import {profilesOf} from "../dns/traffic-manager.ts";
import {publicName} from "../regions/names.ts";
import {places} from "../regions/places.ts";
import {readWorld} from "../regions/read.ts";
import type {World} from "../regions/world.ts";
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
