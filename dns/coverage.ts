import {type Place, places} from "../regions/places.ts";
import type {Rule} from "./plan.ts";

/**
 * The fewest geographic codes that give each place its rule, by rule. A code covers all below it that
 * has none of its own: WORLD, then groups, then countries, then states. From the bottom up each node
 * takes the rule that leaves the fewest of its children to be named.
 */
export function coverage(rules: readonly Rule[]): Map<string, string[]> {
  const ruleOf = new Map(
    rules.flatMap(({name, places}) => places.map(({place}) => [place.azure, name])),
  );
  for (const [code, like] of Object.entries(beyondIso)) ruleOf.set(code, ruleOf.get(like)!);
  const codes = new Map<string, string[]>(rules.map(({name}) => [name, []]));
  name(world, undefined);
  for (const list of codes.values()) list.sort();
  return codes;

  function name(node: Tree, inherited: string | undefined) {
    const rule = choose(node, inherited);
    if (rule !== undefined && rule !== inherited) codes.get(rule)?.push(node.code);
    for (const child of node.children) name(child, rule);
  }

  /** A place's own rule; for a group the one that most of its countries need. */
  function choose(node: Tree, inherited: string | undefined): string | undefined {
    const own = ruleOf.get(node.code);
    if (own !== undefined) return own;
    const costs = rules.map(({name}) => ({
      name,
      cost: costOf(node, name) + Number(name !== inherited),
    }));
    const least = Math.min(...costs.map(({cost}) => cost));
    // Staying with what is inherited names nothing; among equals that, then the first by name.
    if (inherited !== undefined && costOf(node, inherited) === least) return inherited;
    return costs.find(({cost}) => cost === least)?.name;
  }

  /** How many codes the places below a node take when the node itself has this rule. */
  function costOf(node: Tree, rule: string): number {
    const own = ruleOf.get(node.code);
    if (own !== undefined && own !== rule) return 1 + costOf(node, own);
    return node.children.reduce((sum, child) => sum + cheapest(child, rule), 0);
  }

  function cheapest(node: Tree, inherited: string): number {
    if (ruleOf.has(node.code)) return costOf(node, inherited);
    return Math.min(...rules.map(({name}) => costOf(node, name) + Number(name !== inherited)));
  }
}

/** Traffic Manager's hierarchy of places. */
interface Tree {
  readonly code: string;
  readonly children: readonly Tree[];
}

/**
 * Codes of that hierarchy that ISO 3166-1 does not have, and the place that each goes with: Jan
 * Mayen, Kosovo, Saba, Sint Eustatius.
 * https://learn.microsoft.com/azure/traffic-manager/traffic-manager-geographic-regions
 */
const beyondIso: Readonly<Record<string, string>> = {XE: "BQ", XJ: "SJ", XK: "MK", XS: "BQ"};

/** Not in that hierarchy, so that to name it would be refused: Western Sahara goes with its group. */
export const UNKNOWN_TO_AZURE: ReadonlySet<string> = new Set(["EH"]);

const world = treeOf(places.filter(({azure}) => !UNKNOWN_TO_AZURE.has(azure)));

function treeOf(known: readonly Place[]): Tree {
  const leaf = (code: string): Tree => ({code, children: []});
  const statesOf = (country: Place) =>
    known.filter(({azure}) => azure.startsWith(`${country.azure}-`)).map(({azure}) => leaf(azure));
  const beyond = (countries: readonly Place[]) =>
    Object.keys(beyondIso).filter((code) => countries.some(({azure}) => azure === beyondIso[code]));
  const countries = known.filter(({azure}) => !azure.includes("-"));
  const groups = Map.groupBy(countries, ({group}) => group);
  return {
    code: "WORLD",
    children: [...groups].map(([code, members]) => ({
      code,
      children: [
        ...members.map((country) => ({code: country.azure, children: statesOf(country)})),
        ...beyond(members).map(leaf),
      ],
    })),
  };
}
