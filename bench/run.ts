import {fileURLToPath} from "node:url";
import type {Process} from "../local/world/process.ts";
import type {Children} from "./children.ts";
import {grantDeployment, type Wish} from "./deployment.ts";
import type {Cell, Figures, Hosts, Measure, Size} from "./measures.ts";
import type {Options} from "./options.ts";
import {plans} from "./plans.ts";
import type {Result} from "./report.ts";
import {isGateway, type Row} from "./rows.ts";
import type {Stage} from "./stage.ts";
import {startTarget} from "./targets.ts";

export interface Bench {
  readonly stage: Stage;
  readonly children: Children;
  readonly options: Pick<Options, "cores" | "quick">;
}

export interface Asked {
  readonly measure: Measure;
  readonly row: Row;
  readonly round: number;
}

const LOAD = fileURLToPath(new URL("load/main.ts", import.meta.url));
const ROOT = fileURLToPath(new URL("..", import.meta.url));
/** Growth and pause, the longest, take a minute. */
const CELL_WITHIN_MS = 180_000;
/** Both ends of 10,000 streams and the garbage of 10,000 requests a second. */
const LOAD_ARGS = ["--max-semi-space-size=64", LOAD];

/** Every measure of every row: the rows take turns, round by round. */
export function agenda({
  rows,
  measures,
  rounds,
}: Pick<Options, "rows" | "measures" | "rounds">): Asked[] {
  return measures.flatMap((measure) => {
    const {once, without} = plans[measure];
    const asked = rows.filter((row) => !without?.includes(row));
    return Array.from({length: once ? 1 : rounds}, (_, index) => index + 1).flatMap((round) =>
      asked.map((row) => ({measure, row, round})),
    );
  });
}

/** One measure of one row, on processes started for it alone: nothing of the last one is left. */
export async function runCell(bench: Bench, asked: Asked, nodeArgs?: string[]): Promise<Result> {
  try {
    return {...asked, figures: await measureCell(bench, asked, nodeArgs)};
  } catch (error) {
    return {...asked, fault: error instanceof Error ? error.message : String(error)};
  }
}

async function measureCell(
  {stage, children, options: {cores, quick}}: Bench,
  {measure, row}: Asked,
  nodeArgs: string[] | undefined,
): Promise<Figures> {
  const {execPath: command} = process;
  const load = children.start({command, args: LOAD_ARGS, cwd: ROOT, core: cores.load, ipc: true});
  const hosts = await heard<Hosts>(load);
  const {pauses, replaced} = plans[measure];
  const size = sizeOf(measure, row, quick);
  const place = {stage, children, core: cores.target, hosts, nodeArgs, pauses};
  const target = await startTarget(row, place);
  const {origin, authority, http1, pids, pauses: tells} = target;
  const stopSecond = replaced
    ? grantDeployment(load, target, () => startTarget(row, place))
    : undefined;
  const told = {origin, authority, http1, pids, ...(tells && {pauses: tells})};
  load.child.send({measure, size, tokens: stage.tokens, ...told} satisfies Cell);
  try {
    return (await heard<{figures: Figures}>(load)).figures;
  } finally {
    await Promise.all([target.stop(), stopSecond?.(), children.stop(load)]);
  }
}

/** Gateways are a tenth as fast as relays, or less: what makes a relay warm would take a minute. */
const GATEWAY_SHARE = 0.1;

function sizeOf(measure: Measure, row: Row, quick: boolean): Size {
  const size = plans[measure][quick ? "quick" : "full"];
  return isGateway(row) ? {...size, warm: size.warm * GATEWAY_SHARE} : size;
}

/** What the generator says next. Rejects when it says a fault, nothing in time, or ends. */
function heard<Message extends object>({child, ended, lines}: Process): Promise<Message> {
  const {promise, resolve, reject} = Promise.withResolvers<Message>();
  const late = new Error(`no figures within ${CELL_WITHIN_MS / 1000} s`);
  const timer = setTimeout(reject, CELL_WITHIN_MS, late);
  const hear = (message: Message | {fault: string} | Wish) => {
    if ("fault" in message) reject(new Error(message.fault));
    else if (!("wish" in message)) resolve(message);
  };
  child.on("message", hear);
  void ended.then((how) => reject(new Error(`the generator ended (${how}): ${lines.at(-1)}`)));
  return promise.finally(() => {
    clearTimeout(timer);
    child.off("message", hear);
  });
}
