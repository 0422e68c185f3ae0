import {parseArgs} from "node:util";
import type {BatchOptions} from "../batching/batch.ts";
import {A100_7B_BLOCKS} from "../batching/speed.ts";
import {POLICIES, type Policy} from "../batching/waiting.ts";
import {SWITCHES, VALUED} from "./known.ts";

/** What `vllm serve` is told. */
export interface Served {
  readonly weights: string;
  /** What clients call the model. */
  readonly name: string;
  readonly host: string;
  readonly port: number;
  /** The most tokens of a prompt and its answer. */
  readonly maxLength: number;
  /** How long requests under way may take after a SIGTERM; 0: they end with it. */
  readonly shutdownMs: number;
  readonly batch: BatchOptions;
}

export type Value = string | boolean | undefined;

/**
 * Reads the arguments after `vllm`. Those that say nothing of what this stand-in does are known and let be.
 * Throws an Error with every fault, in the words of Python's argparse where it has some.
 */
export function readArguments(args: readonly string[]): Served {
  const {values, positionals, tokens} = parseArgs({
    args: args.map(dashed),
    options: Object.fromEntries([
      ...VALUED.map((name) => [name, {type: "string"}] as const),
      ...SWITCHES.map((name) => [name, {type: "boolean"}] as const),
    ]),
    ...{strict: false, allowPositionals: true, allowNegative: true, tokens: true},
  });
  const given = tokens.filter((token) => token.kind === "option");
  const [command, weights, ...more] = positionals;
  const faults: string[] = [];
  if (command !== "serve") faults.push(`argument {serve}: is not "${command ?? ""}"`);
  if (weights === undefined) faults.push("the following arguments are required: model_tag");
  const unknown = given.filter(({name}) => !isKnown(name)).map(({rawName}) => rawName);
  if (unknown.length + more.length > 0)
    faults.push(`unrecognized arguments: ${[...unknown, ...more].join(" ")}`);
  for (const {name, value} of given)
    if (isValued(name) && value === undefined)
      faults.push(`argument --${name}: expected one argument`);
  const served = servedBy(values as Record<string, Value>, weights ?? "", faults);
  if (faults.length > 0) throw new Error(faults.map((fault) => `vllm: error: ${fault}`).join("\n"));
  return served;
}

/** vllm/utils/argparse_utils.py: underscores in names are dashes. */
const dashed = (arg: string) =>
  arg.startsWith("--") ? arg.replace(/^--[^=]+/, (name) => name.replaceAll("_", "-")) : arg;

const isValued = (name: string) => (VALUED as readonly string[]).includes(name);
const isKnown = (name: string) =>
  isValued(name) || (SWITCHES as readonly string[]).includes(name.replace(/^no-/, ""));

/** Defaults are vLLM's on an A100; of the longest sequence it is what Qwen2.5-Coder's config.json says. */
function servedBy(values: Record<string, Value>, weights: string, faults: string[]): Served {
  const number = (name: string, usual: number) => {
    const value = values[name];
    if (typeof value !== "string") return usual;
    const read = humanNumber(value);
    if (read === undefined) faults.push(`argument --${name}: invalid int value: '${value}'`);
    return read ?? usual;
  };
  const text = (name: string, usual: string) => {
    const value = values[name];
    return typeof value === "string" ? value : usual;
  };
  const batch = {
    sequences: number("max-num-seqs", 256),
    stepTokens: number("max-num-batched-tokens", 2048),
    blocks: number("num-gpu-blocks-override", A100_7B_BLOCKS),
    blockSize: number("block-size", 16),
    policy: policyOf(text("scheduling-policy", "fcfs"), faults),
    caching: values["enable-prefix-caching"] !== false,
  };
  const maxLength = number("max-model-len", 32_768);
  const room = batch.blocks * batch.blockSize;
  // vllm/v1/core/kv_cache_utils.py, check_enough_kv_cache_memory.
  if (maxLength > room)
    faults.push(
      `To serve at least one request with the model's max seq len (${maxLength}), more KV cache is needed than the ${room} tokens that are available; decrease max_model_len`,
    );
  return {
    weights,
    name: text("served-model-name", weights),
    host: text("host", "0.0.0.0"),
    port: number("port", 8000),
    maxLength,
    shutdownMs: 1000 * number("shutdown-timeout", 0),
    batch,
  };
}

function policyOf(text: string, faults: string[]): Policy {
  const policy = POLICIES.find((one) => one === text);
  if (!policy)
    faults.push(
      `argument --scheduling-policy: invalid choice: '${text}' (choose from ${POLICIES.join(", ")})`,
    );
  return policy ?? "fcfs";
}

/** docs.vllm.ai/en/v0.31.0/cli: "1k = 1,000, 1K = 1,024". */
function humanNumber(text: string): number | undefined {
  const [, digits, unit = ""] = /^(\d+)([kKmM]?)$/.exec(text) ?? [];
  const times = {"": 1, k: 1000, K: 1024, m: 1e6, M: 1024 ** 2}[unit] ?? 1;
  return digits === undefined ? undefined : Number(digits) * times;
}
