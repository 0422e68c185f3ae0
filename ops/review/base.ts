import {execFile} from "node:child_process";
import {mkdtemp, readFile, rm, symlink} from "node:fs/promises";
import {tmpdir} from "node:os";
import {join} from "node:path";
import {fileURLToPath} from "node:url";
import {promisify} from "node:util";
import type {Stack} from "../../cloud/stacks/stacks.ts";
import {parseWorld} from "../../regions/read.ts";
import {UsageError} from "../command/arguments.ts";
import type {Side} from "./review.ts";

const root = fileURLToPath(new URL("../../", import.meta.url));
const run = promisify(execFile);
/** A revision of this repository is a few megabytes; thirty regions as JSON are thirty. */
const MAX_BYTES = 1 << 29;

/**
 * The stacks of a Git revision, made by its own programs from its own regions.yaml in a temporary folder.
 * `say` receives what takes long. Rejects with what Git or the revision's programs said.
 */
export async function readBase(revision: string, say: (line: string) => void): Promise<Side> {
  const folder = await mkdtemp(join(tmpdir(), "meridian-base-"));
  try {
    await checkOut(revision, folder);
    await givePackages(folder, say);
    const bytes = await readFile(join(folder, "regions.yaml"));
    return {
      world: parseWorld(bytes, `${revision}:regions.yaml`),
      stacks: await stacksIn(folder, revision),
    };
  } finally {
    await rm(folder, {recursive: true, force: true});
  }
}

async function checkOut(revision: string, folder: string): Promise<void> {
  const archive = join(folder, "base.tar");
  try {
    // A revision that begins with a dash would be an option.
    await run(
      "git",
      ["rev-parse", "--verify", "--quiet", "--end-of-options", `${revision}^{commit}`],
      {cwd: root},
    );
  } catch {
    throw new UsageError(
      `--base ${revision}: Git knows no such commit; name a revision such as origin/main, and fetch it first (git fetch origin main)`,
    );
  }
  await run("git", ["archive", "--output", archive, revision], {cwd: root});
  await run("tar", ["-xf", archive, "-C", folder]);
}

/** Links our packages if the lock files are equal; otherwise installs, without install scripts. */
async function givePackages(folder: string, say: (line: string) => void): Promise<void> {
  const lock = (where: string) => readFile(join(where, "package-lock.json"), "utf8");
  if ((await lock(folder)) === (await lock(root)))
    return symlink(join(root, "node_modules"), join(folder, "node_modules"), "dir");
  say("The base has other packages: npm installs them, which takes a minute.");
  await run("npm", ["ci", "--ignore-scripts", "--no-audit", "--no-fund", "--prefer-offline"], {
    cwd: folder,
    maxBuffer: MAX_BYTES,
  });
}

/** Asks the revision's own `npm run preview`, wherever its file is: JSON, masked. */
async function stacksIn(folder: string, revision: string): Promise<Stack[]> {
  try {
    const {stdout} = await run(process.execPath, ["--run", "preview", "--", "--json"], {
      cwd: folder,
      maxBuffer: MAX_BYTES,
    });
    // Paths into the temporary folder become paths into this one.
    return JSON.parse(stdout.replaceAll(`${folder}/`, root)) as Stack[];
  } catch (cause) {
    const {stderr} = cause as {stderr?: string};
    const said = stderr?.trim() || (cause as Error).message;
    throw new Error(
      `--base ${revision}: its own preview failed, so there is nothing to compare with:\n${said}`,
      {cause},
    );
  }
}
