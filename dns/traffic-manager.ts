import {publicName, shortHash} from "../regions/names.ts";
import type {World} from "../regions/world.ts";
import {type Chain, chainsOf} from "./chains.ts";
import {coverage} from "./coverage.ts";
import {azureTree} from "./geography.ts";
import {refuseBeyondLimits} from "./limits.ts";
import {type Monitor, monitorOf} from "./monitor.ts";
import {fitted, labelsOf, NAME_LIMIT} from "./names.ts";
import type {Plan, Pool} from "./plan.ts";

/**
 * A Traffic Manager profile in the words of azure-native's `trafficmanager.Profile`. A nested
 * endpoint names its child profile; whoever makes the resources turns that into an id.
 */
export interface Profile {
  readonly profileName: string;
  readonly trafficRoutingMethod: "Geographic" | "Priority" | "Weighted";
  readonly dnsConfig: {readonly relativeName: string; readonly ttl: number};
  readonly monitorConfig: Monitor;
  readonly endpoints: readonly Endpoint[];
}

export interface Endpoint {
  readonly name: string;
  /** Of an external endpoint: a region's public name. */
  readonly target?: string;
  /** Of a nested endpoint: the child's `profileName`. */
  readonly child?: string;
  readonly weight?: number;
  readonly priority?: number;
  readonly geoMapping?: readonly string[];
  /** Of a nested endpoint: it is well while this many of the child's endpoints are. */
  readonly minChildEndpoints?: number;
}

/**
 * The plan as nested profiles: Geographic at the root, which does not look at health; under it a
 * Priority profile for each chain of pools, which does; under that a Weighted profile for each pool of
 * more than one region. What has a single member is named without a profile around it. The root comes
 * last, after all that it refers to. Throws where the plan has places that no pool may serve, which
 * Traffic Manager would send to whom the rest of their continent goes, and beyond Azure's limits.
 */
export function profilesOf(world: World, plan: Plan): Profile[] {
  const name = namer(world);
  const ends = endpointsOf(world, plan, name);
  const chains = chainsOf(plan);
  const labels = labelsOf(chains);
  const labelOf = (chain: Chain) => labels.get(chain.name)!;
  const profile = (
    part: string,
    trafficRoutingMethod: Profile["trafficRoutingMethod"],
    endpoints: readonly Endpoint[],
  ): Profile => ({
    profileName: name(part),
    trafficRoutingMethod,
    dnsConfig: {relativeName: name(part), ttl: world.service.ttlS},
    monitorConfig: monitorOf(world),
    endpoints,
  });
  const codes = coverage(chains, azureTree);
  const root = chains.map((chain) => ({
    ...(chain.pools.length > 1
      ? {child: name(`rule-${labelOf(chain)}`), minChildEndpoints: MIN_CHILDREN}
      : ends.pool(chain.pools[0]!)),
    name: labelOf(chain),
    geoMapping: codes.get(chain.name)!,
  }));
  const profiles = [
    ...plan.pools
      .filter(isShared)
      .map((pool) => profile(`pool-${pool.name}`, "Weighted", pool.members.map(ends.member))),
    ...chains
      .filter(({pools}) => pools.length > 1)
      .map((chain) => profile(`rule-${labelOf(chain)}`, "Priority", chain.pools.map(ends.inOrder))),
    profile("", "Geographic", root),
  ];
  refuseBeyondLimits(profiles);
  return profiles;
}

/** The name of the root, which the hostname points at. */
export const rootName = (world: World): string => namer(world)("");

/** A nested endpoint is well while one of its child's is. */
const MIN_CHILDREN = 1;

const isShared = ({members}: Pool): boolean => members.length > 1;

function endpointsOf(world: World, plan: Plan, name: (part: string) => string) {
  const byName = new Map(plan.pools.map((pool) => [pool.name, pool]));
  const targetOf = (region: string) =>
    publicName(world, world.regions.find(({name}) => name === region)!);
  const member = ({region, weight}: Pool["members"][number]): Endpoint => ({
    name: region,
    target: targetOf(region),
    weight,
  });
  const pool = (of: string): Omit<Endpoint, "name"> => {
    const found = byName.get(of)!;
    if (!isShared(found)) return {target: targetOf(found.members[0]!.region)};
    return {child: name(`pool-${of}`), minChildEndpoints: MIN_CHILDREN};
  };
  const inOrder = (of: string, index: number): Endpoint => ({
    name: of,
    ...pool(of),
    priority: index + 1,
  });
  return {member, pool, inOrder};
}

const namer =
  ({service}: World) =>
  (part: string): string =>
    fitted(part ? `${service.name}-${part}` : service.name, {
      end: `-${shortHash(service.hostname)}`,
      limit: NAME_LIMIT,
    });
