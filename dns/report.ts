import {type Place, places} from "../regions/places.ts";
import type {World} from "../regions/world.ts";
import {type Assignment, nearestKm, type Plan, type Pool, type Rule} from "./plan.ts";

/** The plan to be read: a line for each rule, then who takes no new users, then what to know. */
export function report(world: World, plan: Plan): string {
  const waiting = world.regions.filter(({state}) => state !== "serving");
  return [
    ...table([HEAD, ...plan.rules.map((rule) => lineOf(rule, plan))]),
    "",
    ...waiting.map(({name, state}) => `${name} is ${state}: it takes no new users.`),
    ...plan.warnings.map((warning) => `warning: ${warning}`),
    plan.warnings.length === 0 ? "Every place has a region to fall back to." : "",
  ]
    .join("\n")
    .trimEnd()
    .concat("\n");
}

/** A line for each place, in order of code: the rule that serves it and how far that is. */
export function assignments({rules}: Plan): string {
  const lines = rules.flatMap(({name, places}) =>
    places.map(({place, distanceKm}) => [place.code, place.name, name, `${distanceKm}`]),
  );
  lines.sort(([a], [b]) => (a! < b! ? -1 : 1));
  return `${table([["place", "", "rule", "km"], ...lines]).join("\n")}\n`;
}

/** Why one place is served where it is, and who takes it over in which order. */
export interface Explanation {
  readonly place: Place;
  readonly reason: Assignment["reason"];
  /** The rule that the place is in; the labels behind its pool are the residency that binds it. */
  readonly rule: string;
  readonly chain: readonly {
    readonly pool: string;
    readonly regions: string;
    readonly distanceKm: number;
  }[];
}

export function explanationOf({regions}: World, {rules, pools}: Plan, place: Place): Explanation {
  const serving = regions.filter(({state}) => state === "serving");
  const rule = rules.find(({places}) => places.some((other) => other.place === place))!;
  const {reason} = rule.places.find((other) => other.place === place)!;
  const chain = rule.chain.map((name) => ({
    pool: name,
    regions: sharesOf(pools.find((pool) => pool.name === name)!),
    distanceKm: Math.round(nearestKm(place, name, serving)),
  }));
  return {place, reason, rule: rule.name, chain};
}

/** An explanation in words. */
export function explain({place, reason, rule, chain}: Explanation): string {
  const [first] = chain;
  const residency = rule.split(".").slice(1).join(" or ");
  const within = residency && ` within its residency, ${residency}`;
  if (!first) return `${place.name} (${place.azure}): no serving region keeps ${residency}.\n`;
  const why =
    reason === "hand"
      ? "routing.places in regions.yaml says so"
      : `nearest pool to the middle of its cities${within}`;
  return [
    `${place.name} (${place.azure}) is served by ${first.pool}: ${why}.`,
    ...table([
      ["order", "pool", "km", "regions"],
      ...chain.map(({pool, distanceKm, regions}, index) => [
        `${index + 1}`,
        pool,
        `${distanceKm}`,
        regions,
      ]),
    ]),
    "",
  ].join("\n");
}

/** What one rule means for the people that it serves. */
export interface Summary {
  /** Of the Earth's people in cities, 0 to 1. */
  readonly people: number;
  /** Half of the people are no farther than this from their region. */
  readonly medianKm: number;
  /** The place that is farthest from its region. */
  readonly worst: Assignment;
}

export function summarize({places}: Rule): Summary {
  const near = places.toSorted((a, b) => a.distanceKm - b.distanceKm);
  const total = sum(near.map(({place}) => peopleOf(place)));
  let seen = 0;
  const median = near.find(({place}) => {
    seen += peopleOf(place);
    return seen >= total / 2;
  });
  return {
    people: total / everyone,
    medianKm: median!.distanceKm,
    worst: near.at(-1)!,
  };
}

/** `eastus2 75%, canadacentral 25%`, the most first. */
export function sharesOf({members}: Pool): string {
  const total = sum(members.map(({weight}) => weight));
  return members
    .toSorted((a, b) => b.weight - a.weight || (a.region < b.region ? -1 : 1))
    .map(({region, weight}) => `${region} ${Math.round((100 * weight) / total)}%`)
    .join(", ");
}

const HEAD = ["rule", "regions", "places", "people", "median km", "worst km", "", "falls back to"];

function lineOf(rule: Rule, {pools}: Plan): string[] {
  const {people, medianKm, worst} = summarize(rule);
  const pool = pools.find(({name}) => name === rule.chain[0]);
  return [
    rule.name,
    pool ? sharesOf(pool) : "none",
    `${rule.places.length}`,
    `${(100 * people).toFixed(1)}%`,
    pool ? `${medianKm}` : "",
    pool ? `${worst.distanceKm}` : "",
    pool ? worst.place.name : "",
    rule.chain.slice(1).join(", ") || "nowhere",
  ];
}

/** A country's people without those that its states count. */
function peopleOf({code, population}: Place): number {
  return population - (inStates.get(code) ?? 0);
}

const sum = (numbers: readonly number[]): number => numbers.reduce((a, b) => a + b, 0);

const states = places.filter(({azure}) => azure.includes("-"));
const inStates = new Map(
  [...Map.groupBy(states, ({code}) => code.slice(0, code.lastIndexOf("-")))].map(
    ([country, members]) => [country, sum(members.map(({population}) => population))],
  ),
);
const everyone = sum(places.map(peopleOf));

const isNumber = (cell: string): boolean => /^[\d.]+%?$/.test(cell);

/** Columns two spaces apart; those of numbers to the right. */
function table(rows: readonly (readonly string[])[]): string[] {
  const columns = rows[0]!.map((_, index) => {
    const cells = rows.map((row) => row[index]!);
    return {
      width: Math.max(...cells.map((cell) => cell.length)),
      numbers: cells.slice(1).every((cell) => cell === "" || isNumber(cell)),
    };
  });
  return rows.map((row) =>
    row
      .map((cell, index) => {
        const {width, numbers} = columns[index]!;
        return numbers ? cell.padStart(width) : cell.padEnd(width);
      })
      .join("  ")
      .trimEnd(),
  );
}
