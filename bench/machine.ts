import {spawnSync} from "node:child_process";
import {availableParallelism, cpus, loadavg, release} from "node:os";
import {findEnvoy} from "../setup/envoy.js";
import {findProgram} from "../setup/programs.js";
import type {Size} from "./measures.ts";
import {openFiles} from "./proc.ts";

/** What figures depend on, beside the code. */
export interface Machine {
  readonly cpu: string;
  readonly cores: number;
  /** Processes that wanted a core in the last minute, before the run. */
  readonly load: number;
  readonly kernel: string;
  readonly node: string;
  readonly haproxy: string;
  readonly envoy: string;
  /** Whether targets and generator keep to a core each. */
  readonly pinned: boolean;
}

export function machine(): Machine {
  return {
    cpu: cpus()[0]?.model.trim() ?? "unknown",
    cores: availableParallelism(),
    load: loadavg()[0] ?? Number.NaN,
    kernel: release(),
    node: process.versions.node,
    haproxy: versionOf(findProgram("haproxy") ?? "/usr/sbin/haproxy", "-v"),
    envoy: versionOf(findEnvoy(), "--version"),
    pinned: findProgram("taskset") !== undefined && availableParallelism() > 1,
  };
}

export function describe({
  cpu,
  cores,
  load,
  kernel,
  node,
  haproxy,
  envoy,
  pinned,
}: Machine): string {
  const programs = `Node ${node}, HAProxy ${haproxy}, Envoy ${envoy}`;
  const pins = pinned
    ? "targets on one core, generator and model host on another"
    : "NOT PINNED: a second core or taskset is missing, so targets and generator share what there is";
  return `${cpu}, ${cores} cores, load ${load.toFixed(2)}, Linux ${kernel}; ${programs}; ${pins}`;
}

/** For what a target and the generator have open beside connections that are idle. */
const OTHER_FILES = 200;

/** Why this machine cannot take a measure of that size, with the mend. */
export function outOfReach({idle = 0}: Size, limit = openFiles()): string | undefined {
  const wanted = idle + OTHER_FILES;
  if (idle === 0 || limit >= wanted) return undefined;
  return `a process may open ${limit} files, and ${idle} connections need ${wanted}; mend: ulimit -n ${wanted}`;
}

function versionOf(program: string | undefined, argument: string): string {
  if (!program) return "none";
  const {stdout} = spawnSync(program, [argument], {encoding: "utf8"});
  return /\d+\.\d+\.\d+/.exec(stdout ?? "")?.[0] ?? "none";
}
