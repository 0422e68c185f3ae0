import {publicName} from "../../regions/names.ts";
import type {World} from "../../regions/world.ts";
import {type Answers, answersIn} from "../answers.ts";
import {type MergedChain, mergedChains} from "../merged-chains.ts";
import {fitted, labelsOf, NAME_LIMIT} from "../names.ts";
import type {Plan} from "../plan.ts";
import type {Pool} from "../pool.ts";
import {monitorOf} from "../traffic-manager/monitor.ts";
import {inOrder, naturalOrder, type Ranked, ranked} from "./octodns-order.ts";
import {type Provider, providers} from "./providers.ts";
import type {DynamicPool, DynamicRecord} from "./record.ts";

/** The plan as far as a provider can express it. */
export const answersBy = ({tree, title}: Provider, plan: Plan): Answers =>
  answersIn(tree, mergedChains(plan), title);

export interface RecordOptions {
  readonly provider?: Provider;
  /** Some providers take weights up to 15 only. */
  readonly maxWeight?: number;
}

/**
 * The plan as one dynamic record. A pool of octoDNS has one fallback, so each chain has pools of its
 * own: `us-east`, which falls back to `us-east--europe`, and so on. Weights are reduced to their lowest
 * terms, then scaled down to `maxWeight`: octoDNS takes 100. Throws where a place has no region or the
 * provider cannot keep its residency, and for what the provider would refuse.
 */
export function dynamicRecord(
  world: World,
  plan: Plan,
  {provider = providers.azure, maxWeight = 100}: RecordOptions = {},
): DynamicRecord {
  const {chains, codes} = answersBy(provider, plan);
  const namer = createNamer(world, chains, plan, provider);
  const targets = new Map(
    world.regions.map((region) => [region.name, `${publicName(world, region)}.`]),
  );
  const valuesOf = new Map(plan.pools.map((pool) => [pool.name, values(pool, targets, maxWeight)]));
  const {partsOf = (parts) => parts} = provider;
  const parts = ranked(partsOf(inOrder(codes)));
  const pools = chains.flatMap((chain) => {
    const heads = parts.filter(({name}) => name === chain.name).map(namer.head);
    return links(chain, {heads, namer, valuesOf});
  });
  const record: DynamicRecord = {
    dynamic: {
      pools: Object.fromEntries(pools.toSorted(([a], [b]) => naturalOrder(a, b))),
      rules: parts.map((part) => ({
        ...(part.geos.length > 0 && {geos: part.geos}),
        pool: namer.head(part),
      })),
    },
    octodns: probing(world, provider),
    ttl: world.service.ttlS,
    type: "CNAME",
    value: lastResort(valuesOf.get(lastOf(parts, chains).pools[0]!)!),
  };
  provider.refuse?.(record);
  return record;
}

const lastOf = (parts: readonly Ranked[], chains: readonly MergedChain[]): MergedChain =>
  chains.find(({name}) => name === parts.at(-1)!.name)!;

/** Names octoDNS's pools; its providers build names of their own from them. */
function createNamer(
  {service}: World,
  chains: readonly MergedChain[],
  plan: Plan,
  {package: maker, nameLimit, ordersByName}: Provider,
) {
  const limit = nameLimit(service.hostname);
  if (limit < SHORTEST)
    throw new Error(
      `service.hostname ${service.hostname} is too long for ${maker}, which makes names of at most ${NAME_LIMIT} of it; use one of at most ${NAME_LIMIT - SHORTEST - 6} with its dots counted twice`,
    );
  const [labels, pools] = [labelsOf(chains), labelsOf(plan.pools)];
  const head = ({name, ordinal, rank}: Ranked) => {
    const label = labels.get(name)!;
    if (ordersByName) return fitted(`${String(rank).padStart(3, "0")}-${label}`, {limit});
    return fitted(label + (ordinal > 1 ? `---${ordinal}` : ""), {limit});
  };
  const link = (chain: MergedChain, pool: string) =>
    fitted(`${labels.get(chain.name)}--${pools.get(pool)}`, {limit});
  return {head, link};
}

/** The shortest name that still says something when it is cut and ends in a hash. */
const SHORTEST = 12;

/** The pools of one chain: one for each rule that starts it, then one for each fallback. */
function links(
  chain: MergedChain,
  {
    heads,
    namer,
    valuesOf,
  }: {
    heads: readonly string[];
    namer: ReturnType<typeof createNamer>;
    valuesOf: ReadonlyMap<string, DynamicPool["values"]>;
  },
): [string, DynamicPool][] {
  return chain.pools.flatMap((pool, index) => {
    const next = chain.pools[index + 1];
    const values = valuesOf.get(pool)!;
    const made = next === undefined ? {values} : {fallback: namer.link(chain, next), values};
    const names = index === 0 ? [...new Set(heads)] : [namer.link(chain, pool)];
    return names.map((name): [string, DynamicPool] => [name, made]);
  });
}

function values(
  {members}: Pool,
  targets: ReadonlyMap<string, string>,
  maxWeight: number,
): DynamicPool["values"] {
  const weights = scaled(
    members.map(({weight}) => weight),
    maxWeight,
  );
  return members.map(({region}, index) => ({
    value: targets.get(region)!,
    ...(members.length > 1 && {weight: weights[index]!}),
  }));
}

/** Reduces weights to lowest terms; where they still exceed the limit, scales them down, never to zero. */
export function scaled(weights: readonly number[], limit: number): number[] {
  const divisor = weights.reduce(greatestCommonDivisor);
  const lowest = weights.map((weight) => weight / divisor);
  const most = Math.max(...lowest);
  if (most <= limit) return lowest;
  return lowest.map((weight) => Math.max(1, Math.round((weight * limit) / most)));
}

const greatestCommonDivisor = (a: number, b: number): number =>
  b === 0 ? a : greatestCommonDivisor(b, a % b);

/** The region with the highest weight. */
const lastResort = (values: DynamicPool["values"]): string =>
  values.reduce((a, b) => ((b.weight ?? 1) > (a.weight ?? 1) ? b : a)).value;

function probing(world: World, provider: Provider): DynamicRecord["octodns"] {
  const monitor = monitorOf(world);
  const {protocol, port, path} = monitor;
  const healthcheck = {host: world.service.hostname, path, port, protocol};
  return Object.fromEntries(
    Object.entries({...provider.probing(monitor), healthcheck}).toSorted(([a], [b]) =>
      naturalOrder(a, b),
    ),
  );
}
