import type {Region, Replicas, World} from "../../regions/world.ts";
import type {Alert, Level} from "./rule.ts";

/** What goes wrong with a region's servers of its own, model by model. */
export const replicaRules = (world: World, region: Region, level: Level): Alert[] =>
  region.replicas.flatMap((own) => {
    const servers = serversOf(level, world.models[own.model]!.model);
    const at = {own, region: region.name, servers};
    return [short(at), waiting(at), cacheFull(at)];
  });

interface At {
  readonly own: Replicas;
  readonly region: string;
  readonly servers: ReturnType<typeof serversOf>;
}

/** vLLM's metrics of one model: https://docs.vllm.ai/en/stable/usage/metrics */
const serversOf = (level: Level, name: string) => {
  const of = (metric: string) => level.of(`vllm:${metric}`, `model_name="${name}"`);
  return {
    count: `count(${of("num_requests_running")})`,
    waiting: `sum(${of("num_requests_waiting")})`,
    cache: `avg(${of("kv_cache_usage_perc")})`,
  };
};

const labelsOf = ({model}: Replicas) => ({model});

/** A server that loads tells nothing yet; the wait is as long as a machine and its weights usually take. */
const short = ({own, region, servers}: At): Alert => ({
  alert: "ReplicasShort",
  expression: `(${servers.count} or vector(0)) < ${own.count.min}`,
  forM: 20,
  severity: "page",
  labels: labelsOf(own),
  summary: `${region} has fewer servers of ${own.model} than ${own.count.min}`,
  description:
    "{{ $value }} tell their metrics. The others have no machine, no weights or no GPU that works; what they have no room for goes to the model's overflow, if it has one.",
  runbook: "replicas-short",
});

const waiting = ({own, region, servers}: At): Alert => ({
  alert: "ReplicasBusy",
  expression: `${servers.waiting} / ${servers.count} > 1`,
  forM: 5,
  severity: "ticket",
  labels: labelsOf(own),
  summary: `Requests wait at the servers of ${own.model} in ${region}`,
  description:
    "{{ $value | humanize }} at each, for longer than a new server is asked for: there are as many as may be, or no machine comes.",
  runbook: "replicas-busy",
});

const cacheFull = ({own, region, servers}: At): Alert => ({
  alert: "ReplicasCacheFull",
  expression: `${servers.cache} > 0.9`,
  forM: 10,
  severity: "ticket",
  labels: labelsOf(own),
  summary: `The servers of ${own.model} in ${region} are short of memory for prompts`,
  description:
    "{{ $value | humanizePercentage }} of what they keep of prompts is in use: prompts that were read before are read again, and requests wait or begin anew.",
  runbook: "replicas-cache-full",
});
