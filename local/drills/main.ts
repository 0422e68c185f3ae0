import {parseTrace} from "../../editor/trace.ts";
import {type Given, readAll, UsageError, wholeNumber} from "../../ops/command/arguments.ts";
import {runCommand} from "../../ops/command/command.ts";
import {exitCodes} from "../../ops/command/failure.ts";
import {requireWritable, textIn} from "../../ops/command/files.ts";
import {nearest} from "../../regions/meaning.ts";
import {readWorld} from "../../regions/read.ts";
import {drills} from "./drills.ts";
import {record} from "./recorder.ts";
import {ending, eventLine, opening, table} from "./report.ts";
import {shortWorld} from "./short.ts";
import {type Drill, type Event, type Played, play} from "./stage.ts";

const options = {
  list: {type: "boolean", text: "the drills, and what should hold in each"},
  short: {type: "boolean", default: false, text: "a quicker form: three regions, quick probes"},
  people: {type: "string", value: "N", default: "18", text: "who type, 3 to 60 (default 18)"},
  trace: {
    type: "string",
    value: "FILE",
    text: "they type as was recorded, in place of the model of typing",
  },
} as const;

type Values = Given<typeof options>["values"];

await runCommand({
  usage: ["npm run drill -- NAME [options]", "npm run drill -- record FILE"],
  about: `Plays an incident against the service that regions.yaml describes, on this machine, while people type.
Prints what happened and whether the service held; exit 1 when it did not.`,
  operands: {
    all: "every drill one after the other, and a table",
    "record FILE":
      "records your own typing in this terminal as a trace: when, and how much, never what",
  },
  options,
  takesOperands: true,
  run({values, operands}) {
    if (values.list)
      return void console.log(
        drills.map(({name, holds}) => `${name.padEnd(14)}${holds}`).join("\n"),
      );
    return operands[0] === "record" ? recordTyping(operands[1]) : playAll(operands, values);
  },
});

async function recordTyping(path: string | undefined): Promise<number> {
  if (path === undefined)
    throw new UsageError("record needs a file: npm run drill -- record mine.jsonl");
  requireWritable("record", path);
  console.log(`${await record(process.stdin, path)} strokes are in ${path}`);
  return 0;
}

async function playAll(names: readonly string[], values: Values): Promise<number> {
  const {wanted, people} = readAll({
    wanted: () => chosen(names),
    people: () => wholeNumber("--people", values.people, 3, 60),
  });
  const {short, trace: file} = values;
  const trace = file === undefined ? undefined : parseTrace(textIn("--trace", file));
  const played: Played[] = [];
  for (const drill of wanted) {
    const world = short ? shortWorld(readWorld()) : readWorld();
    console.log(opening(drill));
    const told = (event: Event) => console.log(eventLine(event));
    const one = await play(drill, {world, short, people, trace, told});
    console.log(ending(one));
    played.push(one);
  }
  if (played.length > 1) console.log(table(played));
  return played.every(({held}) => held) ? 0 : exitCodes.failed;
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
  throw new UsageError(`${said} The drills are ${known.join(", ")}.`);
}
