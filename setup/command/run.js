/**
 * Runs a command of package.json: `node setup/command/run.js NAME ...`, NAME being one of `checks` or a program's file.
 * Its help is told without anything else; otherwise what it needs is made ready first, and it runs on the pinned Node.
 * It is what scripts of npm call, and no hook before them: a hook is not told of --help, and npm leaves hooks out where
 * it is told to ignore scripts.
 */
import {spawn} from "node:child_process";
import {existsSync, readFileSync} from "node:fs";
import {constants} from "node:os";
import {delimiter, join} from "node:path";
import {fileURLToPath, pathToFileURL} from "node:url";
import {PINNED_NODE} from "../node.js";
import {prepare} from "../preparation.js";
import {checks} from "./checks.js";

const ROOT = fileURLToPath(new URL("../..", import.meta.url));
const BIN = join(ROOT, "node_modules/.bin");
const [name = "", ...args] = process.argv.slice(2);
const check = checks[name];

// A reader such as `head` goes away when it has seen enough.
process.stdout.on("error", () => process.exit());
if (args.includes("--help") || args.includes("-h")) process.stdout.write(helpOf(name));
else if (await isReady()) await run();

/** @param {string} file */
function helpOf(file) {
  if (check) return check.help;
  return JSON.parse(readFileSync(new URL("help.json", import.meta.url), "utf8"))[file];
}

async function isReady() {
  try {
    await prepare(check?.wanted ?? wantedBy(name));
    return true;
  } catch (error) {
    console.error(`setup: ${error instanceof Error ? error.message : error}`);
    process.exitCode = 1;
    return false;
  }
}

/**
 * What runs a service on this machine needs more than what reads and asks.
 *
 * @param {string} file
 */
function wantedBy(file) {
  return /^(local|bench)\//.test(file) ? "world" : "packages";
}

async function run() {
  const steps = check?.steps ?? [["node", name]];
  if (!check && process.versions.node === PINNED_NODE) return runHere();
  const wanted = args.length > 0 ? args : (check?.files?.(ROOT) ?? []);
  for (const [at, [program = "", ...own]] of steps.entries()) {
    const given = at === steps.length - 1 ? wanted : [];
    process.exitCode = await codeOf(program, [...own, ...given]);
    if (process.exitCode !== 0) return;
  }
}

/** Without a second process. */
async function runHere() {
  const file = join(ROOT, name);
  process.argv = [process.execPath, file, ...args];
  await import(pathToFileURL(file).href);
}

/**
 * @param {string} program
 * @param {readonly string[]} given
 * @returns {Promise<number>}
 */
function codeOf(program, given) {
  const path = join(BIN, program);
  const child = spawn(existsSync(path) ? path : program, given, {
    cwd: ROOT,
    stdio: "inherit",
    env: {
      ...process.env,
      PATH: `${BIN}${delimiter}${process.env.PATH ?? ""}`,
      ...(name === "test" && {NODE_COMPILE_CACHE: join(ROOT, ".meridian/compiled")}),
    },
  });
  // A terminal sends Ctrl-C to both.
  process.on("SIGINT", () => {});
  for (const signal of /** @type {const} */ (["SIGTERM", "SIGHUP"]))
    process.on(signal, () => child.kill(signal));
  return new Promise((resolve, reject) => {
    child.on("error", reject);
    child.on("exit", (code, signal) =>
      resolve(code ?? 128 + (signal ? constants.signals[signal] : 0)),
    );
  });
}
