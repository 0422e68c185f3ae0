import {stringify} from "yaml";
import {publicName, recordName} from "../regions/names.ts";
import type {World} from "../regions/world.ts";
import {coverage} from "./coverage.ts";
import {octodnsTree} from "./geography.ts";
import type {Plan, Pool} from "./plan.ts";
import {type Chain, chainsOf, fitted, labelsOf, monitorOf, NAME_LIMIT} from "./traffic-manager.ts";

/** A dynamic CNAME record as octoDNS reads it: https://github.com/octodns/octodns/blob/main/docs/dynamic_records.md */
export interface DynamicRecord {
  readonly dynamic: {
    readonly pools: Readonly<Record<string, DynamicPool>>;
    /** The first that has the client's place counts; the last has them all. */
    readonly rules: readonly {readonly geos?: readonly string[]; readonly pool: string}[];
  };
  readonly octodns: Readonly<Record<string, unknown>>;
  readonly ttl: number;
  readonly type: "CNAME";
  /** Where all of a chain is lost. */
  readonly value: string;
}

export interface DynamicPool {
  readonly fallback?: string;
  readonly values: readonly {readonly value: string; readonly weight?: number}[];
}

/**
 * The plan as one dynamic record. A pool of octoDNS has one fallback, so each chain has pools of its
 * own: `us-east`, which falls back to `us-east--europe`, and so on. Weights are reduced to their lowest
 * terms, then scaled down to `maxWeight`: octoDNS takes 100; some of its providers 15. Throws as
 * profilesOf does, and for a hostname too long for the names that its Azure provider makes of it.
 */
export function dynamicRecord(world: World, plan: Plan, {maxWeight = 100} = {}): DynamicRecord {
  const {service} = world;
  const chains = chainsOf(plan);
  const namer = createNamer(world, chains, plan);
  const targets = new Map(
    world.regions.map((region) => [region.name, `${publicName(world, region)}.`]),
  );
  const valuesOf = new Map(plan.pools.map((pool) => [pool.name, values(pool, targets, maxWeight)]));
  const parts = inOrder(coverage(chains, octodnsTree));
  const pools = chains.flatMap((chain) => {
    const heads = parts.filter(({name}) => name === chain.name).map(namer.head);
    return links(chain, {heads, namer, valuesOf});
  });
  return {
    dynamic: {
      pools: Object.fromEntries(pools.toSorted(([a], [b]) => naturalOrder(a, b))),
      rules: parts.map((part) => ({
        ...(part.geos.length > 0 && {geos: part.geos}),
        pool: namer.head(part),
      })),
    },
    octodns: probing(world),
    ttl: service.ttlS,
    type: "CNAME",
    value: lastResort(valuesOf.get(lastOf(parts, chains).pools[0]!)!),
  };
}

/** The files that `octodns-sync --config-file config.yaml` reads, by name: the zone's own among them. */
export function octodnsFiles(
  world: World,
  plan: Plan,
  options?: {readonly maxWeight?: number},
): Record<string, string> {
  const zone = {[recordName(world)]: dynamicRecord(world, plan, options)};
  return {
    "config.yaml": `${CONFIG_HEAD}${yaml(config(world))}`,
    [`zones/${world.service.zone}.yaml`]: `${ZONE_HEAD}${yaml(zone)}`,
  };
}

/** Codes of one chain that no rule before them is broader than. */
interface Part {
  /** Of the chain. */
  readonly name: string;
  /** Empty for the last: all the rest. */
  readonly geos: readonly string[];
  /** 1 for the last that a chain has; a chain that must come in two places has 2 too, and so on. */
  readonly ordinal: number;
}

/**
 * octoDNS refuses a code behind a broader one. Chains go out as soon as nothing that is left is within
 * their codes; where each waits for another, those codes of the first that need not wait go ahead.
 */
function inOrder(codes: ReadonlyMap<string, readonly string[]>): Part[] {
  const left = new Map([...codes].map(([name, all]) => [name, all.filter((c) => c !== WORLD)]));
  const catchAll = [...codes].find(([, all]) => all.includes(WORLD))![0];
  const parts: Omit<Part, "ordinal">[] = [];
  for (;;) {
    const waiting = [...left.values()].flat();
    if (waiting.length === 0) break;
    const isFree = (code: string) => !waiting.some((other) => other.startsWith(`${code}-`));
    const open = [...left].filter(([, geos]) => geos.some(isFree));
    const [name, geos] = open.find(([, all]) => all.every(isFree)) ?? open[0]!;
    parts.push({name, geos: geos.filter(isFree)});
    left.set(
      name,
      geos.filter((code) => !isFree(code)),
    );
  }
  return [...parts, {name: catchAll, geos: []}].map((part, index, all) => ({
    ...part,
    ordinal:
      1 +
      all.slice(index + 1).filter(({name, geos}) => name === part.name && geos.length > 0).length,
  }));
}

