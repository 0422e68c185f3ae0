import {table} from "../dns/table.ts";
import type {Measure} from "./measures.ts";
import {median} from "./numbers.ts";
import {type Result, valuesOf} from "./report.ts";
import type {Row} from "./rows.ts";

/** What a figure of a row is held to: so many of a unit, or so many times another row's. */
interface Aim {
  readonly what: string;
  readonly measure: Measure;
  readonly key: string;
  /** The proxy, if it is not said. */
  readonly row?: Row;
  /** What is judged is how much more it is than the direct row's, on both sides. */
  readonly overDirect?: boolean;
  readonly unit: "us" | "MB" | "ms";
  readonly most: {readonly figure: number} | {readonly times: number; readonly of: Row};
}

/** Of 200,000 requests that is 25 bytes each: less than anything that could be kept of one. */
const NO_GROWTH_MB = 5;

const cpu = (measure: Measure, times: number, of: Row): Aim => ({
  what: `${measure}, CPU`,
  measure,
  key: "cpuUs",
  unit: "us",
  most: {times, of},
});

const region = (measure: Measure): Aim => ({
  ...cpu(measure, 1.6, "envoy"),
  what: `${measure}, CPU of edge and proxy`,
  row: "edge",
});

const wait = (measure: Measure, key: "p50" | "p99", times: number, of: Row): Aim => ({
  what: `${measure}, ${key} over direct`,
  measure,
  key,
  overDirect: true,
  unit: "us",
  most: {times, of},
});

export const AIMS: readonly Aim[] = [
  cpu("unary", 1.5, "haproxy"),
  cpu("unary", 0.75, "envoy"),
  cpu("unary-8k", 1.5, "haproxy"),
  cpu("unary-8k", 0.75, "envoy"),
  cpu("streams", 1.15, "haproxy"),
  cpu("streams", 1, "envoy"),
  wait("first-byte-2000", "p50", 1, "envoy"),
  wait("first-byte-2000", "p99", 1.5, "haproxy"),
  {
    what: "cancel, p50",
    measure: "cancel",
    key: "p50",
    unit: "us",
    most: {times: 1, of: "envoy"},
  },
  {
    what: "memory, 10,000 open",
    measure: "memory",
    key: "mb10000",
    unit: "MB",
    most: {figure: 150},
  },
  region("unary"),
  region("streams"),
  {
    what: "growth over 200,000 requests",
    measure: "growth",
    key: "grown",
    unit: "MB",
    most: {figure: NO_GROWTH_MB},
  },
  {
    what: "longest pause in a minute at 2,000/s",
    measure: "pause",
    key: "pauseMs",
    unit: "ms",
    most: {figure: 20},
  },
];

/**
 * Each aim of a run's measures as reached or not, by the medians of all rounds, or as not measured; undefined where a
 * run has none of the proxy's figures.
 */
export function againstAims(results: readonly Result[], quick: boolean): string | undefined {
  const aims = AIMS.filter(({measure, row = "proxy"}) =>
    results.some((result) => result.measure === measure && result.row === row),
  );
  if (aims.length === 0) return undefined;
  const lines = aims.map((aim) => lineOf(aim, results));
  const head = ["of the proxy", "at most", "measured", ""];
  const title = `against the aims${quick ? ", by a run that is too short to tell" : ""}`;
  return [title, ...table([head, ...lines], (column) => column === 1 || column === 2)].join("\n");
}

function lineOf(aim: Aim, results: readonly Result[]): string[] {
  const measured = figureOf(aim, aim.row ?? "proxy", results);
  const limit = limitOf(aim, results);
  const asked = "of" in aim.most ? `${aim.most.times} x ${aim.most.of}'s` : "";
  if (measured === undefined || limit === undefined)
    return [aim.what, asked || shown(aim, limit), shown(aim, measured), "NOT MEASURED"];
  return [
    aim.what,
    `${asked && `${asked}, `}${shown(aim, limit)}`,
    shown(aim, measured),
    measured <= limit ? "reached" : "not reached",
  ];
}

function limitOf(aim: Aim, results: readonly Result[]): number | undefined {
  if ("figure" in aim.most) return aim.most.figure;
  const other = figureOf(aim, aim.most.of, results);
  return other === undefined ? undefined : other * aim.most.times;
}

function figureOf(
  {measure, key, overDirect}: Aim,
  row: Row,
  results: readonly Result[],
): number | undefined {
  const middle = (of: Row) => {
    const own = results.filter((result) => result.measure === measure && result.row === of);
    const values = valuesOf(own, key);
    return values.length === 0 ? undefined : median(values);
  };
  const [own, direct] = [middle(row), overDirect ? middle("direct") : 0];
  return own === undefined || direct === undefined ? undefined : own - direct;
}

const shown = ({unit}: Aim, value: number | undefined) =>
  value === undefined ? "-" : `${value.toLocaleString("en", {maximumFractionDigits: 1})} ${unit}`;
