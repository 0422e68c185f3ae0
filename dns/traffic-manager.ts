import {publicName, shortHash} from "../regions/names.ts";
import type {World} from "../regions/world.ts";
import {coverage} from "./coverage.ts";
import {azureTree, UNKNOWN_TO_AZURE} from "./geography.ts";
import {refuseBeyondLimits} from "./limits.ts";
import type {Plan, Pool, Rule} from "./plan.ts";

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

export interface Monitor {
  readonly protocol: "HTTPS";
  readonly port: number;
  readonly path: string;
  readonly intervalInSeconds: number;
  readonly timeoutInSeconds: number;
  readonly toleratedNumberOfFailures: number;
  readonly customHeaders: readonly {readonly name: string; readonly value: string}[];
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

/** Places that are served by the same pools in the same order: one answer, whatever rules they are in. */
export interface Chain {
  /** Of the first of its rules. */
  readonly name: string;
  readonly pools: readonly string[];
  readonly places: Rule["places"];
}

/** Throws where a place has none. */
export function chainsOf(plan: Plan): Chain[] {
  const rules = servedRules(plan);
  return [...Map.groupBy(rules, ({chain}) => chain.join()).values()].map((alike) => ({
    name: alike[0]!.name,
    pools: alike[0]!.chain,
    places: alike.flatMap(({places}) => places),
  }));
}

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

/** A name with its end, within the limit. A cut one keeps a hash of the whole, so that two still differ. */
export function fitted(whole: string, {end = "", limit}: {end?: string; limit: number}): string {
  if (whole.length + end.length <= limit) return whole + end;
  const cut = `-${shortHash(whole)}${end}`;
  return whole.slice(0, limit - cut.length) + cut;
}

/** Of a profile and of its DNS label. */
export const NAME_LIMIT = 63;

function servedRules({rules}: Plan): readonly Rule[] {
  const unserved = rules.filter(({chain}) => chain.length === 0);
  const names = unserved.flatMap(({places}) => places.map(({place}) => place.name));
  if (names.length === 0) return rules.filter(reachable);
  throw new Error(
    `No serving region keeps the residency of ${names.join(", ")}. Every region of a pool must carry the label that routing.residency asks for; label one pool so, set one of its regions to serving, or lift the residency.`,
  );
}

/** An endpoint without a code would be refused. */
const reachable = ({places}: Rule): boolean =>
  places.some(({place}) => !UNKNOWN_TO_AZURE.has(place.azure));

/** What each name is in DNS. Where two would be called the same, they carry a hash of their names. */
export function labelsOf(named: readonly {readonly name: string}[]): Map<string, string> {
  const slug = (name: string) => name.toLowerCase().replaceAll(/[^a-z0-9]+/g, "-");
  const bySlug = Map.groupBy(named, ({name}) => slug(name));
  const labelOf = (name: string) =>
    bySlug.get(slug(name))!.length === 1 || slug(name) === name
      ? slug(name)
      : `${slug(name)}-${shortHash(name)}`;
  return new Map(named.map(({name}) => [name, labelOf(name)]));
}

/** How Traffic Manager finds out who is well; octoDNS's Azure provider is told the same. */
export const monitorOf = ({service}: World): Monitor => ({
  protocol: "HTTPS",
  port: 443,
  path: "/healthz",
  intervalInSeconds: PROBE_S,
  timeoutInSeconds: 5,
  toleratedNumberOfFailures: toleratedFailures(service.objective.windowMs),
  customHeaders: [{name: "Host", value: service.hostname}],
});

/** The shorter of the two intervals that Traffic Manager has. */
const PROBE_S = 10;

/**
 * A region that answers its probes ill is out within half of the objective's window: its proxies have
 * judged over the whole of it before they say so. Traffic Manager takes 0 to 9.
 */
function toleratedFailures(windowMs: number): number {
  return Math.min(9, Math.max(0, Math.floor(windowMs / 2000 / PROBE_S) - 1));
}
