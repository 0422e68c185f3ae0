import {execFileSync} from "node:child_process";
import {readFileSync} from "node:fs";
import {basename} from "node:path";
import {beginningOf} from "../../setup/install/process.js";

/** Process ids are reused: one is ours only while its command line, and when it began, are those that we noted. */
export interface Started {
  readonly pid: number;
  readonly command: string;
  /** As the system writes it; undefined where it did not say. */
  readonly beginning?: string | undefined;
}

/** What is noted of a process that runs. */
export const startedAs = (pid: number, command: string): Started => ({
  pid,
  command,
  beginning: beginningOf(pid),
});

/** What is noted of this one. */
export const thisProcess = (): Started => startedAs(process.pid, basename(process.argv[1] ?? ""));

export function isRunning({pid, command, beginning}: Started): boolean {
  try {
    return (
      commandOf(pid).includes(command) &&
      (beginning === undefined || beginning === beginningOf(pid))
    );
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
