import {execFile} from "node:child_process";
import {mkdirSync, mkdtempSync, rmSync, writeFileSync} from "node:fs";
import {tmpdir} from "node:os";
import {dirname, join} from "node:path";
import type {TestContext} from "node:test";
import {fileURLToPath} from "node:url";
import {promisify} from "node:util";
import {findOctodns} from "../../setup/octodns.js";

const python = findOctodns();

/** Why tests by the real octoDNS do not run, if they do not. */
export const skip: string | false = python
  ? false
  : "octoDNS is not installed; npm test puts it into .meridian where Python 3.10 with venv is";
if (skip) console.log(`NOT RUN: ${skip}`);

/** The files of a zone and its configuration, by name. */
export type Files = Readonly<Record<string, string>>;

/** Runs a script of dns/ over folders with these files; what it prints as JSON. Rejects with what octoDNS says. */
export async function sync<Made>(
  t: TestContext,
  script: `sync_${string}.py`,
  {args = [], folders}: {args?: readonly string[]; folders: readonly Files[]},
): Promise<Made> {
  const path = fileURLToPath(new URL(script, import.meta.url));
  const written = folders.map((files) => write(t, files));
  const options = {maxBuffer: 64 << 20};
  const {stdout} = await promisify(execFile)(python!, [path, ...args, ...written], options);
  return JSON.parse(stdout);
}

function write(t: TestContext, files: Files): string {
  const folder = mkdtempSync(join(tmpdir(), "meridian-"));
  t.after(() => rmSync(folder, {recursive: true}));
  for (const [name, text] of Object.entries(files)) {
    mkdirSync(dirname(join(folder, name)), {recursive: true});
    writeFileSync(join(folder, name), text);
  }
  return folder;
}
