import {randomBytes} from "node:crypto";
import {existsSync, mkdirSync, readdirSync, readFileSync, writeFileSync} from "node:fs";
import {basename, join} from "node:path";
import {fileURLToPath} from "node:url";
import {parse} from "yaml";
import {type Given, UsageError} from "../command/arguments.ts";
import {runCommand} from "../command/command.ts";
import {namesIn, pulumi} from "../pulumi.ts";
import {importable, readableConfig, type View, viewOf} from "./view.ts";

const configFolder = fileURLToPath(new URL("../../infra/config/", import.meta.url));

await runCommand({
  usage: ["npm run state -- export FOLDER", "npm run state -- import FOLDER"],
  about: `Shows the state of all stacks to those who may not see their secrets, such as a branch that CI previews.
export writes a file for each stack of the backend that pulumi is logged in to, with every secret masked. import
makes stacks of such files in another backend, one of files, in which pulumi previews as it would in the first.
Why so: docs/decisions/masked-state.md`,
  options: {},
  takesOperands: true,
  notes: `import writes into infra/config/ what is masked in place of what is encrypted: use a checkout that is thrown
away. It reads PULUMI_BACKEND_URL, and secrets are encrypted by PULUMI_CONFIG_PASSPHRASE, whatever it says.`,
  read,
  run: ({verb, folder}) => void (verb === "export" ? exportAll(folder) : importAll(folder)),
});

function read({operands: [verb, folder, ...others]}: Given<Record<string, never>>) {
  const isImport = verb === "import";
  const {PULUMI_BACKEND_URL = "", PULUMI_CONFIG_PASSPHRASE} = process.env;
  const faults = [
    isImport || verb === "export" ? "" : "begin with export or import",
    folder === undefined || others.length > 0 ? "name the one folder" : "",
    isImport && !PULUMI_BACKEND_URL.startsWith("file://")
      ? "import: set PULUMI_BACKEND_URL to file://FOLDER; a backend that others share is left alone"
      : "",
    isImport && PULUMI_CONFIG_PASSPHRASE === undefined
      ? "import: set PULUMI_CONFIG_PASSPHRASE; to anything, as nothing is secret"
      : "",
  ].filter(Boolean);
  if (folder === undefined || faults.length > 0) throw new UsageError(...faults);
  return {verb, folder};
}

function exportAll(folder: string): void {
  // Kept by nobody: what is masked cannot be guessed at.
  const salt = randomBytes(32).toString("base64");
  const shown = (...args: string[]) => JSON.parse(pulumi([...args, "--show-secrets"]));
  mkdirSync(folder, {recursive: true});
  for (const stack of namesIn(pulumi(["stack", "ls", "--json"]))) {
    const state = shown("stack", "export", "--stack", stack);
    const config = shown("config", "--json", "--stack", stack);
    const view = viewOf({state, config}, salt);
    writeFileSync(join(folder, `${stack}.json`), JSON.stringify(view, null, 2));
    console.log(`${stack}: ${Object.keys(view.config).length} secret settings masked`);
  }
}

function importAll(folder: string): void {
  for (const file of readdirSync(folder).filter((name) => name.endsWith(".json"))) {
    const view = JSON.parse(readFileSync(join(folder, file), "utf8")) as View;
    importStack(basename(file, ".json"), view);
  }
}

function importStack(stack: string, view: View): void {
  const file = join(configFolder, `Pulumi.${stack}.yaml`);
  const {yaml, unknown} = readableConfig(existsSync(file) ? readFileSync(file, "utf8") : "", view);
  writeFileSync(file, yaml);
  pulumi(["stack", "init", stack, "--no-select", "--secrets-provider", "passphrase"]);
  const {encryptionsalt} = parse(readFileSync(file, "utf8"));
  pulumi(["stack", "import", "--stack", stack], importable(view, encryptionsalt));
  console.log(`${stack}: is there`);
  for (const key of unknown)
    console.error(
      `warning: ${stack}: ${key} is secret and new; what becomes of it is not seen here`,
    );
}
