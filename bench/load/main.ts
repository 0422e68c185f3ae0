/**
 * Generator and model host in one process, so that one clock times both ends of a request. Started by
 * a run with a channel to it: says its port, takes one cell to measure, says the figures.
 */
import type {Cell, Figures, Measure} from "../measures.ts";
import {bodyOf} from "./bodies.ts";
import {type Client, connectClient} from "./client.ts";
import {streams, unary, warm} from "./cost.ts";
import {growth, memory} from "./hold.ts";
import {type Host, startHost} from "./host.ts";
import {attacks} from "./idle.ts";
import {pause} from "./pause.ts";
import {cancel, firstByte} from "./wait.ts";

const run: Record<Measure, (client: Client, cell: Cell, host: Host) => Promise<Figures>> = {
  unary,
  "unary-8k": unary,
  streams,
  "first-byte-200": firstByte,
  "first-byte-2000": firstByte,
  cancel,
  memory,
  growth,
  pause,
  attacks,
};

process.on("disconnect", () => process.exit());
const host = await startHost();
process.on("message", (cell: Cell) => void measure(cell));
process.send?.({port: host.port});

async function measure(cell: Cell) {
  try {
    const client = await connectClient({...cell, body: bodyOf(cell.size)}, cell.size.connections);
    await warm(client, cell.size.warm);
    process.send?.({figures: await run[cell.measure](client, cell, host)});
  } catch (error) {
    process.send?.({fault: error instanceof Error ? error.message : String(error)});
  }
}
