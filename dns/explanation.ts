import type {Place} from "../regions/places.ts";
import {distancesOf} from "./distances.ts";
import {type Gateway, gatewayOf} from "./gateways.ts";
import {TYPICAL_MISS_MS} from "./latency.ts";
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
  /** Nearer than the pool that serves: not chosen by hand, or outside the residency. */
  readonly nearer: readonly Option[];
  /** Farther than the pool that serves by less than the model as a rule misses. */
  readonly close: readonly Option[];
  /** Where all of its traffic goes by. */
  readonly gateway: Gateway | undefined;
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
    close: reason === "hand" ? [] : close,
  };
}

const isClose = (farther: number): boolean => farther >= 0 && farther < TYPICAL_MISS_MS;

/** An explanation in words. */
export function explain(explanation: Explanation): string {
  const {place, reason, rule, chain, nearer, close, gateway} = explanation;
  const [first] = chain;
  const residency = rule.split(".").slice(1).join(" or ");
  if (!first) return `${place.name} (${place.azure}): no serving region keeps ${residency}.\n`;
  const within = residency && ` within its residency, ${residency}`;
  const why =
    reason === "hand"
      ? "routing.places in regions.yaml says so"
      : `least expected round trip from the middle of its cities${within}`;
  return [
    `${place.name} (${place.azure}) is served by ${first.pool}: ${why}.`,
    ...table([
      ["order", "pool", "ms", "regions"],
      ...chain.map(({pool, roundTripMs, regions}, index) => [
        `${index + 1}`,
        pool,
        inMs(roundTripMs),
        regions,
      ]),
    ]),
    ...nearer.map(
      ({pool, roundTripMs}) => `Nearer, but not its own: ${pool}, ${inMs(roundTripMs)} ms.`,
    ),
    ...close.map(
      ({pool}) =>
        `${pool} may be as near: half of what is expected is wrong by ${TYPICAL_MISS_MS} ms or more (docs/dns.md). If it is nearer when measured, name it in routing.places.`,
    ),
    ...(gateway ? [`Expected by way of ${gateway.name}: ${gateway.why}.`] : []),
    "",
  ].join("\n");
}
