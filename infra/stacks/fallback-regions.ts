import {nearerTo} from "../../dns/latency/nearness.ts";
import type {Plan} from "../../dns/plan.ts";
import type {Region, World} from "../../regions/world.ts";

/**
 * The regions whose model hosts a region's proxies use when their own are full, lost, or lack the model: first
 * the others of its pool, then those of the pool that all of its users fall back to, each nearest first. A
 * residency that binds some of its users binds them all, since a proxy does not know where its user is.
 */
export function fallbackRegions({regions}: World, plan: Plan, region: Region): Region[] {
  const pools = poolsAfter(plan, region.pool).slice(0, 2);
  const others = regions.filter(
    ({name, state, deployments}) =>
      name !== region.name && state === "serving" && deployments.length > 0,
  );
  return pools.flatMap((pool) =>
    others.filter((other) => other.pool === pool).toSorted(nearerTo(region)),
  );
}

/** The pools that are in every chain that starts with this one, in the order of the longest chain. */
function poolsAfter({rules}: Plan, pool: string): string[] {
  const chains = rules.map(({chain}) => chain).filter(([first]) => first === pool);
  const [longest = [pool]] = chains.toSorted((a, b) => b.length - a.length);
  return longest.filter((next) => chains.every((chain) => chain.includes(next)));
}
