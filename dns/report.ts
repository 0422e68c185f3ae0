import {placeGroups} from "../regions/places/place-groups.ts";
import {codesOf, placeByCode} from "../regions/places/places.ts";
import type {World} from "../regions/world.ts";
import {overPeople, shareOf} from "./people.ts";
import type {Assignment, Plan, Rule} from "./plan.ts";
import type {Pool} from "./pool.ts";
import {listed, table} from "./table.ts";

/** The plan in words: a line for each rule, then residencies, regions that take no new users, and warnings. */
export function report(world: World, plan: Plan): string {
  const waiting = world.regions.filter(({state}) => state !== "serving");
  return [
    ...table([HEAD, ...plan.rules.map((rule) => lineOf(rule, plan))]),
    "",
    ...residencies(world, plan),
    ...waiting.map(({name, state}) => `${name} is ${state}: it takes no new users.`),
    ...plan.warnings.map((warning) => `warning: ${warning}`),
    plan.warnings.length === 0 ? "Every place has a region to fall back to." : "",
  ]
    .join("\n")
    .trimEnd()
    .concat("\n");
}

/** The effect of each line of routing.residency: `EU, European Union: 34 places stay with westeurope`. */
function residencies({routing: {residency}}: World, {rules, pools}: Plan): string[] {
  const nameOf = (code: string) => placeGroups.get(code)?.name ?? placeByCode(code)!.name;
  return Object.keys(residency).map((code) => {
    const isBound = ({place}: Assignment) => codesOf(place).find((c) => c in residency) === code;
    const bound = rules.filter(({places}) => places.some(isBound));
    const chains = new Set(bound.flatMap(({chain}) => chain));
    const regions = pools.filter(({name}) => chains.has(name)).flatMap(({members}) => members);
    const count = rules.flatMap(({places}) => places.filter(isBound)).length;
    const who = regions.map(({region}) => region).toSorted();
    const stay = count === 1 ? "place stays" : "places stay";
    return `${code}, ${nameOf(code)}: ${count} ${stay} with ${listed(who, who.length) || "none"}.`;
  });
}

/** A line for each place, in order of code: the rule that serves it and the round trip to expect. */
export function assignments({rules}: Plan): string {
  const lines = rules.flatMap(({name, places}) =>
    places.map(({place, roundTripMs}) => [place.code, place.name, name, inMs(roundTripMs)]),
  );
  lines.sort(([a], [b]) => (a! < b! ? -1 : 1));
  return `${table([["place", "", "rule", "ms"], ...lines]).join("\n")}\n`;
}

/** What one rule means for the people that it serves. */
export interface Summary {
  /** The share of the world's city dwellers, 0 to 1. */
  readonly people: number;
  /** The median, weighted by population. */
  readonly medianMs: number;
  /** The place with the longest expected round trip. */
  readonly worst: Assignment;
}

export function summarize({places}: Rule): Summary {
  return {
    people: shareOf(places.map(({place}) => place)),
    medianMs: overPeople(places, ({roundTripMs}) => roundTripMs).median,
    worst: places.reduce((a, b) => (b.roundTripMs > a.roundTripMs ? b : a)),
  };
}

/** `eastus2 75%, canadacentral 25%`, the largest first. */
export function sharesOf({members}: Pool): string {
  const total = members.reduce((sum, {weight}) => sum + weight, 0);
  return members
    .toSorted((a, b) => b.weight - a.weight || (a.region < b.region ? -1 : 1))
    .map(({region, weight}) => `${region} ${Math.round((100 * weight) / total)}%`)
    .join(", ");
}

/** Rounded to whole milliseconds; empty where nobody serves. */
export const inMs = (ms: number): string => (Number.isFinite(ms) ? `${Math.round(ms)}` : "");

const HEAD = ["rule", "regions", "places", "people", "median ms", "worst ms", "", "falls back to"];

function lineOf(rule: Rule, {pools}: Plan): string[] {
  const {people, medianMs, worst} = summarize(rule);
  const pool = pools.find(({name}) => name === rule.chain[0]);
  return [
    rule.name,
    pool ? sharesOf(pool) : "none",
    `${rule.places.length}`,
    `${(100 * people).toFixed(1)}%`,
    inMs(medianMs),
    inMs(worst.roundTripMs),
    pool ? worst.place.name : "",
    rule.chain.slice(1).join(", ") || "nowhere",
  ];
}
