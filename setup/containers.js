import {spawnSync} from "node:child_process";
import {copyFileSync, mkdtempSync, rmSync} from "node:fs";
import {tmpdir} from "node:os";
import {join} from "node:path";
import {fileURLToPath} from "node:url";
import {PINNED_NODE} from "./node.js";
import {findProgram, runProgram} from "./programs.js";

/**
 * Images are built and run by Debian's buildah, which needs neither a daemon nor a registry. What it stores
 * is in the project's own folder.
 */

/** In the place of the image that the proxy's begins from. */
export const BASE = `docker.io/library/node:${PINNED_NODE}-slim`;
const FOLDER = fileURLToPath(new URL("../.meridian/containers", import.meta.url));
/** A slow mirror takes minutes. */
const LIMIT_MS = 10 * 60_000;

/** Without overlays, which are not available inside a container. */
const store = [
  "--storage-driver",
  "vfs",
  "--root",
  join(FOLDER, "root"),
  "--runroot",
  join(FOLDER, "run"),
];

/**
 * Runs buildah; throws with its last line if it fails.
 *
 * @param {string[]} args
 * @param {{cwd?: string}} [options]
 */
export function buildah(args, {cwd} = {}) {
  return run("buildah", [...store, ...args], cwd);
}

/** Why images cannot be built or run here; undefined where they can. */
export function whyNoContainers() {
  if (process.getuid?.() !== 0) return "only root may build and run containers here";
  const missing = ["buildah", "unshare"].filter((name) => !findProgram(name));
  if (missing.length > 0) return `${missing.join(" and ")} is not installed`;
  if (spawnSync("unshare", ["-m", "true"]).status !== 0)
    return "mount namespaces are not allowed here";
  const found = spawnSync("buildah", [...store, "inspect", "--type", "image", BASE]);
  return found.status === 0 ? undefined : "there is no base image";
}

/**
 * Makes a stand-in for the image that the Dockerfile begins from: Debian too, with the project's own
 * Node.
 *
 * @returns {string | undefined} what stood in the way
 */
export function buildBase() {
  const why = whyNoContainers();
  if (why !== "there is no base image") return why;
  if (!findProgram("debootstrap")) return "debootstrap is not installed";
  const folder = mkdtempSync(join(tmpdir(), "meridian-base-"));
  try {
    // Node is linked with it, and Debian's smallest system does not have it.
    run("debootstrap", ["--variant=minbase", "--include=libatomic1", "bookworm", folder]);
    const node = fileURLToPath(new URL("../node_modules/node/bin/node", import.meta.url));
    copyFileSync(node, join(folder, "usr/local/bin/node"));
    const container = buildah(["from", "scratch"]);
    buildah(["add", "--quiet", container, folder, "/"]);
    buildah(["commit", "--quiet", "--rm", container, BASE]);
  } catch (error) {
    return error instanceof Error ? error.message : String(error);
  } finally {
    rmSync(folder, {recursive: true, force: true});
  }
  return undefined;
}

/**
 * @param {string} program
 * @param {string[]} args
 * @param {string} [cwd]
 */
function run(program, args, cwd) {
  const result = runProgram(program, args, {...(cwd !== undefined && {cwd}), limitMs: LIMIT_MS});
  if ("fault" in result) throw new Error(`${program}: ${result.fault}`);
  return result.output.trim();
}
