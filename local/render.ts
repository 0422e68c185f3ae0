import {mkdirSync, readFileSync, writeFileSync} from "node:fs";
import {dirname, join} from "node:path";
import {parseArgs} from "node:util";
import {z} from "zod";
import {planOf} from "../dns/plan.ts";
import {assignments, report} from "../dns/report.ts";
import {profilesOf} from "../dns/traffic-manager.ts";
import {readWorld} from "../regions/read.ts";
import {fileSchema} from "../regions/schema.ts";

const help = `npm run render -- [--check]

Renders what is committed but follows from other files: the JSON Schema of regions.yaml, and what its
plan gives each place.

  --check  writes nothing; fails if a file is not what would be rendered
  --help   this text
`;

const root = join(import.meta.dirname, "..");

try {
  main();
} catch (error) {
  console.error((error as Error).message);
  process.exitCode = 1;
}

function main(): void {
  const {values} = parseArgs({
    options: {check: {type: "boolean"}, help: {type: "boolean", short: "h"}},
  });
  if (values.help) return void process.stdout.write(help);
  const stale = Object.entries(rendered()).filter(([path, text]) => !isFresh(path, text));
  if (!values.check) for (const file of stale) write(file);
  else if (stale.length > 0) refuse(stale.map(([path]) => path));
}

function refuse(stale: readonly string[]): never {
  throw new Error(`Not fresh: ${stale.join(", ")}. Run npm run render and commit what it changes.`);
}

/** Every rendered file by its path. */
function rendered(): Record<string, string> {
  const world = readWorld();
  const plan = planOf(world);
  return {
    "regions/schema.json": json(z.toJSONSchema(fileSchema, {io: "input"})),
    "dns/rendered/plan.txt": `${report(world, plan)}\n${assignments(plan)}`,
    "dns/rendered/traffic-manager.json": json(profilesOf(world, plan)),
  };
}

function json(value: unknown): string {
  return `${JSON.stringify(value, null, 2)}\n`;
}

function isFresh(path: string, text: string): boolean {
  try {
    return readFileSync(join(root, path), "utf8") === text;
  } catch {
    return false;
  }
}

function write([path, text]: [string, string]): void {
  mkdirSync(dirname(join(root, path)), {recursive: true});
  writeFileSync(join(root, path), text);
  console.log(`rendered ${path}`);
}
