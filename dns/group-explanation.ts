import type {AskedGroup} from "./asked.ts";
import type {Plan} from "./plan.ts";
import {sharesOf} from "./report.ts";
import {listed} from "./table.ts";

/** The rules that serve the places of a group, and their fallbacks. */
export interface GroupExplanation extends AskedGroup {
  /** The rules that serve at least one of its places, largest first. */
  readonly rules: readonly {
    readonly name: string;
    readonly chain: readonly string[];
    /** The regions of the serving pool with their shares; empty where nobody serves. */
    readonly regions: string;
    /** Names of places. */
    readonly places: readonly string[];
  }[];
}

export function groupExplanationOf({rules, pools}: Plan, group: AskedGroup): GroupExplanation {
  const within = new Set(group.places);
  const own = rules.map(({name, chain, places}) => {
    const pool = pools.find((one) => one.name === chain[0]);
    return {
      ...{name, chain, regions: pool ? sharesOf(pool) : ""},
      places: places.filter(({place}) => within.has(place)).map(({place}) => place.name),
    };
  });
  return {
    ...group,
    rules: own
      .filter(({places}) => places.length > 0)
      .toSorted((a, b) => b.places.length - a.places.length || (a.name < b.name ? -1 : 1)),
  };
}

/** The same in words, with the name of every place. */
export function explainGroup({code, name, places, rules, also}: GroupExplanation): string {
  return [
    `${name} (${code}): ${places.length} places.`,
    ...rules.flatMap(({name, chain, regions, places}) => [
      `${name}: ${places.length} of them, served by ${regions || "none"}, then by ${listed(chain.slice(1), chain.length) || "nobody"}:`,
      `  ${places.join(", ")}`,
    ]),
    ...(also ? [`octoDNS writes ${code} for ${also.name}, which is ${also.code} here.`] : []),
    "",
  ].join("\n");
}
