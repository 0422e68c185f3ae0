import {siteOf} from "../dns/figures.ts";
import {roundTripMs} from "../dns/latency.ts";
import type {Plan} from "../dns/plan.ts";
import {locations} from "../regions/azure.ts";
import type {Region, World} from "../regions/world.ts";

/**
 * The regions whose model hosts a region's proxies ask when their own have no room or are lost, nearest
 * first: the others of its pool, then those of the pool that takes all of its users over. Where a
 * residency binds some of its users it binds all, for a proxy does not know where its user is.
 */
export function fallbacksOf({regions}: World, plan: Plan, region: Region): Region[] {
  const pools = poolsAfter(plan, region.pool).slice(0, 2);
  const others = regions.filter(
    (other) => other.name !== region.name && other.state === "serving" && canServe(other, region),
  );
  return pools.flatMap((pool) =>
    others.filter((other) => other.pool === pool).toSorted(nearer(region)),
  );
}

/** The pools of every chain that begins with this one, in the order of the longest: itself first. */
function poolsAfter({rules}: Plan, pool: string): string[] {
  const chains = rules.map(({chain}) => chain).filter(([first]) => first === pool);
  const [longest = [pool]] = chains.toSorted((a, b) => b.length - a.length);
  return longest.filter((next) => chains.every((chain) => chain.includes(next)));
}

/** Whether it has a deployment of one of the region's models. */
function canServe(other: Region, {deployments}: Region): boolean {
  const models = new Set(deployments.map(({model}) => model));
  return other.deployments.some(({model}) => models.has(model));
}

const nearer = (from: Region) => (a: Region, b: Region) => {
  const site = ({name}: Region) => siteOf(locations.get(name)!);
  const far = (to: Region) => roundTripMs(site(from), site(to));
  return far(a) - far(b) || (a.name < b.name ? -1 : 1);
};
