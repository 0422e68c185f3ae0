import {spawnSync} from "node:child_process";
import {existsSync, mkdirSync, rmSync, writeFileSync} from "node:fs";
import {dirname, join} from "node:path";
import {fileURLToPath} from "node:url";
import {makeFolder} from "./folders.js";
import {go} from "./go.js";
import {findProgram} from "./programs.js";

/** The newest whose sources the Go module proxy has. */
export const ENGINE_VERSION = "3.259.0";
/** The last in which the part that runs Node programs is a module that the proxy has; it runs today's SDK. */
const HOST_VERSION = "3.60.0";
const FOLDER = fileURLToPath(new URL(`../.meridian/pulumi/${ENGINE_VERSION}`, import.meta.url));

const PULUMI = "github.com/pulumi/pulumi";
/** The part that runs Node programs, as the engine looks for it. */
const HOST = "pulumi-language-nodejs";

/** Both programs are modules of their own, as their dependencies differ. */
const programs = [
  {
    name: "pulumi",
    path: `${PULUMI}/pkg/v3/cmd/pulumi`,
    version: ENGINE_VERSION,
    // From the CLI's own go.mod: what it replaces is not replaced for those who build it.
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
 * The folder with the real Pulumi engine in it: the one on PATH where it is new enough, else the built
 * one. None where the variable ENGINE says `off`.
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
 * Builds the engine from its sources into the project's own folder: some five minutes on two cores where
 * Go's caches are empty, half a minute where they are not.
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

/** The host is of a time when it was told its options in words; today's engine sends them in a message. */
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
