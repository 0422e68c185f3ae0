/**
 * Makes ready what the commands need. It runs before anything is installed, so it is plain JavaScript that imports
 * nothing but Node's own modules. It says nothing on stdout, which is the commands' own.
 */
import {spawnSync} from "node:child_process";
import {existsSync} from "node:fs";
import {homedir} from "node:os";
import {join} from "node:path";
import {fileURLToPath} from "node:url";
import {fetchCheckov, findCheckov} from "./checkov.js";
import {buildBase, whyNoContainers} from "./containers.js";
import {buildSigner, findSigner} from "./cosign.js";
import {fetchCyclonedx, findCyclonedx} from "./cyclonedx.js";
import {buildEngine, ENGINE_VERSION, findEngine} from "./engine.js";
import {ENVOY_VERSION, fetchEnvoy, findEnvoy} from "./envoy.js";
import {fetchHyperH2, findHyperH2} from "./hyper-h2.js";
import {withLock} from "./install/lock.js";
import {install, installed} from "./install/packages.js";
import {withProgress} from "./install/progress.js";
import {
  fetchLanguageServer,
  findLanguageServer,
  LANGUAGE_SERVER_VERSION,
} from "./language-server.js";
import {buildLlamaServer, findLlamaServer, LLAMA_SERVER_VERSION} from "./llama-server.js";
import {whyTooOld} from "./node.js";
import {fetchOctodns, findOctodns} from "./octodns.js";
import {findProgram} from "./programs.js";
import {buildValidators} from "./validators.js";

const ROOT = fileURLToPath(new URL("..", import.meta.url));
const LOCK = join(ROOT, ".meridian/setup.lock");

/**
 * What is wanted: `packages`, which all commands need; `cosign`, also what signs images; `world`, also what runs the
 * service on this machine; `tests`, also what tests it.
 *
 * @typedef {"packages" | "cosign" | "world" | "tests"} Wanted
 */

/**
 * Makes it ready, or throws with what stands in the way.
 *
 * @param {Wanted} wanted
 */
export async function prepare(wanted) {
  const fault = whyTooOld(process.versions.node);
  if (fault) throw new Error(fault);
  if (!installed(ROOT)) await withLock(LOCK, () => installed(ROOT) || installPackages());
  if (wanted === "cosign") await withLock(LOCK, getSigner);
  else if (wanted !== "packages") await prepareWorld(wanted);
}

/** @param {Wanted} wanted */
async function prepareWorld(wanted) {
  // Only tests use octoDNS, so a start does not wait for it.
  const wantsOctodns = () => wanted === "tests" && process.env.OCTODNS !== "off" && !findOctodns();
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

function installPackages() {
  say("installing the locked dependencies (npm ci; half a minute, once)");
  install(ROOT);
}

function wantsEnvoy() {
  return process.env.ENVOY !== "off" && !findEnvoy();
}

function getEnvoy() {
  say(`fetching Envoy ${ENVOY_VERSION} into .meridian/envoy (107 MB, once)`);
  const fault = withProgress({what: "fetching Envoy"}, fetchEnvoy);
  if (!fault) return;
  say(
    `NO ENVOY: ${fault}. Then start again; or put envoy ${ENVOY_VERSION} on PATH. Until then clients reach the proxies without the edge, and the tests of the edge do not run`,
  );
}

function getOctodns() {
  say("putting octoDNS into .meridian/octodns (35 MB, once)");
  const fault = withProgress({what: "fetching octoDNS"}, fetchOctodns);
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
  if (!findHyperH2())
    report("putting hyper-h2 into .meridian/hyper-h2 (once)", "HYPER-H2", fetchHyperH2);
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
  const fault = withProgress({what: work}, build);
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
