import {type Follower, followers, type Place} from "../regions/places/places.ts";
import type {AskedPlace} from "./asked.ts";
import {azureTree, type Tree} from "./geography.ts";
import {distancesOf} from "./latency/distances.ts";
import {type Gateway, gatewayOf} from "./latency/gateways.ts";
import {TYPICAL_MISS_MS} from "./latency/latency.ts";
import type {Assignment, Plan} from "./plan.ts";
import {inMs, sharesOf} from "./report.ts";
import {table} from "./table.ts";

/** Why one place is served where it is, and who takes it over in which order. */
export interface Explanation {
  readonly place: Place;
  readonly reason: Assignment["reason"];
  /** The rule that the place is in; the labels behind its pool are the residency that binds it. */
  readonly rule: string;
  readonly chain: readonly Option[];
  /** Pools that are nearer than the serving one, but overruled by hand or outside the residency. */
  readonly nearer: readonly Option[];
  /** Pools that are farther by less than the latency model's usual error. */
  readonly close: readonly Option[];
  /** The gateway through which all of its traffic passes. */
  readonly gateway: Gateway | undefined;
  /** Territories that are not places in the plan and are served with this one. */
  readonly followers: readonly Pick<Follower, "code" | "name">[];
  /** The place whose answer Traffic Manager gives where it has no code for this one. */
  readonly answeredAs: string | undefined;
}

export interface Option {
  readonly pool: string;
  readonly regions: string;
  readonly roundTripMs: number;
}

export function explanationOf({rules, pools}: Plan, place: Place): Explanation {
  const distances = distancesOf(pools);
  const rule = rules.find(({places}) => places.some((other) => other.place === place))!;
  const {reason, roundTripMs} = rule.places.find((other) => other.place === place)!;
  const optionOf = (name: string): Option => ({
    pool: name,
    regions: sharesOf(pools.find((pool) => pool.name === name)!),
    roundTripMs: distances.toPlace(name, place),
  });
  const nearer = pools.map(({name}) => optionOf(name)).filter((o) => o.roundTripMs < roundTripMs);
  const chain = rule.chain.map(optionOf);
  const close = chain.slice(1).filter((o) => isClose(o.roundTripMs - roundTripMs));
  const gateway = gatewayOf(place);
  return {
    ...{place, reason, rule: rule.name, chain, nearer, gateway},
    followers: followers
      .filter((follower) => follower.with === place)
      .map(({code, name}) => ({code, name})),
    answeredAs: answeredAs(azureTree, place),
    close: reason === "hand" ? [] : close,
  };
}

/** The code of the group above a place that has no code of its own. */
function answeredAs({code, unnamed, children}: Tree, place: Place): string | undefined {
  if (unnamed?.includes(place)) return code;
  return children.flatMap((child) => answeredAs(child, place) ?? [])[0];
}

const isClose = (farther: number): boolean => farther >= 0 && farther < TYPICAL_MISS_MS;

/** An explanation in words. */
export function explain(explanation: Explanation): string {
  const {place, rule, chain} = explanation;
  const residency = rule.split(".").slice(1).join(" or ");
  const [first] = chain;
  if (!first) return `${place.name} (${place.azure}): no serving region keeps ${residency}.\n`;
  return [
    `${place.name} (${place.azure}) is served by ${first.pool}: ${reasonOf(explanation, residency)}.`,
    ...table([
      ["order", "pool", "ms", "regions"],
      ...chain.map(({pool, roundTripMs, regions}, index) => [
        `${index + 1}`,
        pool,
        inMs(roundTripMs),
        regions,
      ]),
    ]),
    ...remarks(explanation),
    "",
  ].join("\n");
}

/** A note for whoever asked with a code that is not the place's own, or that means something else as well. */
export function explainAsked({follower, also}: AskedPlace, explanation: Explanation): string {
  const {place} = explanation;
  const before = follower
    ? `${follower.name} (${follower.code}) is no place of its own in the plan: it goes with ${place.name} (${place.azure}), in Traffic Manager by a code of its own. octoDNS has none for it.\n`
    : "";
  const after = also
    ? `octoDNS writes ${place.azure} for ${also.name} too, which is ${also.code} here.\n`
    : "";
  return `${before}${explain(explanation)}${after}`;
}

function reasonOf({reason}: Explanation, residency: string): string {
  if (reason === "hand") return "routing.places in regions.yaml says so";
  const within = residency && ` within its residency, ${residency}`;
  return `least expected round trip from the middle of its cities${within}`;
}

function remarks({nearer, close, gateway, followers, answeredAs}: Explanation): string[] {
  return [
    ...nearer.map(
      ({pool, roundTripMs}) => `Nearer, but not its own: ${pool}, ${inMs(roundTripMs)} ms.`,
    ),
    ...close.map(
      ({pool}) =>
        `${pool} may be as near: half of what is expected is wrong by ${TYPICAL_MISS_MS} ms or more (docs/dns.md). If it is nearer when measured, name it in routing.places.`,
    ),
    ...(gateway ? [`Expected by way of ${gateway.name}: ${gateway.why}.`] : []),
    ...followers.map(({code, name}) => `${name} (${code}) goes with it.`),
    ...(answeredAs
      ? [
          `Traffic Manager has no code for it, and answers it as the rest of ${answeredAs}: npm run dns -- --place ${answeredAs}.`,
        ]
      : []),
  ];
}
