import {IDLE_CONNECTION_S} from "../../../proxy/policy.ts";
import type {Replicas} from "../../../regions/world.ts";
import {REPLICAS_PORT} from "../replicas-name.ts";

/** Seconds of a server's end: proxies stop sending, then what is under way is written, then it goes. */
export const ending = {
  /** Proxies look for addresses every 5 s (proxy/upstream/replicas.ts), and the cluster's DNS keeps an answer for 5. */
  noticeS: 15,
  /** As long as a proxy waits for a whole answer. */
  drainS: 30,
  /** From the last answer to the end of the process, which gives the GPU back. */
  exitS: 15,
} as const;

/** How many requests a server writes at once where regions.yaml does not say; vLLM's own choice differs by GPU. */
const USUAL_SLOTS = 64;

/** How many requests a server writes at once; those beyond wait. */
export const slotsOf = ({engine}: Pick<Replicas, "engine">): number =>
  Number(engine["max-num-seqs"] ?? USUAL_SLOTS);

/**
 * How vLLM is started. What a service relies on comes last, so that no argument of regions.yaml takes its place.
 * https://docs.vllm.ai/en/stable/cli/serve, of loading https://docs.vllm.ai/en/stable/models/extensions/runai_model_streamer
 */
export function vllmCommand({weights, engine}: Replicas, servedName: string): string[] {
  return [
    ...["vllm", "serve", `az://${weights.container}/${weights.path}`],
    ...Object.entries({"max-num-seqs": USUAL_SLOTS, ...engine}).flatMap(argument),
    ...["--load-format", "runai_streamer"],
    ...["--served-model-name", servedName],
    ...["--scheduling-policy", "priority"],
    ...["--shutdown-timeout", `${ending.drainS}`],
    ...["--host", "0.0.0.0", "--port", `${REPLICAS_PORT}`],
    // A line for each request would be the log's bulk.
    "--disable-uvicorn-access-log",
  ];
}

function argument([name, value]: [string, string | number | boolean]): string[] {
  if (typeof value === "boolean") return [value ? `--${name}` : `--no-${name}`];
  return [`--${name}`, `${value}`];
}

/** Longer than a proxy keeps it, lest a request meet a connection that ends. */
const KEPT_S = IDLE_CONNECTION_S + 15;

/** What vLLM reads, beside its arguments; `bufferGi` is what it may hold of the weights on their way to the GPU. */
export const vllmEnvironment = (bufferGi: number) => ({
  VLLM_HTTP_TIMEOUT_KEEP_ALIVE: `${KEPT_S}`,
  RUNAI_STREAMER_MEMORY_LIMIT: `${bufferGi * 2 ** 30}`,
  // All that it loads is in the weights' folder, and nobody is told of it.
  HF_HUB_OFFLINE: "1",
  VLLM_NO_USAGE_STATS: "1",
  DO_NOT_TRACK: "1",
  // The image has no entry for its user, whose name PyTorch asks for; all caches are below the home folder.
  USER: "meridian",
  HOME: "/tmp",
});
