import {planOf} from "../../dns/plan.ts";
import {isInternal} from "../../regions/names.ts";
import type {Region, World} from "../../regions/world.ts";
import type {Load} from "../scale/load.ts";
import {ratesOf} from "../scale/scale.ts";

/** What is assumed of a month; all of it is chosen, and measured by nobody here. docs/cost.md shows it. */
export const assumed = {
  /** Of work, by those who have an editor open. */
  days: 21,
  hours: 8,
  /** Percent of a prompt's tokens that are cached: only prompts of more than 1,024 can be. */
  cached: 0,
  /** Percent of requests whose completion is taken. About half are cancelled by the next key. */
  accepted: 10,
  /** Of an answer on its way to the editor, with its headers. */
  answerKb: 10,
  /** What an API server says of itself and of who asked it, and what a node's containers write. */
  serverLogsGb: 5,
  nodeLogsGb: 0.5,
  /** Series of metrics. */
  nodeSeries: 1500,
  podSeries: 2000,
} as const;

/** What people do in a month. */
export interface Use {
  readonly people: number;
  /** A key of models in regions.yaml. */
  readonly model: string;
  /** Of one person on one day. */
  readonly requests: number;
  readonly days: number;
  /** Tokens of a request, and of its answer. */
  readonly prompt: number;
  readonly answer: number;
  /** Percent of a prompt's tokens. */
  readonly cached: number;
  /** Percent of requests. */
  readonly accepted: number;
}

/** What is assumed of so many people. An answer is as long as it may be. */
export function usualUse({models}: World, people: number, load: Load): Use {
  const {days, hours, cached, accepted} = assumed;
  const {promptTokens: prompt, maxTokens: answer, perUser} = load;
  const model = Object.hasOwn(models, load.model) ? load.model : (Object.keys(models)[0] ?? "");
  const requests = Math.round(perUser * hours * 3600);
  return {people, model, requests, days, prompt, answer, cached, accepted};
}

/** How often a series is read in a month of 730 hours: every 30 s. */
const READS = 730 * 120;

/** What a region uses in a month. */
export interface Usage {
  readonly region: string;
  readonly requests: number;
  readonly egressGb: number;
  readonly logsGb: number;
  readonly samples: number;
}

/** What people make of each region in a month, by the DNS plan; pods and nodes are at their fewest. */
export function usageOf(world: World, {people, requests, days}: Use, load: Load): Usage[] {
  const requestsPerDay = people * requests;
  const {regions} = ratesOf(planOf(world), {...load, requestsPerDay});
  return world.regions.map((region) => {
    const day = 3600 * (regions.get(region.name) ?? []).reduce((sum, rate) => sum + rate, 0);
    return regionUsage(region, day * days);
  });
}

function regionUsage(region: Region, requests: number): Usage {
  const {name, cluster, proxies, edges, replicas} = region;
  const {answerKb, serverLogsGb, nodeLogsGb, nodeSeries, podSeries} = assumed;
  const withGpus = replicas.reduce((sum, {count}) => sum + count.min, 0);
  const nodes = cluster.nodes.min + cluster.system.nodes.min + withGpus;
  return {
    region: name,
    requests,
    // What stays in the company's network is priced by how that is joined.
    egressGb: isInternal(region) ? 0 : (requests * answerKb) / 1e6,
    logsGb: serverLogsGb + nodes * nodeLogsGb,
    samples: READS * (nodes * nodeSeries + (proxies.min + edges.min) * podSeries),
  };
}
