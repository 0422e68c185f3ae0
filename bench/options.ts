import {type Given, readAll, UsageError, wholeNumber} from "../ops/command/arguments.ts";
import {MEASURES, type Measure} from "./measures.ts";
import {MAIN, ROWS, type Row} from "./rows.ts";

export const options = {
  only: {
    type: "string",
    value: "ROW,ROW",
    text: `of: ${ROWS.join(", ")}
direct: generator to model host. haproxy, envoy: alone, relaying and nothing
else. proxy: as its image runs it, everything on. edge: Envoy, TLS, before it.
The others are installed first, and measured only when they are named`,
  },
  measure: {type: "string", value: "NAME,..", text: `of: ${MEASURES.join(", ")}`},
  rounds: {
    type: "string",
    value: "N",
    text: "medians of N rounds, 1 to 20 (default 3)",
  },
  quick: {
    type: "boolean",
    default: false,
    text: "short and once, under a minute: shows that it works, not how fast it is",
  },
  out: {
    type: "string",
    value: "FILE",
    text: "of the JSON lines (default .meridian/bench/TIME.jsonl)",
  },
  cores: {
    type: "string",
    value: "T,G",
    default: "0,1",
    text: "the targets' core and the generator's (default 0,1)",
  },
  profile: {
    type: "boolean",
    default: false,
    text: "instead: where the proxy's time goes, from a CPU profile under load",
  },
  routing: {
    type: "boolean",
    default: false,
    text: "instead: ways to share requests among replicas, in simulated time",
  },
} as const;

export interface Options {
  readonly rows: readonly Row[];
  readonly measures: readonly Measure[];
  readonly rounds: number;
  readonly quick: boolean;
  readonly out: string | undefined;
  readonly cores: {readonly target: number; readonly load: number};
  readonly profile: boolean;
  readonly routing: boolean;
}

/** Throws a UsageError that says what is wrong and what would be right. */
export function readOptions({values}: Given<typeof options>): Options {
  const {only, measure, rounds, quick, out, cores, profile, routing} = values;
  const read = readAll({
    rows: () => chosen("--only", only, ROWS, MAIN),
    measures: () => chosen("--measure", measure, MEASURES, MEASURES),
    rounds: () => wholeNumber("--rounds", rounds ?? (quick ? "1" : "3"), 1, 20),
    cores: () => coresOf(cores),
  });
  return {...read, quick, out, profile, routing};
}

/** In the order in which they are known, whatever the order they are given in. */
function chosen<Name extends string>(
  option: string,
  given: string | undefined,
  known: readonly Name[],
  usual: readonly Name[],
): readonly Name[] {
  if (given === undefined) return usual;
  const names = given.split(",");
  const wrong = names.filter((name) => !(known as readonly string[]).includes(name));
  if (wrong.length > 0)
    throw new UsageError(
      `${option} ${wrong.join(",")}: is unknown; write some of ${known.join(",")}`,
    );
  return known.filter((name) => names.includes(name));
}

function coresOf(text: string) {
  const [, target, load] = /^(\d+),(\d+)$/.exec(text) ?? [];
  if (target !== undefined && load !== undefined)
    return {target: Number(target), load: Number(load)};
  throw new UsageError(`--cores ${text}: write two numbers of cores, for example 0,1`);
}
