import {execFileSync} from "node:child_process";
import {readFileSync} from "node:fs";

/** Process ids are reused: one is ours only while its command line is the one that we started. */
export interface Started {
  readonly pid: number;
  readonly command: string;
}

export function isRunning({pid, command}: Started): boolean {
  try {
    return commandOf(pid).includes(command);
  } catch {
    return false;
  }
}

/** Linux has /proc but perhaps no `ps`; elsewhere `ps` is part of the system. */
function commandOf(pid: number): string {
  if (process.platform === "linux")
    return readFileSync(`/proc/${pid}/cmdline`, "utf8").replaceAll("\0", " ");
  return execFileSync("ps", ["-o", "args=", "-p", String(pid)], {encoding: "utf8"});
}
