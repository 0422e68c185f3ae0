import {publicName, shortHash} from "../regions/names.ts";
import type {World} from "../regions/world.ts";
import {coverage, UNKNOWN_TO_AZURE} from "./coverage.ts";
import type {Plan, Pool, Rule} from "./plan.ts";

/**
 * A Traffic Manager profile in the words of azure-native's `trafficmanager.Profile`. A nested
 * endpoint names its child profile; whoever makes the resources turns that into an id.
 */
export interface Profile {
  readonly profileName: string;
  readonly trafficRoutingMethod: "Geographic" | "Priority" | "Weighted";
  readonly dnsConfig: {readonly relativeName: string; readonly ttl: number};
  readonly monitorConfig: typeof MONITOR & {
    readonly customHeaders: readonly {readonly name: string; readonly value: string}[];
  };
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

/** Every 10 s, out after 3 in a row: about 45 s with the timeout, and the answers' TTL on top. */
const MONITOR = {
  protocol: "HTTPS",
  port: 443,
  path: "/healthz",
  intervalInSeconds: 10,
  timeoutInSeconds: 5,
  toleratedNumberOfFailures: 2,
} as const;

/**
 * The plan as nested profiles: Geographic at the root, which does not look at health; under it a
 * Priority profile for each rule, which does; under that a Weighted profile for each pool. The root
 * comes last, after all that it refers to. Throws where the plan has places that no pool may serve:
 * Traffic Manager would send them to whom the rest of their continent goes.
 */
export function profilesOf(world: World, plan: Plan): Profile[] {
  const name = namer(world);
  const common = {monitorConfig: monitorOf(world)};
  const profile = (
    part: string,
    trafficRoutingMethod: Profile["trafficRoutingMethod"],
    endpoints: readonly Endpoint[],
  ): Profile => ({
    profileName: name(part),
    trafficRoutingMethod,
    dnsConfig: {relativeName: name(part), ttl: world.service.ttlS},
    ...common,
    endpoints,
  });
  const rules = servedRules(plan);
  const labels = labelsOf(rules);
  return [
    ...plan.pools.map((pool) => profile(`pool-${pool.name}`, "Weighted", externals(world, pool))),
    ...rules.map((rule) =>
      profile(`rule-${labels.get(rule)}`, "Priority", chainEndpoints(rule, name)),
    ),
    profile("", "Geographic", geographicEndpoints(rules, labels, name)),
  ];
}

/** The name of the root, which the hostname points at. */
export const rootName = (world: World): string => namer(world)("");

const namer =
  ({service}: World) =>
  (part: string): string => {
    const end = `-${shortHash(service.hostname)}`;
    const whole = part ? `${service.name}-${part}` : service.name;
    if (whole.length + end.length <= NAME_LIMIT) return whole + end;
    // Cut names keep a hash of what was cut off, so that two of them still differ.
    const cut = `-${shortHash(whole)}${end}`;
    return whole.slice(0, NAME_LIMIT - cut.length) + cut;
  };

/** Of a profile and of its DNS label. */
const NAME_LIMIT = 63;

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

/** What each rule is called in DNS. Where two would be called the same, they carry a hash of their names. */
function labelsOf(rules: readonly Rule[]): Map<Rule, string> {
  const slug = (name: string) => name.toLowerCase().replaceAll(/[^a-z0-9]+/g, "-");
  const bySlug = Map.groupBy(rules, ({name}) => slug(name));
  const labelOf = ({name}: Rule) =>
    bySlug.get(slug(name))!.length === 1 || slug(name) === name
      ? slug(name)
      : `${slug(name)}-${shortHash(name)}`;
  return new Map(rules.map((rule) => [rule, labelOf(rule)]));
}

const monitorOf = ({service}: World): Profile["monitorConfig"] => ({
  ...MONITOR,
  customHeaders: [{name: "Host", value: service.hostname}],
});

function externals(world: World, {members}: Pool): Endpoint[] {
  return members.map(({region, weight}) => ({
    name: region,
    target: publicName(world, world.regions.find(({name}) => name === region)!),
    weight,
  }));
}

function chainEndpoints({chain}: Rule, name: (part: string) => string): Endpoint[] {
  return chain.map((pool, index) => ({
    name: pool,
    child: name(`pool-${pool}`),
    priority: index + 1,
    minChildEndpoints: 1,
  }));
}

function geographicEndpoints(
  rules: readonly Rule[],
  labels: ReadonlyMap<Rule, string>,
  name: (part: string) => string,
): Endpoint[] {
  const codes = coverage(rules);
  return rules.map((rule) => ({
    name: labels.get(rule)!,
    child: name(`rule-${labels.get(rule)}`),
    geoMapping: codes.get(rule.name) ?? [],
    minChildEndpoints: 1,
  }));
}
