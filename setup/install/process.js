import {execFileSync} from "node:child_process";
import {readFileSync} from "node:fs";

/**
 * When a process began, as the system writes it: a number that has been given to another process since tells by it. A
 * container begins with the same numbers each time, so that a file of the last one may name this very process.
 *
 * @param {number} pid
 * @returns {string | undefined} undefined where there is no such process, or the system does not say
 */
export function beginningOf(pid) {
  try {
    return process.platform === "linux" ? ticksOf(pid) : lineOf(pid);
  } catch {
    return undefined;
  }
}

/**
 * Ticks since the machine began, and which beginning that was: proc_pid_stat(5), the twenty-second field. The second
 * one, a name, may have spaces and parentheses in it.
 *
 * @param {number} pid
 */
function ticksOf(pid) {
  const stat = readFileSync(`/proc/${pid}/stat`, "utf8");
  const ticks = stat.slice(stat.lastIndexOf(")") + 2).split(" ")[19];
  return `${readFileSync("/proc/sys/kernel/random/boot_id", "utf8").trim()}-${ticks}`;
}

/** @param {number} pid */
function lineOf(pid) {
  return execFileSync("ps", ["-o", "lstart=", "-p", String(pid)], {encoding: "utf8"}).trim();
}
