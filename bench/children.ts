import {setTimeout as sleep} from "node:timers/promises";
import {type Process, startProcess} from "../local/world/process.ts";
import {findProgram} from "../setup/programs.js";

/** The processes of a run, each on a core of its own choice. */
export interface Children {
  /** Without a core, or where there is no taskset, wherever the system puts it. */
  start(program: {
    command: string;
    args: readonly string[];
    cwd: string;
    core: number | undefined;
    ipc?: boolean;
    env?: Readonly<Record<string, string>>;
  }): Process;
  stop(process: Process): Promise<void>;
  /** Asks it by a signal to stop when it is done, and does not wait for ever. */
  retire(process: Process, signal: NodeJS.Signals): Promise<void>;
  /** Stops all that still run. */
  stopAll(): Promise<void>;
}

/** A drain with nothing under way, or the end of a profile. */
const STOP_WITHIN_MS = 5000;
/** As Kubernetes waits, if it is not told otherwise. */
const RETIRES_WITHIN_MS = 30_000;

export function createChildren(): Children {
  const taskset = findProgram("taskset");
  const running = new Set<Process>();

  async function stop(process: Process) {
    await process.stop(STOP_WITHIN_MS);
    running.delete(process);
  }

  async function retire(process: Process, signal: NodeJS.Signals) {
    process.child.kill(signal);
    const limit = new AbortController();
    const late = sleep(RETIRES_WITHIN_MS, undefined, {signal: limit.signal}).catch(() => undefined);
    await Promise.race([process.ended, late]);
    limit.abort();
    await stop(process);
  }

  return {
    start({command, args, cwd, core, ipc, env}) {
      const pin = taskset && core !== undefined ? [taskset, "-c", `${core}`] : [];
      const [first = command, ...others] = [...pin, command, ...args];
      const process = startProcess({
        command: first,
        args: others,
        cwd,
        ...(ipc && {ipc}),
        env: {PATH, ...env},
      });
      running.add(process);
      return process;
    },
    stop,
    retire,
    stopAll: async () => void (await Promise.all([...running].map(stop))),
  };
}

const {PATH = ""} = process.env;
