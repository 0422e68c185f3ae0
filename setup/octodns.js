import {copyFileSync, existsSync, readFileSync} from "node:fs";
import {join} from "node:path";
import {fileURLToPath} from "node:url";
import {replaceFolder} from "./folders.js";
import {faultOf, runProgram} from "./programs.js";

const FOLDER = fileURLToPath(new URL("../.meridian/octodns", import.meta.url));
/** octoDNS, its providers for Azure, Route 53 and NS1, and what these need, at pinned versions. */
const REQUIREMENTS = fileURLToPath(new URL("../dns/octodns/requirements.txt", import.meta.url));
/** What was installed; written last of all. */
const RECORD = join(FOLDER, "requirements.txt");
/** 35 MB, over a slow line. */
const LIMIT_MS = 5 * 60_000;

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
 * touched.
 *
 * @returns {string | undefined} what stood in the way
 */
export const fetchOctodns = () =>
  replaceFolder(FOLDER, (folder) => {
    const fault =
      run("python3", ["-m", "venv", folder]) ??
      run(join(folder, "bin/python"), [
        ..."-m pip install --quiet --disable-pip-version-check --only-binary :all: -r".split(" "),
        REQUIREMENTS,
      ]);
    if (!fault) copyFileSync(REQUIREMENTS, join(folder, "requirements.txt"));
    return fault;
  });

/**
 * @param {string} command
 * @param {readonly string[]} args
 * @returns {string | undefined} what stood in the way
 */
function run(command, args) {
  const fault = faultOf(runProgram(command, args, {limitMs: LIMIT_MS}));
  return fault && `${args[1]}: ${fault}`;
}
