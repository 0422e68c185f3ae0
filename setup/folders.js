import {existsSync, mkdirSync, renameSync, rmSync} from "node:fs";

/**
 * Makes a folder that appears whole or not at all; one that is there stays as it is.
 *
 * @param {string} folder
 * @param {(unfinished: string) => string | undefined} fill says what stood in the way
 * @returns {string | undefined} the same
 */
export const makeFolder = (folder, fill) =>
  existsSync(folder) ? undefined : replaceFolder(folder, fill);

/**
 * Makes a folder that appears whole or not at all, in place of one that is there.
 *
 * @param {string} folder
 * @param {(unfinished: string) => string | undefined} fill says what stood in the way
 * @returns {string | undefined} the same
 */
export function replaceFolder(folder, fill) {
  const unfinished = `${folder}.${process.pid}`;
  try {
    mkdirSync(unfinished, {recursive: true});
    const fault = fill(unfinished);
    if (fault) return fault;
    rmSync(folder, {recursive: true, force: true});
    renameSync(unfinished, folder);
  } finally {
    rmSync(unfinished, {recursive: true, force: true});
  }
  return undefined;
}
