import type {EngineOptions} from "../../cloud/models/batching/engine.ts";
import {A100_7B, A100_7B_BLOCKS} from "../../cloud/models/batching/speed.ts";
import {figuresOf, type RoutingFigures} from "./figures.ts";
import {replay, type Stalls} from "./replay.ts";
import type {MakeRouter} from "./router.ts";
import {BLOCK_SIZE, type TracedRequest, type TraceOptions, traceOf} from "./trace.ts";

/** What is compared in: replicas, those before them, and how people work. */
export interface Setting {
  readonly replicas: number;
  readonly proxies: number;
  readonly engine: EngineOptions;
  readonly stalls?: Stalls;
  /** Until caches are full: not counted. */
  readonly warmMs: number;
  readonly forMs: number;
  readonly patience: number;
  readonly seed: number;
}

/** vLLM's defaults on an A100: vllm/engine/arg_utils.py. */
const A100: EngineOptions = {
  speed: A100_7B,
  sequences: 256,
  stepTokens: 2048,
  blocks: A100_7B_BLOCKS,
  blockSize: BLOCK_SIZE,
  policy: "fcfs",
  caching: true,
};

/** People who look up for a minute between bursts of keys: chosen. Caches are full of them after two. */
export const LOOKING_UP: Setting = {
  replicas: 4,
  proxies: 3,
  engine: A100,
  warmMs: 120_000,
  forMs: 180_000,
  patience: 60,
  seed: 1,
};

/**
 * The second has a replica that stands still, as one does whose GPU or machine is disturbed. The third is of people who type
 * in one go: every replica has read what they write, whoever is asked.
 */
export const SETTINGS: readonly Setting[] = [
  LOOKING_UP,
  {...LOOKING_UP, stalls: {everyMs: 30_000, forMs: 3000}},
  {...LOOKING_UP, patience: 1, warmMs: 30_000, forMs: 60_000},
];

/** What so many people ask in a setting. */
export const tracedIn = ({warmMs, forMs, patience, seed}: Setting, people: number) =>
  traceOf({people, patience, seed, forMs: warmMs + forMs} satisfies TraceOptions);

export function measure(
  setting: Setting,
  trace: readonly TracedRequest[],
  router: MakeRouter,
): RoutingFigures {
  return figuresOf(replay({...setting, trace, router, fromMs: setting.warmMs}), setting);
}
