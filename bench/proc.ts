import {readdirSync, readFileSync} from "node:fs";

/** What Linux tells of running processes (proc_pid_status(5), Documentation/scheduler/sched-stats.rst). */

/** Microseconds that the processes' threads have been on a core; those of ended threads are not in it. */
export function cpuUs(pids: readonly number[]): number {
  return pids.flatMap(threads).reduce((sum, path) => sum + onCoreNs(path), 0) / 1000;
}

function threads(pid: number): string[] {
  return readdirSync(`/proc/${pid}/task`).map((thread) => `/proc/${pid}/task/${thread}`);
}

function onCoreNs(path: string): number {
  return Number(readFileSync(`${path}/schedstat`, "utf8").split(" ")[0]);
}

/** How many files, connections among them, a process may have open that this one starts. */
export function openFiles(): number {
  return openFilesOf(readFileSync("/proc/self/limits", "utf8"));
}

/** Reads the text of /proc/PID/limits; the limit that counts is the first, the soft one. */
export function openFilesOf(limits: string): number {
  const [, soft] = /^Max open files\s+(\d+|unlimited)/m.exec(limits) ?? [];
  return soft === "unlimited" ? Number.POSITIVE_INFINITY : Number(soft);
}

/** Megabytes (10^6 bytes) of memory that the processes have in use. */
export function residentMb(pids: readonly number[]): number {
  const bytes = pids.map((pid) => residentBytes(readFileSync(`/proc/${pid}/status`, "utf8")));
  return bytes.reduce((sum, each) => sum + each, 0) / 1e6;
}

/** Reads the text of /proc/PID/status, whose kB are 1024 bytes. */
export function residentBytes(status: string): number {
  return Number(/^VmRSS:\s+(\d+) kB$/m.exec(status)?.[1]) * 1024;
}
