import {publicName, shortHash} from "../regions/names.ts";
import {type Place, places} from "../regions/places.ts";
import type {World} from "../regions/world.ts";
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
 * comes last, after all that it refers to.
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
  const served = plan.rules.filter(({chain}) => chain.length > 0);
  return [
    ...plan.pools.map((pool) => profile(`pool-${pool.name}`, "Weighted", externals(world, pool))),
    ...served.map((rule) =>
      profile(`rule-${slug(rule.name)}`, "Priority", chainEndpoints(rule, name)),
    ),
    profile("", "Geographic", geographicEndpoints(served, name)),
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

const slug = (name: string): string => name.toLowerCase().replaceAll(/[^a-z0-9]+/g, "-");

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

function geographicEndpoints(rules: readonly Rule[], name: (part: string) => string): Endpoint[] {
  const codes = coverage(rules);
  return rules.map((rule) => ({
    name: slug(rule.name),
    child: name(`rule-${slug(rule.name)}`),
    geoMapping: codes.get(rule.name) ?? [],
    minChildEndpoints: 1,
  }));
}

/**
 * The fewest geographic codes that give each place its rule, by rule. A code covers all below it that
 * has none of its own: WORLD, then groups, then countries, then states. From the bottom up each node
 * takes the rule that leaves the fewest of its children to be named.
 */
export function coverage(rules: readonly Rule[]): Map<string, string[]> {
  const ruleOf = new Map(
    rules.flatMap(({name, places}) => places.map(({place}) => [place.azure, name])),
  );
  const codes = new Map<string, string[]>(rules.map(({name}) => [name, []]));
  name(treeOf(), undefined);
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
    return Math.min(
      costOf(node, inherited),
      ...rules.map(({name}) => costOf(node, name) + Number(name !== inherited)),
    );
  }
}

/** Traffic Manager's hierarchy of places. */
interface Tree {
  readonly code: string;
  readonly children: readonly Tree[];
}

function treeOf(): Tree {
  const country = (place: Place): Tree => ({
    code: place.azure,
    children: places
      .filter(({azure}) => azure.startsWith(`${place.azure}-`))
      .map(({azure}) => ({code: azure, children: []})),
  });
  const countries = places.filter(({azure}) => !azure.includes("-"));
  const groups = Map.groupBy(countries, ({group}) => group);
  return {
    code: "WORLD",
    children: [...groups].map(([code, members]) => ({code, children: members.map(country)})),
  };
}
