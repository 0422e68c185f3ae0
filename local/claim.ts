import {execFileSync} from "node:child_process";
import {mkdirSync, readFileSync, rmSync, writeFileSync} from "node:fs";
import {join} from "node:path";

/** A folder that one world has for itself, and the processes it runs in it. */
export interface Claim {
  /** Notes a process, so that the next world can stop it should this one be killed. */
  note(pid: number): void;
  release(): void;
}

interface Record {
  readonly owner: number;
  readonly pids: readonly number[];
}

/**
 * Claims `folder`, empty and readable by its owner alone. What a killed world left running is
 * stopped first. Throws when another world holds it.
 */
export function claim(folder: string): Claim {
  const path = join(folder, "world.json");
  const last = read(path);
  if (last && last.owner !== process.pid && isOurs(last.owner, folder))
    throw new Error(
      `a world is running already (process ${last.owner}); stop it with Ctrl-C where it runs, or: kill ${last.owner}`,
    );
  for (const pid of last?.pids ?? []) if (isOurs(pid, folder)) process.kill(pid, "SIGKILL");
  rmSync(folder, {recursive: true, force: true});
  mkdirSync(folder, {recursive: true, mode: 0o700});
  const pids: number[] = [];
  const write = () => writeFileSync(path, JSON.stringify({owner: process.pid, pids}));
  write();
  return {
    note(pid) {
      pids.push(pid);
      write();
    },
    release: () => rmSync(path, {force: true}),
  };
}

function read(path: string): Record | undefined {
  try {
    return JSON.parse(readFileSync(path, "utf8"));
  } catch {
    return undefined;
  }
}

/** Process numbers are used again: one counts only if it is Node or Envoy, as we started it. */
function isOurs(pid: number, folder: string): boolean {
  try {
    const command = execFileSync("ps", ["-o", "args=", "-p", String(pid)], {encoding: "utf8"});
    return (
      /local\/main\.ts|envoy|main\.js|issuer\.js|model/.test(command) || command.includes(folder)
    );
  } catch {
    return false;
  }
}
