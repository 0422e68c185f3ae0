import {distancesOf} from "./latency/distances.ts";
import type {Plan, Rule} from "./plan.ts";

/** The plan as it works out while regions are lost: each chain without them. Warnings stay as they are. */
export function withoutRegions(plan: Plan, lost: readonly string[]): Plan {
  const pools = plan.pools
    .map(({name, members}) => ({
      name,
      members: members.filter(({region}) => !lost.includes(region)),
    }))
    .filter(({members}) => members.length > 0);
  const standing = new Set(pools.map(({name}) => name));
  const distances = distancesOf(pools);
  const rules = plan.rules.map((rule): Rule => {
    const chain = rule.chain.filter((pool) => standing.has(pool));
    return {
      ...rule,
      chain,
      places: rule.places.map((assignment) => ({
        ...assignment,
        roundTripMs: distances.toPlace(chain[0] ?? "", assignment.place),
      })),
    };
  });
  return {...plan, pools, rules};
}
