/**
 * Generator and model host in one process, so that one clock times both ends of a request. Started by
 * a run with a channel to it: says its port, takes one cell to measure, says the figures.
 */
import {once} from "node:events";
import type {Granted, Wish} from "../deployment.ts";
import type {Cell, Figures, Hosts, Measure} from "../measures.ts";
import type {Client} from "./asked.ts";
import {bodyOf} from "./bodies.ts";
import {connectClient} from "./client.ts";
import {streams, unary, warm} from "./cost.ts";
import {deploy} from "./deploy.ts";
import {growth, memory} from "./hold.ts";
import {startHost} from "./host.ts";
import {startHttp1Host} from "./http1-host.ts";
import {attacks} from "./idle.ts";
import {pause} from "./pause.ts";
import {cancel, firstByte} from "./wait.ts";

process.on("disconnect", () => process.exit());
const host = await startHost();
const {port: http1Port} = await startHttp1Host(host);

const run: Record<Measure, (client: Client, cell: Cell) => Promise<Figures>> = {
  unary,
  "unary-8k": unary,
  streams,
  "first-byte-200": firstByte,
  "first-byte-2000": firstByte,
  cancel: (client, cell) => cancel(client, cell, host),
  memory,
  growth,
  pause,
  attacks,
  deploy: (client, cell) =>
    deploy(client, cell, {start: () => wish("start"), stop: async () => void (await wish("stop"))}),
};

process.once("message", (cell: Cell) => void measure(cell));
process.send?.({port: host.port, http1Port} satisfies Hosts);

async function measure(cell: Cell) {
  try {
    const client = await connectClient({...cell, body: bodyOf(cell.size)}, cell.size.connections);
    await warm(client, cell.size.warm);
    process.send?.({figures: await run[cell.measure](client, cell)});
  } catch (error) {
    process.send?.({fault: error instanceof Error ? error.message : String(error)});
  }
}

/** Has the run do what the generator cannot. */
async function wish(wish: Wish["wish"]): Promise<string> {
  process.send?.({wish} satisfies Wish);
  const [answer] = (await once(process, "message")) as [Granted | {fault: string}];
  if ("fault" in answer) throw new Error(answer.fault);
  return answer.granted;
}
