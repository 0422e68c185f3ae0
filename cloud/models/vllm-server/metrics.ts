import {Counter, Gauge, Histogram, Registry} from "prom-client";
import type {EngineState} from "../batching/engine.ts";

/** How a request ended: vllm/v1/engine/__init__.py, FinishReason. */
export type Reason = "stop" | "length" | "abort";

/** What vLLM tells of itself at /metrics, by its names: vllm/v1/metrics/loggers.py. */
export interface ServerMetrics {
  firstToken(ms: number): void;
  ended(reason: Reason, ms: number): void;
  /** In Prometheus' text. */
  text(): Promise<string>;
}

const FIRST_TOKEN_S = [
  ...[0.001, 0.005, 0.01, 0.02, 0.04, 0.06, 0.08, 0.1, 0.25, 0.5, 0.75, 1, 2.5, 5, 7.5, 10],
  ...[20, 40, 80, 160, 640, 2560],
];
const WHOLE_S = [
  ...[0.3, 0.5, 0.8, 1, 1.5, 2, 2.5, 5, 10, 15, 20, 30, 40, 50, 60, 120, 240, 480, 960, 1920],
  7680,
];

export function createMetrics(model: string, state: () => EngineState): ServerMetrics {
  const registry = new Registry();
  const registers = [registry];
  const engine = {model_name: model, engine: "0"};
  const labelNames = Object.keys(engine);

  const gauge = (name: string, help: string, read: (state: EngineState) => number) =>
    new Gauge({
      ...{name, help, labelNames, registers},
      collect() {
        this.set(engine, read(state()));
      },
    });
  const counter = (name: string, help: string, read: (state: EngineState) => number) =>
    new Counter({
      ...{name, help, labelNames, registers},
      collect() {
        this.reset();
        this.inc(engine, read(state()));
      },
    });
  const histogram = (name: string, help: string, buckets: number[]) =>
    new Histogram({name, help, labelNames, buckets, registers});

  gauge("vllm:num_requests_running", "Requests in the batch.", ({running}) => running);
  gauge("vllm:num_requests_waiting", "Requests that wait.", ({waiting}) => waiting);
  gauge("vllm:kv_cache_usage_perc", "Share of the cache in use; 1 is all.", ({usage}) => usage);
  counter("vllm:num_preemptions_total", "Preemptions.", ({preemptions}) => preemptions);
  counter("vllm:prompt_tokens_total", "Prompt tokens.", ({promptTokens}) => promptTokens);
  for (const name of ["vllm:prompt_tokens_cached_total", "vllm:prefix_cache_hits_total"])
    counter(name, "Prompt tokens that were cached.", ({cachedTokens}) => cachedTokens);
  counter("vllm:prefix_cache_queries_total", "Looked up.", ({promptTokens}) => promptTokens);
  counter("vllm:generation_tokens_total", "Generated.", ({generatedTokens}) => generatedTokens);
  const firstToken = histogram("vllm:time_to_first_token_seconds", "First token.", FIRST_TOKEN_S);
  const whole = histogram("vllm:e2e_request_latency_seconds", "Whole answers.", WHOLE_S);
  const ends = new Counter({
    name: "vllm:request_success_total",
    help: "Requests that ended, by how.",
    labelNames: [...labelNames, "finished_reason"],
    registers,
  });

  return {
    firstToken: (ms) => firstToken.observe(engine, ms / 1000),
    ended: (reason, ms) => {
      ends.inc({...engine, finished_reason: reason});
      if (reason !== "abort") whole.observe(engine, ms / 1000);
    },
    text: () => registry.metrics(),
  };
}
