import {readFileSync} from "node:fs";
import {fileURLToPath} from "node:url";

/** What this project says of Node is said once, in package.json. */
const {engines, dependencies} = JSON.parse(
  readFileSync(fileURLToPath(new URL("../package.json", import.meta.url)), "utf8"),
);
/** The oldest Node that set-up runs on. */
export const LEAST_NODE = Number(/^>=(\d+)$/.exec(engines.node)?.[1]);
/** The Node that everything else runs on, which set-up installs. */
export const PINNED_NODE = /** @type {string} */ (dependencies?.node ?? "");

/**
 * Why set-up cannot run on a Node; undefined where it can.
 *
 * @param {string} version
 * @returns {string | undefined}
 */
export function whyTooOld(version) {
  if (Number.parseInt(version, 10) >= LEAST_NODE) return undefined;
  return `needs Node ${LEAST_NODE} or newer, and this is ${version}; install a newer one: https://nodejs.org/en/download`;
}

/**
 * Why the programs cannot run on the Node that runs this; undefined where they can.
 *
 * @param {{typescript?: unknown}} features of the process
 * @returns {string | undefined}
 */
export function whyNoTypescript({typescript} = process.features) {
  if (typescript) return undefined;
  return `the node on PATH is ${process.versions.node}, which cannot run TypeScript; put the pinned one first, in the project's folder: export PATH=$PWD/node_modules/.bin:$PATH`;
}
