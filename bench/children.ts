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
  /** Stops all that still run. */
  stopAll(): Promise<void>;
}

/** A drain with nothing under way, or the end of a profile. */
const STOP_WITHIN_MS = 5000;

export function createChildren(): Children {
  const taskset = findProgram("taskset");
  const running = new Set<Process>();

  async function stop(process: Process) {
    await process.stop(STOP_WITHIN_MS);
    running.delete(process);
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
    stopAll: async () => void (await Promise.all([...running].map(stop))),
  };
}

const {PATH = ""} = process.env;
