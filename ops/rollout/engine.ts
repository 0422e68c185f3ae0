import {execFile, spawn} from "node:child_process";
import {closeSync, fstatSync, mkdirSync, openSync, readFileSync} from "node:fs";
import {hostname} from "node:os";
import {join} from "node:path";
import {setTimeout as sleep} from "node:timers/promises";
import {promisify} from "node:util";
import {pinOf} from "../../infra/stacks/pins.ts";
import {namesIn, startFault} from "../pulumi.ts";
import type {Entry, Version} from "./journal.ts";
import {refusalIn} from "./refusals.ts";
import {isRunning, type Started, startedAs} from "./running.ts";

/** What a rollout uses of Pulumi. */
export interface Engine {
  /** Names of the existing stacks. */
  stacks(): Promise<readonly string[]>;
  /** A stack's outputs; empty before it is first brought up. */
  outputs(stack: string): Promise<Outputs>;
  /**
   * Brings a stack up in a process of its own. A region is held to what the pins say, and to nothing else.
   * Resolves to what was wrong; undefined if nothing was.
   */
  up(stack: string, pins?: Partial<Version>): Promise<string | undefined>;
  /** Waits for an engine that an earlier rollout left running. */
  outlive(stack: string, left: Started): Promise<void>;
  /** Asks running engines to stop as soon as they can: each finishes the resource it is working on. */
  cancel(): void;
  logOf(stack: string): string;
}

export interface Outputs {
  readonly image?: string;
  readonly edgeImage?: string;
  /** These two where a region has GPUs. */
  readonly vllmImage?: string;
  readonly pluginImage?: string;
  readonly cliImage?: string;
  readonly policy?: string;
  readonly weights?: string;
  readonly publicName?: string;
}

/** Pulumi masks secrets. Outputs are left out because they may be long. */
const up = ["up", "--yes", "--skip-preview", "--non-interactive", "--suppress-outputs"];
const LOOK_MS = 500;

/** Each engine logs to a file of its own, so that it can finish its work even if the rollout is killed. */
export function createEngine({
  root,
  folder,
  record,
}: {
  /** The project's folder. */
  readonly root: string;
  /** Where logs go. */
  readonly folder: string;
  readonly record: (entry: Entry) => void;
}): Engine {
  mkdirSync(folder, {recursive: true});
  const running = new Set<number>();
  /** Engines that died without releasing the locks on their stacks. */
  const dead = new Map<string, number>();
  const logOf = (stack: string) => join(folder, `${stack}.log`);
  const say = (...words: string[]) => answerOf(words, root);

  const stacks = async () => namesIn(await say("stack", "ls", "--json"));

  async function outputs(stack: string): Promise<Outputs> {
    return JSON.parse(await say("stack", "output", "--json", "--stack", stack)) as Outputs;
  }

  async function hold(stack: string, {image, policy, weights}: Partial<Version>): Promise<void> {
    const config = JSON.parse(await say("config", "--json", "--stack", stack)) as Config;
    const wanted = {image: image && pinOf(image), policy, weights};
    for (const [key, value] of Object.entries(wanted)) {
      const now = config[`meridian:${key}`]?.value;
      if (now === value) continue;
      if (value === undefined) await say("config", "rm", key, "--stack", stack);
      else await say("config", "set", key, value, "--stack", stack);
    }
  }

  async function bringUp(stack: string, pins?: Partial<Version>): Promise<string | undefined> {
    try {
      if (pins) await hold(stack, pins);
    } catch (error) {
      return (error as Error).message;
    }
    const left = dead.get(stack);
    const fault = await run(stack, up);
    if (!fault || left === undefined || !isOwnLock(fault, {pid: left, host: hostname()}))
      return fault;
    return (await run(stack, ["cancel", "--yes"])) ?? (await run(stack, up));
  }

  async function run(stack: string, words: readonly string[]): Promise<string | undefined> {
    const args = [...words, "--color", "never", "--stack", stack];
    const log = openSync(logOf(stack), "a", 0o600);
    const begins = fstatSync(log).size;
    // In a process group of its own: Ctrl-C reaches the rollout alone, which decides what to do.
    const child = spawn("pulumi", args, {cwd: root, detached: true, stdio: ["ignore", log, log]});
    closeSync(log);
    const {pid} = child;
    if (pid !== undefined) {
      running.add(pid);
      record({did: "start", stack, ...startedAs(pid, args.join(" "))});
    }
    const how = await new Promise<number | null | Error>((resolve) => {
      child.on("error", resolve).on("exit", resolve);
    });
    if (how instanceof Error) return startFault(how);
    running.delete(pid!);
    record({did: "finish", stack, code: how});
    if (how === 0) return undefined;
    const said = readFileSync(logOf(stack)).subarray(begins).toString();
    return refusalIn(said) ?? faultOf(said);
  }

  async function outlive(stack: string, left: Started): Promise<void> {
    while (isRunning(left)) await sleep(LOOK_MS);
    dead.set(stack, left.pid);
  }

  function cancel(): void {
    for (const pid of running) process.kill(pid, "SIGINT");
  }

  return {stacks, outputs, up: bringUp, outlive, cancel, logOf};
}

type Config = Readonly<Record<string, {readonly value?: string}>>;

/** What pulumi prints. Rejects with the error that it reports. */
async function answerOf(words: readonly string[], root: string): Promise<string> {
  try {
    const {stdout} = await promisify(execFile)("pulumi", words, {cwd: root, maxBuffer: 1 << 26});
    return stdout;
  } catch (cause) {
    const {stderr = ""} = cause as {stderr?: string};
    // Not all arguments are shown: one may be a whole policy.
    const what = `pulumi ${words.slice(0, 2).join(" ")}`;
    throw new Error(`${what}: ${stderr ? faultOf(stderr) : startFault(cause as Error)}`, {cause});
  }
}

/** The last error in an engine's log; the last line if there is none. */
export function faultOf(log: string): string {
  const lines = log.split("\n").map((line) => line.trim());
  const last = lines.findLastIndex((line) => /^error: /.test(line));
  if (last < 0) return lines.findLast(Boolean) ?? "it said nothing";
  const rest = lines.slice(last).slice(0, TOLD_LINES);
  const end = rest.indexOf("");
  return rest
    .slice(0, end < 0 ? undefined : end)
    .join(" ")
    .replace(/^error: /, "");
}

const TOLD_LINES = 6;

/**
 * Whether a stack is locked only by the given process of this machine. Pulumi's file backends
 * (pkg/backend/diy/lock.go) write `created by USER@HOST (pid N) at TIME`.
 */
export function isOwnLock(fault: string, {pid, host}: {pid: number; host: string}): boolean {
  const locks = [...fault.matchAll(/created by \S*@(\S+) \(pid (\d+)\)/g)];
  return locks.length > 0 && locks.every(([, at, by]) => at === host && Number(by) === pid);
}
