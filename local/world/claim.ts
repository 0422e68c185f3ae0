import {mkdirSync, readFileSync, rmSync, writeFileSync} from "node:fs";
import {dirname, join} from "node:path";
import {faultOf} from "../../ops/command/files.ts";
import {isRunning, type Started, thisProcess} from "../../ops/rollout/running.ts";

/** A folder that one world has for itself, and the processes it runs in it. */
export interface Claim {
  /** Notes a process, so that the next world can stop it should this one be killed. */
  note(started: Started): void;
  release(): void;
}

interface Record {
  readonly owner: Started;
  readonly children: readonly Started[];
}

/**
 * Claims `folder`, empty and readable by its owner alone. What a killed world left running is
 * stopped first. Throws when another world holds it.
 */
export function claim(folder: string): Claim {
  const path = join(folder, "world.json");
  const last = read(path);
  if (last && isRunning(last.owner))
    throw new Error(
      `a world is running already (process ${last.owner.pid}); stop it with Ctrl-C where it runs, or: kill ${last.owner.pid}`,
    );
  for (const child of last?.children ?? [])
    if (isRunning(child)) process.kill(child.pid, "SIGKILL");
  makeEmpty(folder);
  const children: Started[] = [];
  const owner = thisProcess();
  const write = () => writeFileSync(path, JSON.stringify({owner, children}));
  write();
  return {
    note(started) {
      children.push(started);
      write();
    },
    release: () => rmSync(path, {force: true}),
  };
}

function makeEmpty(folder: string): void {
  try {
    rmSync(folder, {recursive: true, force: true});
    mkdirSync(folder, {recursive: true, mode: 0o700});
  } catch (cause) {
    const {code = ""} = cause as NodeJS.ErrnoException;
    // As after a start by sudo.
    const fault =
      code === "EACCES" || code === "EPERM"
        ? `has files of another user; take it over: sudo chown -R $(id -un) ${dirname(folder)}`
        : faultOf(code, folder, "write");
    if (fault === undefined) throw cause;
    throw new Error(`the world's folder ${folder}: ${fault}`, {cause});
  }
}

function read(path: string): Record | undefined {
  try {
    return JSON.parse(readFileSync(path, "utf8"));
  } catch {
    return undefined;
  }
}
