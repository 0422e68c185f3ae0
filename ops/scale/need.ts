import {BUSY_PERCENT} from "../../infra/cluster/workload.ts";
import {edgeLimits} from "../../infra/envoy/limits.ts";
import type {Region} from "../../regions/world.ts";
import type {Load} from "./load.ts";

/**
 * What a request of the streaming kind costs, by the run that docs/performance.md tells of: microseconds of a
 * core, in the proxy and in the edge before it; megabytes of both for a stream that is open, and of an
 * edge for a connection.
 */
const PROXY_US = 771;
const EDGE_US = 1369 - PROXY_US;
const STREAM_MB = (730 - 170) / 10_000;
const CONNECTION_MB = 0.05;
const IDLE_MB = {proxy: 97, edge: 73};
/** A pod asks for one core; the autoscaler adds pods where they are busier than this. */
const BUSY = BUSY_PERCENT / 100;

/** What a region would need at a rate, and what it may have at most. */
export interface Need {
  readonly perSecond: number;
  readonly cores: number;
  readonly connections: number;
  /** Open to model hosts at once. */
  readonly streams: number;
  readonly memoryMb: number;
  /** Thousands a minute. */
  readonly tokens: number;
  /** Of what there is, 1 being all of it; what has no limit is left out. */
  readonly used: Readonly<Partial<Record<Limit, number>>>;
}

export type Limit = "quota" | "proxies" | "edges" | "connections";

export function needOf(region: Region, perSecond: number, load: Load): Need {
  const [proxyCores, edgeCores] = [PROXY_US, EDGE_US].map((us) => (perSecond * us) / 1e6);
  const connections = perSecond / load.perUser;
  const streams = perSecond * load.seconds;
  const tokens = (perSecond * 60 * (load.promptTokens + load.maxTokens)) / 1000;
  const [proxies, edges] = [proxyCores! / BUSY, edgeCores! / BUSY];
  const quota = quotaOf(region, load.model);
  return {
    perSecond,
    cores: proxyCores! + edgeCores!,
    connections,
    streams,
    memoryMb:
      streams * STREAM_MB +
      connections * CONNECTION_MB +
      Math.max(region.proxies.min, Math.ceil(proxies)) * IDLE_MB.proxy +
      Math.max(region.edges.min, Math.ceil(edges)) * IDLE_MB.edge,
    tokens,
    used: {
      ...(quota !== undefined && {quota: quota > 0 ? tokens / quota : Number.POSITIVE_INFINITY}),
      proxies: proxies / region.proxies.max,
      edges: edges / region.edges.max,
      connections: connections / (edgeLimits.connections * region.edges.max),
    },
  };
}

/** Thousands of tokens a minute; undefined where units are provisioned or hosts are not Azure's: they have no such quota. */
function quotaOf({deployments, hosts}: Region, model: string): number | undefined {
  const own = deployments.filter((deployment) => deployment.model === model);
  if (hosts.some((host) => host.model === model)) return undefined;
  if (own.some(({sku}) => sku.includes("Provisioned"))) return undefined;
  return own.reduce((sum, {capacity}) => sum + capacity, 0);
}

/** Of what more pods cannot mend and of what they could: a quota is asked of Azure, the others are regions.yaml's. */
export const kinds = {
  quota: ["quota"],
  pods: ["proxies", "edges", "connections"],
} as const satisfies Record<string, readonly Limit[]>;

export interface Tightest {
  readonly limit: Limit;
  readonly used: number;
}

/** What is used most of among the limits of a kind, and how much; undefined where there is no such limit. */
export function tightest({used}: Need, kind: keyof typeof kinds): Tightest | undefined {
  const known = kinds[kind].flatMap((limit: Limit) =>
    used[limit] === undefined ? [] : [{limit, used: used[limit]}],
  );
  return known.toSorted((a, b) => b.used - a.used)[0];
}
