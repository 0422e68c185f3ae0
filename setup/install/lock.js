import {
  accessSync,
  constants,
  linkSync,
  mkdirSync,
  readFileSync,
  rmSync,
  writeFileSync,
} from "node:fs";
import {dirname} from "node:path";
import {setTimeout as sleep} from "node:timers/promises";
import {causeOf} from "./cause.js";
import {beginningOf} from "./process.js";

const POLL_MS = 100;

/**
 * Runs `work` while no other process holds the lock `file`. The lock of a dead process does not count.
 *
 * @template T
 * @param {string} file
 * @param {() => T | Promise<T>} work
 * @returns {Promise<T>}
 */
export async function withLock(file, work) {
  requireFolder(dirname(file));
  while (!take(file)) {
    if (!held(file)) rmSync(file, {force: true});
    else await sleep(POLL_MS);
  }
  try {
    return await work();
  } finally {
    rmSync(file, {force: true});
  }
}

/**
 * Throws what stands in the way of writing there, with its mend.
 *
 * @param {string} folder
 */
function requireFolder(folder) {
  try {
    mkdirSync(folder, {recursive: true});
    accessSync(folder, constants.W_OK);
  } catch (error) {
    const said = error instanceof Error ? error.message : `${error}`;
    throw new Error(`${folder}: ${causeOf("npm", said) ?? said}`, {cause: error});
  }
}

/**
 * Takes the lock by a link, which appears with its content, so that a lock always says whose it is.
 *
 * @param {string} file
 */
function take(file) {
  const mine = `${file}.${process.pid}`;
  writeFileSync(mine, `${process.pid} ${beginningOf(process.pid) ?? ""}`);
  try {
    linkSync(mine, file);
    return true;
  } catch (error) {
    if (codeOf(error) === "EEXIST") return false;
    throw error;
  } finally {
    rmSync(mine);
  }
}

/** @param {string} file */
function held(file) {
  try {
    // The beginning may be a date, with blanks in it.
    const [, pid = "", beginning] = /^(\d+) ?(.*)$/s.exec(readFileSync(file, "utf8")) ?? [];
    process.kill(Number(pid), 0);
    return !beginning || beginning === beginningOf(Number(pid));
  } catch (error) {
    return codeOf(error) === "EPERM";
  }
}

/** @param {unknown} error */
function codeOf(error) {
  return error instanceof Error && "code" in error ? error.code : undefined;
}
