import {spawn} from "node:child_process";
import {cpSync, mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync} from "node:fs";
import {tmpdir} from "node:os";
import {delimiter, join} from "node:path";
import {fileURLToPath} from "node:url";
import {stringify} from "yaml";
import type {Cloud} from "../cloud.ts";
import {newSigningKey} from "../stacks/stacks.ts";
import {eventsIn, type Outcome, outcomeOf} from "./events.ts";
import {startPlugins} from "./plugins.ts";
import type {Uploads} from "./uploads.ts";

/** Someone with the Pulumi CLI, a checkout of the project, and a cloud that stands in for the real one. */
export interface Deployer {
  /** The checkout, to be changed as a developer would. */
  readonly folder: string;
  /** The folder that holds the engine's state. */
  readonly state: string;
  /** The environment in which the project's commands find the engine, its state and its providers. */
  readonly env: NodeJS.ProcessEnv;
  /** What images are built from. */
  readonly uploads: Uploads;
  /** Writes regions.yaml. */
  write(regions: object): void;
  /** `pulumi VERB --stack STACK --json`, answered with yes, and what it printed. */
  run(
    verb: Verb,
    stack: string,
    ...options: string[]
  ): Promise<Outcome & {readonly printed: string}>;
  /** `pulumi` with these words; rejects with what it said if it fails. */
  pulumi(args: readonly string[], input?: string): Promise<string>;
  /** Makes a stack with what its configuration has to hold. */
  init(stack: string): Promise<void>;
  stop(): void;
}

export type Verb = "preview" | "up" | "refresh" | "destroy";

const ROOT = fileURLToPath(new URL("../../", import.meta.url));
/** The stacks' programs, and the commands that bring stacks up. */
const SOURCES = [
  ...["Pulumi.yaml", "package.json", "package-lock.json"],
  ...["docs", "infra", "regions", "dns", "proxy", "editor", "ops", "setup"],
];
/** All but the configuration of the stacks that a developer has in this checkout. */
const isSource = (path: string) => !path.startsWith(join(ROOT, "infra/config"));
const verbs: Readonly<Record<Verb, readonly string[]>> = {
  preview: ["preview"],
  up: ["up", "--yes", "--skip-preview"],
  refresh: ["refresh", "--yes", "--skip-preview"],
  destroy: ["destroy", "--yes", "--skip-preview"],
};

/** Copies the project into a folder of its own and starts the cloud's providers. State is in that folder. */
export async function startDeployer({
  engine,
  cloud,
  env: own = {},
}: {
  /** The folder of Pulumi's programs. */
  engine: string;
  cloud: Cloud;
  /** Over the environment that it would have. */
  env?: NodeJS.ProcessEnv;
}): Promise<Deployer> {
  const home = mkdtempSync(join(tmpdir(), "meridian-engine-"));
  const folder = join(home, "project");
  for (const source of SOURCES)
    cpSync(join(ROOT, source), join(folder, source), {recursive: true, filter: isSource});
  symlinkSync(join(ROOT, "node_modules"), join(folder, "node_modules"));
  const state = join(home, "state");
  mkdirSync(state);
  const plugins = await startPlugins({cloud, folder: join(home, "plugins")});
  const env = {...environment(home, [plugins.folder, engine]), ...own};

  const write = (regions: object) =>
    writeFileSync(join(folder, "regions.yaml"), stringify(regions));

  async function run(verb: Verb, stack: string, ...options: string[]) {
    const args = [...verbs[verb], "--stack", stack, "--json", ...options];
    const {code, stdout} = await start({args, env, cwd: folder});
    return {...outcomeOf(code, eventsIn(stdout)), printed: stdout};
  }

  async function pulumi(args: readonly string[], input = ""): Promise<string> {
    const {code, stdout, stderr} = await start({args, env, cwd: folder, input});
    if (code !== 0) throw new Error(`pulumi ${args.join(" ")}: ${stderr}`);
    return stdout;
  }

  async function init(stack: string): Promise<void> {
    await pulumi(["stack", "init", stack]);
    if (stack !== "global") return;
    await pulumi(["config", "set", "--secret", "signingKey", "--stack", stack], newSigningKey());
  }

  function stop(): void {
    plugins.stop();
    rmSync(home, {recursive: true, force: true});
  }

  return {folder, state, env, uploads: plugins.uploads, write, run, pulumi, init, stop};
}

/** State in files, its secrets encrypted by a passphrase; nothing is fetched. */
function environment(home: string, folders: readonly string[]): NodeJS.ProcessEnv {
  const {PATH = "", HOME = home} = process.env;
  return {
    PATH: [...folders, join(ROOT, "node_modules/.bin"), PATH].join(delimiter),
    HOME,
    PULUMI_HOME: join(home, "pulumi"),
    PULUMI_BACKEND_URL: `file://${join(home, "state")}`,
    PULUMI_CONFIG_PASSPHRASE: "a passphrase for tests",
    PULUMI_SKIP_UPDATE_CHECK: "true",
    PULUMI_DISABLE_AUTOMATIC_PLUGIN_ACQUISITION: "true",
    PULUMI_ENABLE_STREAMING_JSON_PREVIEW: "true",
    // A program makes garbage of 50 MB in two seconds: room for it saves a fifth of the time.
    NODE_OPTIONS: "--max-semi-space-size=64",
    NODE_COMPILE_CACHE: join(ROOT, ".meridian/compiled"),
  };
}

function start({
  args,
  env,
  cwd,
  input = "",
}: {
  args: readonly string[];
  env: NodeJS.ProcessEnv;
  cwd: string;
  input?: string;
}): Promise<{code: number | null; stdout: string; stderr: string}> {
  const child = spawn("pulumi", args, {cwd, env});
  const said = {stdout: "", stderr: ""};
  for (const name of ["stdout", "stderr"] as const)
    child[name].setEncoding("utf8").on("data", (text: string) => {
      said[name] += text;
    });
  child.stdin.end(input);
  return new Promise((resolve, reject) => {
    child.on("error", reject);
    child.on("close", (code) => resolve({code, ...said}));
  });
}
