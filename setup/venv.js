import {copyFileSync, existsSync, readFileSync} from "node:fs";
import {join} from "node:path";
import {replaceFolder} from "./folders.js";
import {faultOf, runProgram} from "./programs.js";

/** Tens of megabytes, over a slow line. */
const LIMIT_MS = 5 * 60_000;

/** What was installed; written last of all. */
const recordOf = (/** @type {string} */ folder) => join(folder, "requirements.txt");

/**
 * The Python that has what a file of requirements names, at the versions it names.
 *
 * @param {string} folder
 * @param {string} requirements
 * @returns {string | undefined}
 */
export function pythonIn(folder, requirements) {
  const record = recordOf(folder);
  if (!existsSync(record)) return undefined;
  const fresh = readFileSync(record, "utf8") === readFileSync(requirements, "utf8");
  return fresh ? join(folder, "bin/python") : undefined;
}

/**
 * Puts it into a virtual environment in the project's own folder; nothing outside it is touched.
 *
 * @param {string} folder
 * @param {string} requirements
 * @returns {string | undefined} what stood in the way
 */
export const makeVenv = (folder, requirements) =>
  replaceFolder(folder, (made) => {
    const fault =
      run("python3", ["-m", "venv", made]) ??
      run(join(made, "bin/python"), [
        ..."-m pip install --quiet --disable-pip-version-check --only-binary :all: -r".split(" "),
        requirements,
      ]);
    if (!fault) copyFileSync(requirements, recordOf(made));
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
