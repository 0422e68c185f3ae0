import {mkdirSync, readFileSync, writeFileSync} from "node:fs";
import {dirname, join} from "node:path";
import {z} from "zod";
import {latencyReport} from "../../dns/latency/latency-report.ts";
import {withoutRegions} from "../../dns/lost.ts";
import {drawMap} from "../../dns/map/map.ts";
import {octodnsFiles} from "../../dns/octodns/octodns-files.ts";
import {planOf} from "../../dns/plan.ts";
import {assignments, report} from "../../dns/report.ts";
import {profilesOf} from "../../dns/traffic-manager/traffic-manager.ts";
import {readWorld} from "../../regions/read.ts";
import {fileSchema} from "../../regions/schema.ts";
import {runCommand} from "../command/command.ts";
import {exampleCosts} from "./example-costs.ts";
import {helpTexts} from "./help-texts.ts";
import {infraFiles} from "./infra-files.ts";
import {reviewingPage} from "./region-added.ts";
import {stackPages} from "./stack-pages.ts";

const root = join(import.meta.dirname, "../..");

await runCommand({
  usage: ["npm run render -- [--check]"],
  about: `Renders what is committed but follows from other files: the JSON Schema of regions.yaml; its DNS plan
as a table, as Traffic Manager's profiles, as octoDNS's zone and as maps; the fit of the latency
model; what each stack asks for and what Envoy is told, of a world that shows all of it; the pages that
say what each stack is made of; what the examples cost; what a review says of a region that is added; the
help of every command.`,
  options: {
    check: {
      type: "boolean",
      text: "writes nothing; fails if a file is not what would be rendered",
    },
  },
  async run({values}) {
    const stale = Object.entries(await rendered()).filter(([path, text]) => !isFresh(path, text));
    if (!values.check) for (const file of stale) write(file);
    else if (stale.length > 0) refuse(stale.map(([path]) => path));
  },
});

function refuse(stale: readonly string[]): never {
  throw new Error(`Not fresh: ${stale.join(", ")}. Run npm run render and commit what it changes.`);
}

/** Every rendered file, by path. */
async function rendered(): Promise<Record<string, string>> {
  const world = readWorld();
  const plan = planOf(world);
  const {home} = world.service;
  return {
    "setup/command/help.json": json(helpTexts()),
    "regions/schema.json": json(z.toJSONSchema(fileSchema, {io: "input"})),
    "dns/rendered/plan.txt": `${report(world, plan)}\n${assignments(plan)}`,
    "dns/rendered/traffic-manager.json": json(profilesOf(world, plan)),
    "dns/rendered/latency.txt": latencyReport(),
    "dns/rendered/map.svg": drawMap(world, plan),
    [`dns/rendered/map-without-${home}.svg`]: drawMap(world, withoutRegions(plan, [home]), [home]),
    ...Object.fromEntries(
      Object.entries(octodnsFiles(world, plan)).map(([name, text]) => [
        `dns/rendered/octodns/${name}`,
        text,
      ]),
    ),
    ...(await infraFiles()),
    ...(await stackPages()),
    ...(await exampleCosts()),
    ...(await reviewingPage()),
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
