import {readFileSync} from "node:fs";
import {parseArgs} from "node:util";
import {parseTrace} from "../../editor/trace.ts";
import {nearest} from "../../regions/meaning.ts";
import {readWorld} from "../../regions/read.ts";
import {drills} from "./drills.ts";
import {record} from "./recorder.ts";
import {ending, eventLine, opening, table} from "./report.ts";
import {shortWorld} from "./short.ts";
import {type Drill, type Played, play} from "./stage.ts";

const help = `npm run drill -- NAME [options]
npm run drill -- record FILE

Plays an incident against the service that regions.yaml describes, on this machine, while people type.
Prints what happened and whether the service held; exit 1 when it did not.

  all             every drill one after the other, and a table
  --list          the drills, and what should hold in each
  --short         a quicker form: three regions, quick probes
  --people N      who type, 3 to 60 (default 18)
  --trace FILE    they type as was recorded, in place of the model of typing
  record FILE     records your own typing in this terminal as a trace: when, and how much, never what
  --help          this text
`;

for (const signal of ["SIGINT", "SIGTERM", "SIGHUP"] as const)
  process.once(signal, () => process.exit(130));
try {
  await main();
} catch (error) {
  console.error((error as Error).message);
  process.exit(1);
}

async function main() {
  const {values, positionals} = parseArgs({
    allowPositionals: true,
    options: {
      list: {type: "boolean"},
      short: {type: "boolean", default: false},
      people: {type: "string", default: "18"},
      trace: {type: "string"},
      help: {type: "boolean", short: "h"},
    },
  });
  if (values.help) return void process.stdout.write(help);
  if (values.list)
    return void console.log(drills.map(({name, holds}) => `${name.padEnd(14)}${holds}`).join("\n"));
  const [first, path] = positionals;
  if (first === "record") {
    if (path === undefined)
      throw new Error("record needs a file: npm run drill -- record mine.jsonl");
    return void console.log(`${await record(process.stdin, path)} strokes are in ${path}`);
  }
  const wanted = chosen(positionals);
  const trace =
    values.trace === undefined ? undefined : parseTrace(readFileSync(values.trace, "utf8"));
  const played: Played[] = [];
  for (const drill of wanted) {
    const world = values.short ? shortWorld(readWorld()) : readWorld();
    console.log(opening(drill));
    const one = await play(drill, {
      world,
      short: values.short,
      people: countOf(values.people),
      trace,
      told: (event) => console.log(eventLine(event)),
    });
    console.log(ending(one));
    played.push(one);
  }
  if (played.length > 1) console.log(table(played));
  process.exit(played.every(({held}) => held) ? 0 : 1);
}

function chosen(names: readonly string[]): readonly Drill[] {
  if (names.join() === "all") return drills;
  const found = drills.find(({name}) => name === names.join());
  if (found) return [found];
  const known = [...drills.map(({name}) => name), "all"];
  const said =
    names.length === 0
      ? "name a drill"
      : `"${names.join(" ")}" is not a drill; ${nearest(names.join(), known)}`;
  throw new Error(`${said} The drills are ${known.join(", ")}.`);
}

function countOf(text: string): number {
  const count = Number(text);
  if (Number.isInteger(count) && count >= 3 && count <= 60) return count;
  throw new Error(`--people ${text} is not a number from 3 to 60`);
}
