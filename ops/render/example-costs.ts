import {fileURLToPath} from "node:url";
import {readWorld} from "../../regions/read.ts";
import {billOf} from "../cost/bill.ts";
import {report} from "../cost/report.ts";
import {usualUse} from "../cost/usage.ts";
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
    const use = usualUse(world, count, load);
    const bill = billOf(world, await exampleStacks(world), use, load);
    reports.push(`${file}\n\n${report(bill)}`);
  }
  return {"examples/cost.txt": reports.join("\n\n")};
}