const WORLD = "WORLD";

const lastOf = (parts: readonly Part[], chains: readonly Chain[]): Chain =>
  chains.find(({name}) => name === parts.at(-1)!.name)!;

/** Names of octoDNS's pools; its Azure provider makes profiles' names of them and of the hostname. */
function createNamer({service}: World, chains: readonly Chain[], plan: Plan) {
  const root = service.hostname.replaceAll(".", "--");
  const limit = NAME_LIMIT - `${root}-pool-`.length;
  if (limit < SHORTEST)
    throw new Error(
      `service.hostname ${service.hostname} is too long for octoDNS's Azure provider, which makes names of at most ${NAME_LIMIT} of it; use one of at most ${NAME_LIMIT - SHORTEST - 6} with its dots counted twice`,
    );
  const [labels, pools] = [labelsOf(chains), labelsOf(plan.pools)];
  const head = ({name, ordinal}: Pick<Part, "name" | "ordinal">) =>
    fitted(labels.get(name)! + (ordinal > 1 ? `---${ordinal}` : ""), {limit});
  const link = (chain: Chain, pool: string) =>
    fitted(`${labels.get(chain.name)}--${pools.get(pool)}`, {limit});
  return {head, link};
}

/** What a name with the hash of what was cut off still tells. */
const SHORTEST = 12;

/** The pools of one chain: one for each rule that starts it, then one for each fallback. */
function links(
  chain: Chain,
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

/** In lowest terms; where that is still too much, rounded to within the limit and never to nothing. */
export function scaled(weights: readonly number[], limit: number): number[] {
  const divisor = weights.reduce(greatestCommonDivisor);
  const lowest = weights.map((weight) => weight / divisor);
  const most = Math.max(...lowest);
  if (most <= limit) return lowest;
  return lowest.map((weight) => Math.max(1, Math.round((weight * limit) / most)));
}

const greatestCommonDivisor = (a: number, b: number): number =>
  b === 0 ? a : greatestCommonDivisor(b, a % b);

/** The region of most weight. */
const lastResort = (values: DynamicPool["values"]): string =>
  values.reduce((a, b) => ((b.weight ?? 1) > (a.weight ?? 1) ? b : a)).value;

function probing(world: World): DynamicRecord["octodns"] {
  const {protocol, port, path, intervalInSeconds, timeoutInSeconds, toleratedNumberOfFailures} =
    monitorOf(world);
  return {
    azuredns: {
      healthcheck: {
        interval: intervalInSeconds,
        num_failures: toleratedNumberOfFailures,
        timeout: timeoutInSeconds,
      },
    },
    healthcheck: {host: world.service.hostname, path, port, protocol},
  };
}

function config(world: World) {
  return {
    manager: {processors: ["hostname-only"]},
    processors: {
      "hostname-only": {
        class: "octodns.processor.filter.NameAllowlistFilter",
        allowlist: [recordName(world)],
      },
    },
    providers: {
      regions: {
        class: "octodns.provider.yaml.YamlProvider",
        directory: "zones",
        default_ttl: world.service.ttlS,
        enforce_order: true,
      },
      azure: {
        class: "octodns_azure.AzureProvider",
        client_id: "env/AZURE_CLIENT_ID",
        key: "env/AZURE_CLIENT_SECRET",
        directory_id: "env/AZURE_TENANT_ID",
        sub_id: "env/AZURE_SUBSCRIPTION_ID",
        resource_group: "env/AZURE_RESOURCE_GROUP",
      },
    },
    zones: {[`${world.service.zone}.`]: {sources: ["regions"], targets: ["azure"]}},
  };
}

const CONFIG_HEAD = `# Made from regions.yaml. To use it, from this folder, with octodns 1.22.0 and octodns-azure 1.2.0:
#   octodns-sync --config-file config.yaml          shows what would change; --doit does it
# Only the service's own name is touched. For Route 53, NS1 and others: docs/dns.md
`;
const ZONE_HEAD = "# Made from regions.yaml.\n";

/** As PyYAML reads it, which knows YAML 1.1 only. */
const yaml = (value: unknown): string =>
  stringify(value, {version: "1.1", aliasDuplicateObjects: false});

/** As octoDNS wants the keys of every mapping: digits by their number, the rest by code point. */
export function naturalOrder(a: string, b: string): number {
  const [left, right] = [chunks(a), chunks(b)];
  const at = left.findIndex((chunk, index) => chunk !== right[index]);
  if (at < 0) return left.length - right.length;
  const [x, y] = [left[at]!, right[at]];
  if (y === undefined) return 1;
  if (typeof x === "number" && typeof y === "number") return x - y;
  return x < y ? -1 : 1;
}

/** Text and numbers in turn, text first. */
const chunks = (text: string): (string | number)[] =>
  text.split(/(\d+)/).map((chunk, index) => (index % 2 ? Number(chunk) : chunk));
