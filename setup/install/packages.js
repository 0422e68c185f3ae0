import {spawnSync} from "node:child_process";
import {existsSync, readFileSync} from "node:fs";
import {delimiter, join} from "node:path";
import {causeOf} from "./cause.js";
import {withProgress} from "./progress.js";

/**
 * Whether the packages of the lock file are there. npm writes its own lock file into node_modules last of all, so what
 * it lists is there in full.
 *
 * @param {string} root
 */
export function installed(root) {
  if (!existsSync(join(root, "node_modules/.bin/node"))) return false;
  try {
    const present = packages(join(root, "node_modules/.package-lock.json"));
    return Object.entries(packages(join(root, "package-lock.json"))).every(([path, wanted]) => {
      const found = present[path];
      return path === "" || (found ? isSame(found, wanted) : wanted.optional);
    });
  } catch {
    return false;
  }
}

/** @typedef {{version: string, integrity?: string, optional?: boolean}} Package */

/**
 * @param {Package} found
 * @param {Package} wanted
 */
function isSame(found, wanted) {
  const {version, integrity = found.integrity} = wanted;
  return found.version === version && found.integrity === integrity;
}

/**
 * @param {string} file
 * @returns {Record<string, Package>} by folder
 */
function packages(file) {
  return JSON.parse(readFileSync(file, "utf8")).packages;
}

/** The lock file says what each package is by its hash, so that npm's cache is as good as its registry. */
const ARGS = ["ci", "--loglevel=error", "--prefer-offline", "--include=dev"];

/**
 * Throws where npm fails, with the cause.
 *
 * @param {string} root
 */
export function install(root) {
  const {status, error, stderr} = withProgress({what: "installing", root}, () =>
    spawnSync("npm", ARGS, {
      cwd: root,
      stdio: ["inherit", process.stderr.fd, "pipe"],
      encoding: "utf8",
      env: {...process.env, PATH: pathWithoutModules()},
    }),
  );
  if (status !== 0) throw new Error(failureOf(error, stderr ?? ""));
  if (installed(root)) return;
  throw new Error(
    "npm left the pinned Node out; let it run install scripts: npm ci --ignore-scripts=false",
  );
}

/**
 * @param {NodeJS.ErrnoException | undefined} error
 * @param {string} said
 */
function failureOf(error, said) {
  if (error?.code === "ENOENT")
    return "npm is not on PATH; install it, with Node: https://nodejs.org/en/download";
  const cause = causeOf("npm", said);
  // Where npm may not write, it names the folder and its mend itself: most often that is its own cache.
  if (cause && !/\b(EACCES|EPERM)\b/.test(said)) return `npm ci failed: ${cause}`;
  return `${said.trim()}\nnpm ci failed; run it by hand to see why`.trim();
}

/** npm must not run on the Node that it is about to replace. */
function pathWithoutModules() {
  const folders = (process.env.PATH ?? "").split(delimiter);
  return folders.filter((folder) => !folder.includes("node_modules")).join(delimiter);
}
