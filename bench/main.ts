import {appendFileSync} from "node:fs";
import {type Interrupts, runCommand} from "../ops/command/command.ts";
import {exitCodes} from "../ops/command/failure.ts";
import {writeText} from "../ops/command/files.ts";
import {againstAims} from "./aims.ts";
import {createChildren} from "./children.ts";
import {describe, machine, outOfReach} from "./machine.ts";
import {type Options, options, readOptions} from "./options.ts";
import {plans} from "./plans.ts";
import {profile} from "./profile.ts";
import {type Result, report} from "./report.ts";
import {againstRoutingAims} from "./routing/aims.ts";
import {compare} from "./routing/comparison.ts";
import {routingReport} from "./routing/report.ts";
import {LOOKING_UP, SETTINGS} from "./routing/setting.ts";
import {agenda, type Bench, runCell} from "./run.ts";
import {createStage} from "./stage.ts";
import {missing} from "./targets.ts";

await runCommand({
  usage: ["npm run bench -- [options]"],
  about: `Measures the proxy side by side with what it is held against, each target on one core, generator and
model host on another, in alternating rounds. Prints tables, writes each figure as a JSON line.`,
  options,
  read: readOptions,
  run: bench,
});

async function bench(options: Options, interrupts: Interrupts) {
  if (options.routing) return compareRouting(openLines(options));
  if (process.platform !== "linux")
    throw new Error("bench needs Linux: it reads /proc, and pins by taskset");
  const children = createChildren();
  const stage = await createStage();
  const stop = async () => {
    await children.stopAll();
    stage.close();
  };
  interrupts.on(() => void stop().then(() => process.exit(exitCodes.interrupted)));
  try {
    const bench = {stage, children, options};
    console.log(`${describe(machine())}\n`);
    if (!options.profile) return await measureAll(bench, options);
    await profile(bench, console.log);
    return 0;
  } finally {
    await stop();
  }
}

/** A row for each way of routing: of people who look up for long, and of people who type in one go. */
function compareRouting(lines: Lines): number {
  for (const setting of SETTINGS) {
    const comparison = compare(setting, (step) => console.error(step));
    for (const {name, figures} of comparison.rows)
      lines.write({routing: name, patience: setting.patience, ...figures});
    console.log(`${routingReport(setting, comparison)}\n`);
    if (setting === LOOKING_UP) console.log(`${againstRoutingAims(comparison)}\n`);
  }
  console.log(`written to ${lines.path}`);
  return 0;
}

/** Prints each measure's table as soon as it is complete. */
async function measureAll(bench: Bench, options: Options): Promise<number> {
  const {rows, lines} = {rows: runnable(options), lines: openLines(options)};
  lines.write({machine: machine()});
  const results: Result[] = [];
  for (const measure of measurable(options)) {
    const asked = agenda({...options, rows, measures: [measure]});
    for (const cell of asked) {
      console.error(`${cell.measure} ${cell.row}, round ${cell.round}`);
      const result = await runCell(bench, cell);
      lines.write(result);
      results.push(result);
    }
    if (asked.length > 0) console.log(`${report(measure, results)}\n`);
  }
  const aims = againstAims(results, options.quick);
  if (aims) console.log(`${aims}\n`);
  console.log(`written to ${lines.path}`);
  return results.some(({fault}) => fault !== undefined) ? exitCodes.failed : 0;
}

/** The rows that can be run here. */
function runnable({rows}: Options) {
  return rows.filter((row) => !isLeftOut(row, missing(row)));
}

/** The measures that can be taken here. */
function measurable({measures, quick}: Options) {
  const size = quick ? "quick" : "full";
  return measures.filter((measure) => !isLeftOut(measure, outOfReach(plans[measure][size])));
}

/** What is not run is said loudly. */
function isLeftOut(name: string, why: string | undefined): boolean {
  if (why) console.log(`NOT RUN: ${name}: ${why}\n`);
  return why !== undefined;
}

interface Lines {
  readonly path: string;
  readonly write: (line: object) => void;
}

function openLines({out}: Options): Lines {
  const time = new Date().toISOString().slice(0, 19).replaceAll(":", "-");
  const path = out ?? `.meridian/bench/${time}.jsonl`;
  writeText("--out", path, "");
  return {path, write: (line: object) => appendFileSync(path, `${JSON.stringify(line)}\n`)};
}
