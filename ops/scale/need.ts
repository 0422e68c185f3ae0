import {BUSY_PERCENT} from "../../infra/cluster/workload.ts";
import {edgeLimits} from "../../infra/envoy/limits.ts";
import type {Region} from "../../regions/world.ts";
import type {Load} from "./load.ts";
import {replicaRate} from "./replica.ts";

/**
 * What a streaming request costs, as measured in docs/performance.md: microseconds of a core in the proxy
 * and in the edge; megabytes in both for an open stream, and in the edge for a connection.
 */
const PROXY_US = 771;
const EDGE_US = 1369 - PROXY_US;
const STREAM_MB = (730 - 170) / 10_000;
const CONNECTION_MB = 0.05;
const IDLE_MB = {proxy: 97, edge: 73};
/** Of the cores that a pod requests; the autoscaler adds pods when they are busier than this. */
const BUSY = BUSY_PERCENT / 100;

/** What a region needs at a given rate, and the limits on it. */
export interface Need {
  readonly perSecond: number;
  readonly cores: number;
  readonly connections: number;
  /** Streams open to model hosts at once. */
  readonly streams: number;
  readonly memoryMb: number;
  /** Thousands of tokens a minute. */
  readonly tokens: number;
  /** The share used of each limit, 1 being all of it; what has no limit is left out. */
  readonly used: Readonly<Partial<Record<Limit, number>>>;
}

export type Limit = "tokens" | "requests" | "replicas" | "proxies" | "edges" | "connections";

/** `requestsPerUnit`: what a unit of the model's capacity allows a minute; undefined where nobody knows. */
export function needOf(
  region: Region,
  perSecond: number,
  load: Load,
  requestsPerUnit?: number | undefined,
): Need {
  const coresOf = (us: number) => (perSecond * us) / 1e6;
  const [proxyCores, edgeCores] = [coresOf(PROXY_US), coresOf(EDGE_US)];
  const connections = perSecond / load.perUser;
  const streams = perSecond * load.seconds;
  const tokens = (perSecond * 60 * (load.promptTokens + load.maxTokens)) / 1000;
  const busy = BUSY * region.cores;
  const [proxies, edges] = [proxyCores / busy, edgeCores / busy];
  const quota = quotaOf(region, load.model);
  const shareOf = (asked: number, limit: number) =>
    limit > 0 ? asked / limit : Number.POSITIVE_INFINITY;
  return {
    perSecond,
    cores: proxyCores + edgeCores,
    connections,
    streams,
    memoryMb:
      streams * STREAM_MB +
      connections * CONNECTION_MB +
      Math.max(region.proxies.min, Math.ceil(proxies)) * IDLE_MB.proxy +
      Math.max(region.edges.min, Math.ceil(edges)) * IDLE_MB.edge,
    tokens,
    used: {
      ...(quota !== undefined && {tokens: shareOf(tokens, quota)}),
      ...(quota !== undefined &&
        requestsPerUnit !== undefined && {
          requests: shareOf(perSecond * 60, quota * requestsPerUnit),
        }),
      ...replicasUsed(region, perSecond, load),
      proxies: proxies / region.proxies.max,
      edges: edges / region.edges.max,
      connections: connections / (edgeLimits.connections * region.edges.max),
    },
  };
}

/** Of the most that a region may have; what overflows to Azure has a quota beside it, which is left out. */
function replicasUsed({replicas}: Region, perSecond: number, load: Load): {replicas?: number} {
  const own = replicas.find(({model}) => model === load.model);
  const rate = own && replicaRate(own.size, load);
  return own && rate ? {replicas: perSecond / (rate * own.count.max)} : {};
}

/**
 * Units of capacity, each a thousand tokens a minute; undefined for provisioned units, for hosts outside Azure and for replicas, which
 * have no such quota.
 */
function quotaOf({deployments, hosts, replicas}: Region, model: string): number | undefined {
  const own = deployments.filter((deployment) => deployment.model === model);
  if ([...hosts, ...replicas].some((host) => host.model === model)) return undefined;
  if (own.some(({sku}) => sku.includes("Provisioned"))) return undefined;
  return own.reduce((sum, {capacity}) => sum + capacity, 0);
}

/** Whether more pods would help: of a model there is as much as Azure gives, in tokens or in GPUs. */
export const kinds = {
  quota: ["tokens", "requests", "replicas"],
  pods: ["proxies", "edges", "connections"],
} as const satisfies Record<string, readonly Limit[]>;

export interface Tightest {
  readonly limit: Limit;
  readonly used: number;
}

/** The limit of a kind with the largest share used; undefined if there is no such limit. */
export function tightest({used}: Need, kind: keyof typeof kinds): Tightest | undefined {
  const known = kinds[kind].flatMap((limit: Limit) =>
    used[limit] === undefined ? [] : [{limit, used: used[limit]}],
  );
  return known.toSorted((a, b) => b.used - a.used)[0];
}
