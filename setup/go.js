import {spawnSync} from "node:child_process";
import {existsSync, mkdirSync, renameSync, rmSync} from "node:fs";
import {dirname} from "node:path";
import {findProgram} from "./envoy.js";

/** Three minutes' work on two cores, more where other work goes on. */
const LIMIT_MS = 15 * 60_000;

/**
 * Runs Go.
 *
 * @param {readonly string[]} args
 * @param {{cwd: string, env?: Record<string, string>}} options
 * @returns {string | undefined} what stood in the way: Go's last line
 */
export function go(args, {cwd, env = {}}) {
  if (!findProgram("go")) return "Go, which would build it, is not installed";
  const {status, stderr, error} = run(args, cwd, env);
  if (status === 0) return undefined;
  return `go ${args[0]}: ${stderr?.trim().split("\n").at(-1) || error?.message}`;
}

/**
 * Downloads a module.
 *
 * @param {{module: string, version: string}} wanted
 * @param {string} cwd
 * @returns {{folder: string} | {fault: string}} where its files are
 */
export function moduleFolder({module, version}, cwd) {
  const args = ["mod", "download", "-json", `${module}@${version}`];
  const fault = go(args, {cwd});
  return fault ? {fault} : {folder: JSON.parse(run(args, cwd, {}).stdout).Dir};
}

/**
 * @param {readonly string[]} args
 * @param {string} cwd
 * @param {Record<string, string>} env
 */
const run = (args, cwd, env) =>
  spawnSync("go", args, {
    cwd,
    env: {...process.env, ...env},
    encoding: "utf8",
    timeout: LIMIT_MS,
    maxBuffer: 64 * 2 ** 20,
  });

/**
 * Makes a folder that appears whole or not at all; one that is there stays as it is.
 *
 * @param {string} folder
 * @param {(unfinished: string) => string | undefined} fill says what stood in the way
 * @returns {string | undefined} the same
 */
export function makeFolder(folder, fill) {
  if (existsSync(folder)) return undefined;
  const unfinished = `${folder}.${process.pid}`;
  try {
    mkdirSync(unfinished, {recursive: true});
    const fault = fill(unfinished);
    if (fault) return fault;
    mkdirSync(dirname(folder), {recursive: true});
    renameSync(unfinished, folder);
  } finally {
    rmSync(unfinished, {recursive: true, force: true});
  }
  return undefined;
}
