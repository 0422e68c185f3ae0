import {publicName, shortHash} from "../../regions/names.ts";
import type {World} from "../../regions/world.ts";
import {type Answers, answersIn} from "../answers.ts";
import {azureTree} from "../geography.ts";
import {type MergedChain, mergedChains} from "../merged-chains.ts";
import {fitted, labelsOf, NAME_LIMIT} from "../names.ts";
import type {Plan} from "../plan.ts";
import type {Pool} from "../pool.ts";
import {refuseBeyondLimits} from "./limits.ts";
import {monitorOf} from "./monitor.ts";
import type {Profile, ProfileEndpoint} from "./profile.ts";

/**
 * The plan as nested profiles: Geographic at the root, which does not look at health; under it a
 * Priority profile for each chain of pools, which does; under that a Weighted profile for each pool of
 * more than one region. What has a single member is named without a profile around it. The root comes
 * last, after all that it refers to. Throws where the plan has places that no pool may serve, which
 * Traffic Manager would send to whom the rest of their continent goes, and beyond Azure's limits.
 */
export function profilesOf(world: World, plan: Plan): Profile[] {
  const name = namer(world);
  const profile = createMaker(world, name);
  const {chains, codes} = trafficManagerAnswers(plan);
  const ends = endpointsOf(world, plan, {name, chains, codes});
  const used = new Set(chains.flatMap(({pools}) => pools));
  const profiles = [
    ...plan.pools
      .filter((pool) => isShared(pool) && used.has(pool.name))
      .map((pool) => profile(`pool-${pool.name}`, "Weighted", pool.members.map(ends.member))),
    ...chains
      .filter(({pools}) => pools.length > 1)
      .map((chain) => profile(ends.ruleOf(chain), "Priority", chain.pools.map(ends.inOrder))),
    profile("", "Geographic", chains.map(ends.byPlace)),
  ];
  refuseBeyondLimits(profiles);
  return profiles;
}

/** What Traffic Manager can say of the plan. */
export const trafficManagerAnswers = (plan: Plan): Answers =>
  answersIn(azureTree, mergedChains(plan), "Traffic Manager");

/** Why Azure cannot hold the profiles of a plan; undefined where it can, or where the plan warns of it itself. */
export function profilesWarning(world: World, plan: Plan): string | undefined {
  if (plan.rules.some(({chain}) => chain.length === 0)) return undefined;
  try {
    profilesOf(world, plan);
    return undefined;
  } catch (error) {
    return (error as Error).message;
  }
}

type Namer = (part: string) => string;

const createMaker =
  (world: World, name: Namer) =>
  (
    part: string,
    trafficRoutingMethod: Profile["trafficRoutingMethod"],
    endpoints: readonly ProfileEndpoint[],
  ): Profile => ({
    profileName: name(part),
    trafficRoutingMethod,
    dnsConfig: {relativeName: name(part), ttl: world.service.ttlS},
    monitorConfig: monitorOf(world),
    endpoints,
  });

/** The name of the root, which the hostname points at. */
export const rootName = (world: World): string => namer(world)("");

/** A nested endpoint is well while one of its child's is. */
const MIN_CHILDREN = 1;

const isShared = ({members}: Pool): boolean => members.length > 1;

/** A pool of one region is that region; a chain of one pool is that pool. */
function endpointsOf(
  world: World,
  plan: Plan,
  {name, chains, codes}: Pick<Answers, "chains" | "codes"> & {readonly name: Namer},
) {
  const byName = new Map(plan.pools.map((pool) => [pool.name, pool]));
  const labels = labelsOf(chains);
  const targetOf = (region: string) =>
    publicName(world, world.regions.find(({name}) => name === region)!);
  const nested = (part: string) => ({child: name(part), minChildEndpoints: MIN_CHILDREN});
  const ruleOf = (chain: MergedChain) => `rule-${labels.get(chain.name)}`;
  const poolOf = (of: string): Omit<ProfileEndpoint, "name"> => {
    const pool = byName.get(of)!;
    return isShared(pool) ? nested(`pool-${of}`) : {target: targetOf(pool.members[0]!.region)};
  };
  return {
    ruleOf,
    member: ({region, weight}: Pool["members"][number]): ProfileEndpoint => ({
      name: region,
      target: targetOf(region),
      weight,
    }),
    inOrder: (of: string, index: number): ProfileEndpoint => ({
      name: of,
      ...poolOf(of),
      priority: index + 1,
    }),
    byPlace: (chain: MergedChain): ProfileEndpoint => ({
      ...(chain.pools.length > 1 ? nested(ruleOf(chain)) : poolOf(chain.pools[0]!)),
      name: labels.get(chain.name)!,
      geoMapping: codes.get(chain.name)!,
    }),
  };
}

const namer =
  ({service}: World) =>
  (part: string): string =>
    fitted(part ? `${service.name}-${part}` : service.name, {
      end: `-${shortHash(service.hostname)}`,
      limit: NAME_LIMIT,
    });
