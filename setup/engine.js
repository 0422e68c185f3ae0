import {spawnSync} from "node:child_process";
import {existsSync, mkdirSync, rmSync, writeFileSync} from "node:fs";
import {dirname, join} from "node:path";
import {fileURLToPath} from "node:url";
import {makeFolder} from "./folders.js";
import {go} from "./go.js";
import {findProgram} from "./programs.js";

/** The newest version whose sources are on the Go module proxy. */
export const ENGINE_VERSION = "3.259.0";
/** The last version whose Node language host is on the Go module proxy. It runs today's SDK. */
const HOST_VERSION = "3.60.0";
const FOLDER = fileURLToPath(new URL(`../.meridian/pulumi/${ENGINE_VERSION}`, import.meta.url));

const PULUMI = "github.com/pulumi/pulumi";
/** The name by which the engine looks for its Node language host. */
const HOST = "pulumi-language-nodejs";

/** Each program is built in a module of its own, because their dependencies differ. */
const programs = [
  {
    name: "pulumi",
    path: `${PULUMI}/pkg/v3/cmd/pulumi`,
    version: ENGINE_VERSION,
    // Copied from the CLI's go.mod: Go ignores the `replace` lines of a dependency.
    replaces:
      "replace github.com/atotto/clipboard => github.com/tgummerer/clipboard v0.0.0-20241001131231-d02d263e614e\n",
    flags: `-s -w -X ${PULUMI}/sdk/v3/go/common/version.Version=v${ENGINE_VERSION}`,
  },
  {
    name: "node-host",
    path: `${PULUMI}/sdk/v3/nodejs/cmd/${HOST}`,
    version: HOST_VERSION,
    replaces: "",
    flags: "-s -w",
  },
];

/**
 * The folder of the real Pulumi engine: the one on PATH if it is new enough, otherwise the one that was
 * built. None if the variable ENGINE is `off`.
 *
 * @returns {string | undefined}
 */
export function findEngine() {
  if (process.env.ENGINE === "off") return undefined;
  const installed = findProgram("pulumi");
  if (installed && isNewEnough(installed) && findProgram(HOST)) return dirname(installed);
  return existsSync(FOLDER) ? FOLDER : undefined;
}

/** @param {string} program */
function isNewEnough(program) {
  const {stdout} = spawnSync(program, ["version"], {encoding: "utf8"});
  const [major, minor] = (/^v(\d+)\.(\d+)\./.exec(stdout ?? "") ?? []).slice(1).map(Number);
  return major === 3 && Number(minor) >= Number(ENGINE_VERSION.split(".")[1]);
}

/**
 * Builds the engine from its sources into the project's own folder. This takes some five minutes on two
 * cores with Go's caches empty, and half a minute otherwise.
 *
 * @returns {string | undefined} what stood in the way
 */
export function buildEngine() {
  return makeFolder(FOLDER, (folder) => {
    for (const program of programs) {
      const fault = build(program, folder);
      if (fault) return fault;
    }
    writeFileSync(join(folder, HOST), hostScript, {mode: 0o755});
    return undefined;
  });
}

/** This old host expects its options as arguments; today's engine sends them in a message. */
const hostScript = '#!/bin/sh\nexec "$(dirname "$0")/node-host" -typescript=false "$@"\n';

/**
 * @param {(typeof programs)[number]} program
 * @param {string} folder
 */
function build({name, path, version, replaces, flags}, folder) {
  const cwd = join(folder, `${name}.module`);
  mkdirSync(cwd);
  writeFileSync(join(cwd, "go.mod"), `module meridian/${name}\n\ngo 1.26.0\n\n${replaces}`);
  const fault =
    go(["get", `${path}@v${version}`], {cwd}) ??
    go(["build", "-buildvcs=false", "-ldflags", flags, "-o", join(folder, name), path], {
      cwd,
    });
  rmSync(cwd, {recursive: true});
  return fault;
}
