import type {Plan, Rule} from "./plan.ts";

/** Places that are served by the same pools in the same order: one answer, whatever rules they are in. */
export interface MergedChain {
  /** The name of the first of its rules. */
  readonly name: string;
  readonly pools: readonly string[];
  readonly places: Rule["places"];
}

/** Merges the rules that share a chain. Throws where a place is served by no pool. */
export function mergedChains(plan: Plan): MergedChain[] {
  const rules = servedRules(plan);
  return [...Map.groupBy(rules, ({chain}) => chain.join()).values()].map((alike) => ({
    name: alike[0]!.name,
    pools: alike[0]!.chain,
    places: alike.flatMap(({places}) => places),
  }));
}

function servedRules({rules}: Plan): readonly Rule[] {
  const unserved = rules.filter(({chain}) => chain.length === 0);
  const names = unserved.flatMap(({places}) => places.map(({place}) => place.name));
  if (names.length === 0) return rules;
  throw new Error(
    `No serving region keeps the residency of ${names.join(", ")}. Every region of a pool must carry the label that routing.residency asks for; label one pool so, set one of its regions to serving, or lift the residency.`,
  );
}
