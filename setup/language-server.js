import {createHash} from "node:crypto";
import {existsSync, readdirSync, readFileSync, rmSync} from "node:fs";
import {join} from "node:path";
import {fileURLToPath} from "node:url";
import {makeFolder} from "./folders.js";
import {faultOf, runProgram} from "./programs.js";

/** GitHub Copilot's language server. Only a tour runs it; it is never deployed. */
const PACKAGE = "@github/copilot-language-server";
export const LANGUAGE_SERVER_VERSION = "1.539.0";
/** As npm's registry gives it: `npm view PACKAGE@VERSION dist.integrity`. */
const INTEGRITY =
  "sha512-f1/9+ZK7iq3d11mXR9Cornkvl7hewqPhwbtYZI7YpkuYTOgDfWCdjcdVYnkMUvFATE4c7j6kAV78W9LTC9jf7A==";
const FOLDER = fileURLToPath(
  new URL(`../.meridian/language-server/${LANGUAGE_SERVER_VERSION}`, import.meta.url),
);
const PROGRAM = "package/dist/language-server.js";
/** 39 MB, over a slow line. */
const LIMIT_MS = 10 * 60_000;

/**
 * The fetched language server's program; none if the variable LANGUAGE_SERVER is `off`.
 *
 * @returns {string | undefined}
 */
export function findLanguageServer() {
  const program = join(FOLDER, PROGRAM);
  return process.env.LANGUAGE_SERVER !== "off" && existsSync(program) ? program : undefined;
}

/**
 * Fetches it into the project's own folder. The package is complete; its optional native builds are left
 * out, because Node runs the JavaScript one.
 *
 * @returns {string | undefined} what stood in the way
 */
export function fetchLanguageServer() {
  return makeFolder(FOLDER, (folder) => {
    const args = ["pack", `${PACKAGE}@${LANGUAGE_SERVER_VERSION}`, "--loglevel=error"];
    const fault = run("npm", args, folder);
    if (fault) return fault;
    const archive = readdirSync(folder).find((name) => name.endsWith(".tgz"));
    if (!archive) return "npm pack: no archive came";
    return unpack(folder, archive);
  });
}

/**
 * @param {string} folder
 * @param {string} archive a file in that folder, removed afterwards
 * @returns {string | undefined} what stood in the way
 */
function unpack(folder, archive) {
  const hash = createHash("sha512").update(readFileSync(join(folder, archive)));
  const integrity = `sha512-${hash.digest("base64")}`;
  if (integrity !== INTEGRITY) return `${archive} is not the pinned one, but ${integrity}`;
  const fault = run("tar", ["-xzf", archive], folder);
  rmSync(join(folder, archive));
  return fault;
}

/**
 * @param {string} command
 * @param {readonly string[]} args
 * @param {string} cwd
 * @returns {string | undefined} what stood in the way
 */
function run(command, args, cwd) {
  const fault = faultOf(runProgram(command, args, {cwd, limitMs: LIMIT_MS}));
  return fault && `${command} ${args[0]}: ${fault}`;
}
