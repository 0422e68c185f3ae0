import {mkdirSync, readdirSync, readFileSync, writeFileSync} from "node:fs";
import {join} from "node:path";
import {allButFirst, table} from "../dns/table.ts";
import type {Bench} from "./run.ts";
import {runCell} from "./run.ts";

/** The parts of a .cpuprofile that are read here: samples name nodes, and each lasted so long. */
export interface CpuProfile {
  readonly nodes: readonly {
    readonly id: number;
    readonly callFrame: {
      readonly functionName: string;
      readonly url: string;
      readonly lineNumber: number;
    };
  }[];
  readonly samples: readonly number[];
  /** Microseconds. */
  readonly timeDeltas: readonly number[];
}

export interface Share {
  readonly where: string;
  /** Percent of the time that was not idle. */
  readonly percent: number;
}

const OUT = ".meridian/bench/proxy.cpuprofile";
const SHOWN = 30;

/** Runs the proxy under small requests with V8's profiler, and shows whose own time it was. */
export async function profile(bench: Bench, say: (text: string) => void): Promise<void> {
  const {folder} = bench.stage;
  const args = ["--cpu-prof", `--cpu-prof-dir=${folder}`];
  const {fault, figures} = await runCell(bench, {measure: "unary", row: "proxy", round: 1}, args);
  if (fault !== undefined) throw new Error(fault);
  const file = readdirSync(folder).find((name) => name.endsWith(".cpuprofile"));
  if (!file) throw new Error("the proxy left no profile");
  const text = readFileSync(join(folder, file), "utf8");
  mkdirSync(".meridian/bench", {recursive: true});
  writeFileSync(OUT, text);
  const all = shares(JSON.parse(text));
  say(`own time of the proxy's functions, percent of the time that it was busy`);
  say(tableOf(all.slice(0, SHOWN)));
  say(`\nby kind\n${tableOf(kinds(JSON.parse(text)))}`);
  say(
    `\n${figures?.cpuUs?.toFixed(1)} us/request while profiled; written to ${OUT} (any browser's devtools open it)`,
  );
}

const tableOf = (of: readonly Share[]) =>
  table(
    [["where", "%"], ...of.map(({where, percent}) => [where, percent.toFixed(1)])],
    allButFirst,
  ).join("\n");

/** Own time by function, the most first. */
export const shares = (of: CpuProfile): Share[] => sharesBy(of, whereOf);

/** Own time by what a function belongs to, the most first. */
export const kinds = (of: CpuProfile): Share[] => sharesBy(of, kindOf);

type Frame = CpuProfile["nodes"][number]["callFrame"];

function sharesBy(
  {nodes, samples, timeDeltas}: CpuProfile,
  nameOf: (frame: Frame) => string,
): Share[] {
  const names = new Map(nodes.map(({id, callFrame}) => [id, nameOf(callFrame)]));
  const times = new Map<string, number>();
  samples.forEach((id, index) => {
    const name = names.get(id) ?? "";
    if (name !== IDLE) times.set(name, (times.get(name) ?? 0) + (timeDeltas[index] ?? 0));
  });
  const total = [...times.values()].reduce((sum, each) => sum + each, 0);
  return [...times]
    .map(([where, time]) => ({where, percent: (time / total) * 100}))
    .toSorted((a, b) => b.percent - a.percent);
}

const IDLE = "(idle)";

function whereOf({functionName, url, lineNumber}: Frame): string {
  if (!url) return functionName;
  const file = url.split("/").slice(-1)[0];
  return `${functionName || "(anonymous)"} ${url.startsWith("node:") ? url : `${file}:${lineNumber + 1}`}`;
}

function kindOf({functionName, url}: Frame): string {
  if (functionName === IDLE) return IDLE;
  if (functionName === "(garbage collector)") return "garbage collection";
  if (url.startsWith("node:internal/http2")) return "Node's HTTP/2 in JavaScript";
  if (/^node:(internal\/streams|events|internal\/event)/.test(url))
    return "Node's streams and events";
  if (url.startsWith("node:")) return "Node's other JavaScript";
  if (url) return "the proxy and its packages";
  return "native: nghttp2, sockets, V8";
}
