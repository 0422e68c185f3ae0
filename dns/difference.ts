import type {Place} from "../regions/places/places.ts";
import {overPeople} from "./people.ts";
import type {Plan} from "./plan.ts";
import {inMs} from "./report.ts";
import {listed} from "./table.ts";

/** Places that move from the same rule to the same rule. */
export interface Move {
  /** Names of rules. */
  readonly from: string;
  readonly to: string;
  /** The most populous first. */
  readonly places: readonly Place[];
  /** Means, weighted by population. */
  readonly fromMs: number;
  readonly toMs: number;
}

/** A rule whose fallbacks have changed. */
export interface Rechain {
  readonly rule: string;
  readonly from: readonly string[];
  readonly to: readonly string[];
}

export interface Difference {
  /** The largest move first. */
  readonly moves: readonly Move[];
  readonly chains: readonly Rechain[];
  /** Warnings that the old plan did not have. */
  readonly warnings: readonly string[];
}

export function differenceOf(before: Plan, after: Plan): Difference {
  const old = byPlace(before);
  const moved = [...byPlace(after).values()]
    .map(({place, rule, ms}) => ({
      place,
      from: old.get(place)!.rule,
      to: rule,
      fromMs: old.get(place)!.ms,
      toMs: ms,
    }))
    .filter(({from, to}) => from !== to);
  const moves = [...Map.groupBy(moved, ({from, to}) => `${from} ${to}`).values()].map(
    (group): Move => ({
      from: group[0]!.from,
      to: group[0]!.to,
      places: group.map(({place}) => place).toSorted((a, b) => b.population - a.population),
      fromMs: overPeople(group, ({fromMs}) => fromMs).mean,
      toMs: overPeople(group, ({toMs}) => toMs).mean,
    }),
  );
  return {
    moves: moves.toSorted((a, b) => b.places.length - a.places.length || (a.to < b.to ? -1 : 1)),
    chains: chainsOf(before, after),
    warnings: after.warnings.filter((warning) => !before.warnings.includes(warning)),
  };
}

/** The difference in words, one line for each change. Lists at most the given number of places by name. */
export function describe({moves, chains, warnings}: Difference, named = 2): string {
  const lines = [
    ...moves.map((move) => sentence(move, named)),
    ...chains.map(
      ({rule, from, to}) =>
        `${rule} falls back to ${listed(to, 4) || "nowhere"}, not to ${listed(from, 4) || "nowhere"}`,
    ),
    ...warnings.map((warning) => `warning: ${warning}`),
  ];
  return `${lines.join("\n") || "No place moves, and no fallback changes."}\n`;
}

function sentence({from, to, places, fromMs, toMs}: Move, named: number): string {
  const who = listed(
    places.map(({name}) => name),
    named,
  );
  const verb = places.length === 1 ? "moves" : "move";
  const time = (ms: number) => (Number.isFinite(ms) ? `${inMs(ms)} ms` : "unserved");
  return `${who} ${verb} from ${from} to ${to}: ${time(fromMs)} to ${time(toMs)}`;
}

function byPlace({rules}: Plan) {
  return new Map(
    rules.flatMap(({name, places}) =>
      places.map(({place, roundTripMs}) => [place, {place, rule: name, ms: roundTripMs}] as const),
    ),
  );
}

function chainsOf(before: Plan, after: Plan): Rechain[] {
  return after.rules.flatMap(({name, chain}) => {
    const was = before.rules.find((rule) => rule.name === name);
    if (!was || was.chain.join() === chain.join()) return [];
    return [{rule: name, from: was.chain.slice(1), to: chain.slice(1)}];
  });
}
