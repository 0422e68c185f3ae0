import {fileURLToPath} from "node:url";
import {readWorld} from "../../regions/read.ts";
import {costsOf} from "../cost/cost.ts";
import {report} from "../cost/report.ts";
import {unpricedIn} from "../cost/unpriced.ts";
import {usageOf} from "../cost/usage.ts";
import {exampleStacks} from "../preview/example-stacks.ts";
import {readLoad} from "../scale/load.ts";

const pathOf = (path: string) => fileURLToPath(new URL(`../../${path}`, import.meta.url));

/** How many use each example. */
const people = {"examples/small.yaml": 50, "examples/global.yaml": 2000};

/** What the examples cost, by path. */
export async function exampleCosts(): Promise<Record<string, string>> {
  const load = readLoad(pathOf("ops/scale/load.yaml"));
  const reports: string[] = [];
  for (const [file, count] of Object.entries(people)) {
    const world = readWorld(pathOf(file));
    const usage = usageOf(world, count, load);
    const stacks = await exampleStacks(world);
    const costs = costsOf(world, stacks, usage);
    const told = {people: count, load, usage, costs, unpriced: unpricedIn(stacks)};
    reports.push(`${file}\n\n${report(told)}`);
  }
  return {"examples/cost.txt": reports.join("\n\n")};
}
