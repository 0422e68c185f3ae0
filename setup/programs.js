import {spawnSync} from "node:child_process";
import {accessSync, constants, statSync} from "node:fs";
import {delimiter, join} from "node:path";

/**
 * The path of a program on PATH.
 *
 * @param {string} name
 * @returns {string | undefined}
 */
export function findProgram(name) {
  const folders = (process.env.PATH ?? "").split(delimiter).filter(Boolean);
  return folders.map((folder) => join(folder, name)).find(isProgram);
}

/**
 * The same of a server, which Debian keeps where PATH does not always look.
 *
 * @param {string} name
 * @returns {string | undefined}
 */
export const findServer = (name) => findProgram(name) ?? findProgram(`../sbin/${name}`);

/** @param {string} path */
export function isProgram(path) {
  try {
    accessSync(path, constants.X_OK);
    return statSync(path).isFile();
  } catch {
    return false;
  }
}

/**
 * Runs a program to its end.
 *
 * @param {string} program
 * @param {readonly string[]} args
 * @param {{cwd?: string, env?: Record<string, string>, limitMs: number}} options
 * @returns {{output: string} | {fault: string, said: string}} what it printed, or the line that says why it failed and
 *   all that it said
 */
export function runProgram(program, args, {cwd, env = {}, limitMs}) {
  const {status, stdout, stderr, error} = spawnSync(program, args, {
    ...(cwd !== undefined && {cwd}),
    env: {...process.env, ...env},
    encoding: "utf8",
    timeout: limitMs,
    maxBuffer: 64 * 2 ** 20,
  });
  if (status === 0) return {output: stdout};
  const said = `${stderr ?? ""}`.trim() || `${stdout ?? ""}`.trim();
  return {fault: complaintOf(said) || `${error?.message}`, said};
}

/**
 * Most programs say what was wrong in their last line; npm says it first, and ends with where its log is.
 *
 * @param {string} said
 */
function complaintOf(said) {
  const lines = said.split("\n");
  return lines.find((line) => /^npm (error|ERR!)/.test(line)) ?? lines.at(-1);
}

/** @param {{output: string} | {fault: string}} result */
export const faultOf = (result) => ("fault" in result ? result.fault : undefined);
