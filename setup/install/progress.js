import {existsSync, readFileSync, writeSync} from "node:fs";
import {join} from "node:path";
import {fileURLToPath} from "node:url";
import {isMainThread, Worker, workerData} from "node:worker_threads";

/** Often enough for whoever waits, and seldom enough for a log. */
const EVERY_MS = 5000;

/**
 * Runs work that holds the process up, and says on stderr meanwhile how long it has taken and how far it has come.
 *
 * @template T
 * @param {{what: string, root?: string, everyMs?: number}} task `root`: whose packages are being installed
 * @param {() => T} work
 * @returns {T}
 */
export function withProgress(task, work) {
  // A thread, as the work waits for programs without a turn of the event loop.
  const worker = new Worker(fileURLToPath(import.meta.url), {
    workerData: {progress: task},
    execArgv: [],
  });
  worker.unref();
  try {
    return work();
  } finally {
    void worker.terminate();
  }
}

/**
 * One line of it.
 *
 * @param {{what: string, seconds: number, count?: {done: number, all: number} | undefined}} far
 */
export function progressLine({what, seconds, count}) {
  const of = count ? `, ${count.done} of ${count.all} packages` : "";
  return `setup: still ${what}: ${Math.round(seconds)} s${of}\n`;
}

/**
 * How many of the packages in the lock file have come, but those that are for other machines.
 *
 * @param {string} root
 */
export function countOf(root) {
  /** @type {{packages: Record<string, {optional?: boolean}>}} */
  const {packages} = JSON.parse(readFileSync(join(root, "package-lock.json"), "utf8"));
  const folders = Object.keys(packages).filter((path) => path && !packages[path]?.optional);
  const done = folders.filter((folder) => existsSync(join(root, folder, "package.json"))).length;
  return {done, all: folders.length};
}

if (!isMainThread && workerData?.progress) tell(workerData.progress);

/** @param {{what: string, root?: string, everyMs?: number}} task */
function tell({what, root, everyMs = EVERY_MS}) {
  const started = performance.now();
  setInterval(() => {
    const seconds = (performance.now() - started) / 1000;
    // process.stderr of a thread goes by way of the main one, which is held up.
    writeSync(2, progressLine({what, seconds, count: root ? countOf(root) : undefined}));
  }, everyMs);
}
