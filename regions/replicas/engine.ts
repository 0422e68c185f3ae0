import {type Fault, isNumber, isText, type Mapping} from "../meaning.ts";

/**
 * Arguments of vLLM that are not free to say, by why not. Names are those of its own parser: docs.vllm.ai/en/stable/cli/serve.
 * It takes any beginning of a name that begins no other one for that name (argparse's `allow_abbrev`), so that those are
 * refused too.
 */
const OURS: Readonly<Record<string, readonly string[]>> = {
  "the weights say it": [
    "model",
    "load-format",
    "model-loader-extra-config",
    "download-dir",
    "revision",
    "code-revision",
    "tokenizer",
    "tokenizer-revision",
    "hf-config-path",
    "hf-token",
    "config",
  ],
  "proxies ask for it by the model's name": ["served-model-name"],
  "proxies and probes know where it listens": [
    ...["host", "port", "uds", "root-path", "headless", "api-key"],
    ...["ssl-keyfile", "ssl-certfile", "ssl-ca-certs", "ssl-cert-reqs", "enable-ssl-refresh"],
  ],
  "proxies send priorities": ["scheduling-policy"],
  "the pod's grace goes by it": ["shutdown-timeout"],
  "a server has one GPU": [
    ...["tensor-parallel-size", "pipeline-parallel-size", "data-parallel-size"],
    ...["decode-context-parallel-size", "distributed-executor-backend", "nnodes", "node-rank"],
  ],
  "it would run code that is not in the image": [
    ...["trust-remote-code", "middleware", "tool-parser-plugin", "reasoning-parser-plugin"],
    ...["worker-cls", "worker-extension-cls", "logits-processors", "io-processor-plugin"],
  ],
  "it would write what people type into logs": ["enable-log-requests", "enable-log-outputs"],
};

const reserved: readonly (readonly [name: string, why: string])[] = Object.entries(OURS).flatMap(
  ([why, names]) => names.map((name) => [name, why] as const),
);

/** A whole name of its own, and the beginning of one that is refused. */
const WHOLE = "reasoning-parser";

interface Bounds {
  readonly holds: (value: number) => boolean;
  readonly mend: string;
}

const count: Bounds = {
  holds: (value) => Number.isInteger(value) && value >= 1,
  mend: "write a whole number, 1 or more",
};

const numbers: Readonly<Record<string, Bounds>> = {
  "max-model-len": count,
  "max-num-seqs": count,
  "max-num-batched-tokens": count,
  "gpu-memory-utilization": {
    holds: (value) => value > 0 && value <= 1,
    mend: "write a share of the GPU's memory: 0.9",
  },
};

const DTYPES = ["auto", "bfloat16", "float16", "float32", "half", "float"];

/** Arguments that are the stack's to say, and values that vLLM ends with at its start. */
export function engineFaults(path: Fault["path"], engine: Mapping): Fault[] {
  return Object.entries(engine).flatMap(([name, value]) => {
    const message = oursMessage(name) ?? valueMessage(name, value);
    return message === undefined ? [] : [{path: [...path, name], message}];
  });
}

function oursMessage(name: string): string | undefined {
  const [whole, why] =
    reserved.find(([one]) => one === name) ??
    (name === WHOLE ? undefined : reserved.find(([one]) => one.startsWith(name))) ??
    [];
  if (whole === undefined) return undefined;
  const read = whole === name ? "" : `, which vLLM reads as ${whole},`;
  return `"${name}"${read} is not yours to say: ${why}; remove it`;
}

function valueMessage(name: string, value: unknown): string | undefined {
  if (isText(value) && !/^[^\s\p{Cc}]([^\p{Cc}]*[^\s\p{Cc}])?$/u.test(value))
    return "is empty, is more than one line, or has blanks at its ends; write one line";
  if (name === "dtype" && !DTYPES.includes(String(value)))
    return `is no type that vLLM computes in; write one of ${DTYPES.join(", ")}`;
  const bounds = Object.hasOwn(numbers, name) ? numbers[name] : undefined;
  if (bounds === undefined || (isNumber(value) && bounds.holds(value))) return undefined;
  return isText(value) || isNumber(value) || typeof value === "boolean"
    ? `is out of bounds; ${bounds.mend}`
    : undefined;
}
