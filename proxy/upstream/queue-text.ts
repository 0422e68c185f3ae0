import type {Queue} from "../route/loads.ts";

/** Those of vllm/v1/metrics/loggers.py that tell of the queue: one for each engine of the server. */
const GAUGE =
  /^vllm:(num_requests_running|num_requests_waiting|kv_cache_usage_perc)(?:\{[^\n]*\})? (\S+)/gm;

/** What a server's metrics say of its queue; undefined where one of the three is missing or is no number. */
export function queueIn(text: string): Queue | undefined {
  const values = Map.groupBy(text.matchAll(GAUGE), ([, name]) => name);
  const [running, waiting, usages] = [
    "num_requests_running",
    "num_requests_waiting",
    "kv_cache_usage_perc",
  ].map((name) => (values.get(name) ?? []).map(([, , value]) => Number(value))) as Three;
  if (![running, waiting, usages].every(isSound)) return undefined;
  return {running: sum(running), waiting: sum(waiting), usage: Math.min(1, Math.max(...usages))};
}

type Three = [number[], number[], number[]];

const sum = (values: readonly number[]) => values.reduce((one, other) => one + other, 0);

const isSound = (values: readonly number[]) =>
  values.length > 0 && values.every((value) => Number.isFinite(value) && value >= 0);
