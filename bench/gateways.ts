import {join} from "node:path";
import {fileURLToPath} from "node:url";
import {makeVenv, pythonIn} from "../setup/venv.js";
import {MODELS} from "./load/host.ts";
import type {Gateway} from "./rows.ts";
import type {Stage} from "./stage.ts";

/** Gateways from PyPI, each in a virtual environment of its own with all that it needs, at pinned versions. */

const folderOf = (row: Gateway) =>
  fileURLToPath(new URL(`../.meridian/bench/${row}`, import.meta.url));
const requirementsOf = (row: Gateway) =>
  fileURLToPath(new URL(`gateways/${row}.txt`, import.meta.url));

/** Why a row is not run although it is known. */
const NOT_RELAYING: Partial<Record<Gateway, string>> = {
  portkey:
    "@portkey-ai/gateway 1.15.2 answers every stream with 500, on Node 20 and 26 (TypeError: immutable, from the headers of " +
    "fetch); to see for yourself: npm install --prefix .meridian/bench/portkey @portkey-ai/gateway@1.15.2",
};

/** Installs a gateway that is not there yet; what stood in the way, with the mend. */
export function fetchGateway(row: Gateway): string | undefined {
  if (NOT_RELAYING[row]) return NOT_RELAYING[row];
  if (pythonIn(folderOf(row), requirementsOf(row))) return undefined;
  console.error(`putting ${row} into .meridian/bench/${row} (once)`);
  const fault = makeVenv(folderOf(row), requirementsOf(row));
  return (
    fault &&
    `${fault}; mend: install python3-venv (Python 3.10 or newer), or see what fails: pip install -r bench/gateways/${row}.txt`
  );
}

export interface Ports {
  readonly listen: number;
  /** Where it may serve metrics. */
  readonly metrics: number;
  readonly host: number;
}

export interface Order {
  readonly command: string;
  readonly args: readonly string[];
  readonly env: Readonly<Record<string, string>>;
}

/** How a gateway is started, with what makes it cheapest: no database, no key, one worker, hardly a log. */
export function gatewayOrder(row: Gateway, stage: Pick<Stage, "write">, ports: Ports): Order {
  const place = ["--host", "127.0.0.1", "--port", `${ports.listen}`];
  const command = join(folderOf(row), "bin/python");
  // The folder was moved after its programs had written down where their Python is.
  const program = join(folderOf(row), "bin", row);
  if (row !== "litellm")
    return {command, args: [program, ...routers[row], ...place, ...routerArgs(ports)], env: {}};
  const config = stage.write("litellm.json", JSON.stringify(litellmConfig(ports.host)));
  return {
    command,
    args: [program, "--config", config, ...place, "--num_workers", "1", "--telemetry", "False"],
    env: LITELLM,
  };
}

const LITELLM = {
  LITELLM_DANGEROUSLY_PERMIT_WEAK_OR_UNSET_MASTER_KEY: "true",
  LITELLM_LOCAL_MODEL_COST_MAP: "true",
  LITELLM_LOG: "ERROR",
  LITELLM_MODE: "PRODUCTION",
};

/** YAML is read, of which JSON is a part. */
const litellmConfig = (host: number) => ({
  model_list: MODELS.map((name) => ({
    model_name: name,
    litellm_params: {
      model: `text-completion-openai/${name}`,
      api_base: `http://127.0.0.1:${host}/v1`,
      api_key: "none",
    },
  })),
  litellm_settings: {drop_params: true, num_retries: 0, request_timeout: 600},
});

/** The words that come first. */
const routers: Readonly<Record<Exclude<Gateway, "litellm">, readonly string[]>> = {
  "vllm-router": [],
  "sglang-router": ["launch"],
  portkey: [],
};

/** There is one host: which policy chooses it costs alike or more. */
const routerArgs = ({host, metrics}: Ports) => [
  ...["--worker-urls", `http://127.0.0.1:${host}`],
  ...["--prometheus-host", "127.0.0.1", "--prometheus-port", `${metrics}`],
  ...["--policy", "round_robin", "--max-concurrent-requests", "20000", "--log-level", "error"],
];
