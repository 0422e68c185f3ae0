import {spawnSync} from "node:child_process";
import {existsSync, readFileSync, renameSync, rmSync, writeFileSync} from "node:fs";
import {join} from "node:path";
import {fileURLToPath} from "node:url";

const FOLDER = fileURLToPath(new URL("../.meridian/octodns", import.meta.url));
/** octoDNS, its providers for Azure, Route 53 and NS1, and what they need, each at its version. */
const REQUIREMENTS = fileURLToPath(new URL("../dns/octodns/requirements.txt", import.meta.url));
/** Written last of all: what was installed. */
const RECORD = join(FOLDER, "requirements.txt");
/** 35 MB, over a slow line. */
const FETCH_LIMIT_MS = 5 * 60_000;

/**
 * The Python that has the pinned octoDNS; none if the variable OCTODNS is `off`.
 *
 * @returns {string | undefined}
 */
export function findOctodns() {
  if (process.env.OCTODNS === "off" || !existsSync(RECORD)) return undefined;
  const fresh = readFileSync(RECORD, "utf8") === readFileSync(REQUIREMENTS, "utf8");
  return fresh ? join(FOLDER, "bin/python") : undefined;
}

/**
 * Puts the pinned octoDNS into a virtual environment in the project's own folder; nothing outside it is
 * touched. What an interrupted run left is replaced.
 *
 * @returns {string | undefined} what stood in the way
 */
export function fetchOctodns() {
  const folder = `${FOLDER}.${process.pid}`;
  try {
    const fault =
      run("python3", ["-m", "venv", folder]) ??
      run(join(folder, "bin/python"), [
        ..."-m pip install --quiet --disable-pip-version-check --only-binary :all: -r".split(" "),
        REQUIREMENTS,
      ]);
    if (fault) return fault;
    writeFileSync(join(folder, "requirements.txt"), readFileSync(REQUIREMENTS));
    rmSync(FOLDER, {recursive: true, force: true});
    renameSync(folder, FOLDER);
  } finally {
    rmSync(folder, {recursive: true, force: true});
  }
  return undefined;
}

/**
 * @param {string} command
 * @param {readonly string[]} args
 * @returns {string | undefined} its last line, where it failed
 */
function run(command, args) {
  const {status, stdout, stderr, error} = spawnSync(command, args, {
    encoding: "utf8",
    timeout: FETCH_LIMIT_MS,
  });
  if (status === 0) return undefined;
  return `${args[1]}: ${stderr?.trim().split("\n").at(-1) || stdout?.trim().split("\n").at(-1) || error?.message}`;
}
