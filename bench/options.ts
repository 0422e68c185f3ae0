import {parseArgs} from "node:util";
import {MEASURES, type Measure} from "./measures.ts";
import {ROWS, type Row} from "./targets.ts";

export const HELP = `npm run bench -- [options]

Measures the proxy side by side with what it is held against, each target on one core, generator and
model host on another, in alternating rounds. Prints tables, writes each figure as a JSON line.

  --only ROW,ROW      of: ${ROWS.join(", ")}
                      direct: generator to model host. haproxy, envoy: alone, relaying and nothing
                      else. proxy: as its image runs it, everything on. edge: Envoy, TLS, before it
  --measure NAME,..   of: ${MEASURES.join(", ")}
  --rounds N          medians of N rounds, 1 to 20 (default 3)
  --quick             short and once, under a minute: shows that it works, not how fast it is
  --out FILE          of the JSON lines (default .meridian/bench/TIME.jsonl)
  --cores T,G         the targets' core and the generator's (default 0,1)
  --profile           instead: where the proxy's time goes, from a CPU profile under load
  --help              this text
`;

export interface Options {
  readonly rows: readonly Row[];
  readonly measures: readonly Measure[];
  readonly rounds: number;
  readonly quick: boolean;
  readonly out: string | undefined;
  readonly cores: {readonly target: number; readonly load: number};
  readonly profile: boolean;
  readonly help: boolean;
}

const ROUNDS_MAX = 20;

/** Throws an Error that says what is wrong and what would be right. */
export function readOptions(args: readonly string[]): Options {
  const {values} = parseArgs({
    args: [...args],
    options: {
      only: {type: "string"},
      measure: {type: "string"},
      rounds: {type: "string"},
      quick: {type: "boolean", default: false},
      out: {type: "string"},
      cores: {type: "string", default: "0,1"},
      profile: {type: "boolean", default: false},
      help: {type: "boolean", default: false},
    },
  });
  const {quick, out, profile, help} = values;
  return {
    rows: chosen("--only", values.only, ROWS),
    measures: chosen("--measure", values.measure, MEASURES),
    rounds: roundsOf(values.rounds ?? (quick ? "1" : "3")),
    quick,
    out,
    cores: coresOf(values.cores),
    profile,
    help,
  };
}

/** In the order in which they are known, whatever the order they are given in. */
function chosen<Name extends string>(
  option: string,
  given: string | undefined,
  known: readonly Name[],
): readonly Name[] {
  if (given === undefined) return known;
  const names = given.split(",");
  const wrong = names.filter((name) => !(known as readonly string[]).includes(name));
  if (wrong.length > 0)
    throw new Error(`${option} ${wrong.join(",")}: is unknown; write some of ${known.join(",")}`);
  return known.filter((name) => names.includes(name));
}

function roundsOf(text: string): number {
  const rounds = Number(text);
  if (Number.isInteger(rounds) && rounds >= 1 && rounds <= ROUNDS_MAX) return rounds;
  throw new Error(`--rounds ${text}: write a number from 1 to ${ROUNDS_MAX}`);
}

function coresOf(text: string) {
  const [, target, load] = /^(\d+),(\d+)$/.exec(text) ?? [];
  if (target !== undefined && load !== undefined)
    return {target: Number(target), load: Number(load)};
  throw new Error(`--cores ${text}: write two numbers of cores, for example 0,1`);
}
