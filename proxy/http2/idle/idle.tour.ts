import {readFileSync} from "node:fs";
import {test} from "node:test";
import {holdIdle} from "./idle.rig.ts";

const CONNECTIONS = 10_000;
/** One each, and what a process has open anyway. */
const FILES = CONNECTIONS + 200;

/** How many files this process may have open; 0 where the system does not say. */
function mostFiles(): number {
  try {
    const limits = readFileSync("/proc/self/limits", "utf8");
    const [, soft = "0"] = /^Max open files +(\d+|unlimited)/m.exec(limits) ?? [];
    return soft === "unlimited" ? Number.POSITIVE_INFINITY : Number(soft);
  } catch {
    return 0;
  }
}

const skip =
  mostFiles() < FILES && `NOT RUN: ${mostFiles()} files may be open here; mend: ulimit -n ${FILES}`;

test(
  "ten thousand connections that say nothing harm no other, and what they hold is given back",
  {
    skip,
  },
  (t) => holdIdle(t, CONNECTIONS),
);
