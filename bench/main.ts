import {appendFileSync, mkdirSync, writeFileSync} from "node:fs";
import {dirname} from "node:path";
import {createChildren} from "./children.ts";
import {describe, machine} from "./machine.ts";
import {HELP, type Options, readOptions} from "./options.ts";
import {profile} from "./profile.ts";
import {type Result, report} from "./report.ts";
import {agenda, type Bench, runCell} from "./run.ts";
import {createStage} from "./stage.ts";
import {missing} from "./targets.ts";

await main();

async function main() {
  try {
    const options = readOptions(process.argv.slice(2));
    if (options.help) return void process.stdout.write(HELP);
    if (process.platform !== "linux")
      throw new Error("needs Linux: it reads /proc, and pins by taskset");
    await bench(options);
  } catch (error) {
    console.error(`bench: ${error instanceof Error ? error.message : error}`);
    process.exitCode = 1;
  }
}

async function bench(options: Options) {
  const children = createChildren();
  const stage = await createStage();
  const stop = async () => {
    await children.stopAll();
    stage.close();
  };
  for (const signal of ["SIGINT", "SIGTERM", "SIGHUP"] as const)
    process.once(signal, () => void stop().then(() => process.exit(130)));
  try {
    const bench = {stage, children, options};
    console.log(`${describe(machine())}\n`);
    if (options.profile) await profile(bench, console.log);
    else await measureAll(bench, options);
  } finally {
    await stop();
  }
}

/** Prints each measure's table as soon as it is had. */
async function measureAll(bench: Bench, options: Options) {
  const {rows, lines} = {rows: runnable(options), lines: openLines(options)};
  lines.write({machine: machine()});
  const results: Result[] = [];
  for (const measure of options.measures) {
    const asked = agenda({...options, rows, measures: [measure]});
    for (const cell of asked) {
      console.error(`${cell.measure} ${cell.row}, round ${cell.round}`);
      const result = await runCell(bench, cell);
      lines.write(result);
      results.push(result);
    }
    console.log(`${report(measure, results)}\n`);
  }
  console.log(`written to ${lines.path}`);
  if (results.some(({fault}) => fault !== undefined)) process.exitCode = 1;
}

/** The rows that can be run here; of the others it says loudly that they are not. */
function runnable({rows}: Options) {
  return rows.filter((row) => {
    const why = missing(row);
    if (why) console.log(`NOT RUN: ${row}: ${why}\n`);
    return why === undefined;
  });
}

function openLines({out}: Options) {
  const time = new Date().toISOString().slice(0, 19).replaceAll(":", "-");
  const path = out ?? `.meridian/bench/${time}.jsonl`;
  mkdirSync(dirname(path), {recursive: true});
  writeFileSync(path, "");
  return {path, write: (line: object) => appendFileSync(path, `${JSON.stringify(line)}\n`)};
}
