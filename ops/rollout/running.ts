import {execFileSync} from "node:child_process";
import {readFileSync} from "node:fs";

/** Process numbers are used again: one is ours only while its command line holds what we started. */
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

/** Linux tells it in /proc, and may have no `ps` installed; elsewhere `ps` is part of the system. */
function commandOf(pid: number): string {
  if (process.platform === "linux")
    return readFileSync(`/proc/${pid}/cmdline`, "utf8").replaceAll("\0", " ");
  return execFileSync("ps", ["-o", "args=", "-p", String(pid)], {encoding: "utf8"});
}
