import {type ChildProcess, type StdioOptions, spawn} from "node:child_process";

/** What runs as a process of its own, and how it ends. */
export interface Process {
  readonly pid: number;
  /** Its last lines, oldest first, for when it fails. */
  readonly lines: readonly string[];
  readonly child: ChildProcess;
  /** What it ended by, once it has: `exit 1`, `SIGKILL`. */
  readonly ended: Promise<string>;
  /** Asks it to stop, kills it after `graceMs`; resolves once it is gone. */
  stop(graceMs: number): Promise<void>;
}

const KEPT_LINES = 20;

const running = new Set<ChildProcess>();
// Who leaves without stopping what it started leaves nothing behind.
process.on("exit", () => {
  for (const child of running) child.kill("SIGKILL");
});

export function startProcess({
  command,
  args = [],
  env,
  cwd,
  ipc = false,
  talks = false,
}: {
  command: string;
  args?: readonly string[];
  env: NodeJS.ProcessEnv;
  cwd: string;
  ipc?: boolean;
  /** Its output is no lines, but for whoever started it to read. */
  talks?: boolean;
}): Process {
  // A pipe to stdin that nobody writes to: the child sees it close when this process is gone.
  const stdio: StdioOptions = ["pipe", "pipe", "pipe", ...(ipc ? (["ipc"] as const) : [])];
  const child = spawn(command, args, {cwd, env, stdio});
  const lines: string[] = [];
  for (const stream of talks ? [child.stderr] : [child.stdout, child.stderr]) {
    stream?.setEncoding("utf8").on("data", (text: string) => {
      lines.push(...text.split("\n").filter(Boolean));
      lines.splice(0, lines.length - KEPT_LINES);
    });
  }
  child.stdin?.on("error", () => {});
  running.add(child);
  const ended = new Promise<string>((resolve) => {
    child.on("error", (error) => resolve(error.message));
    child.on("exit", (code, signal) => {
      running.delete(child);
      resolve(signal ?? `exit ${code}`);
    });
  });

  async function stop(graceMs: number) {
    const timer = setTimeout(() => child.kill("SIGKILL"), graceMs);
    child.kill("SIGTERM");
    await ended;
    clearTimeout(timer);
  }

  return {pid: child.pid ?? 0, lines, child, ended, stop};
}
