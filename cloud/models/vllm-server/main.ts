import {setTimeout as sleep} from "node:timers/promises";
import {A100_7B} from "../batching/speed.ts";
import {readArguments, type Served} from "./arguments.ts";
import {startVllm} from "./server.ts";

/**
 * What runs in place of the vllm program: its arguments and its environment, and three of the stand-in's own, as it
 * has no weights to load or to know a family by: STAND_IN_LOAD_MS, STAND_IN_FAMILY, STAND_IN_FORWARD.
 */
const served = read();
const {VLLM_HTTP_TIMEOUT_KEEP_ALIVE = "5", STAND_IN_LOAD_MS = "0"} = process.env;
await sleep(Number(STAND_IN_LOAD_MS));
const server = await startVllm({
  ...served,
  listen: {host: served.host, port: served.port},
  speed: A100_7B,
  keepAliveMs: 1000 * Number(VLLM_HTTP_TIMEOUT_KEEP_ALIVE),
  family: process.env.STAND_IN_FAMILY,
  forward: process.env.STAND_IN_FORWARD,
});
console.log(`Started server process: ${served.name} on ${served.host}:${server.port}`);
process.once("SIGTERM", () => void server.leave(served.shutdownMs).then(() => process.exit(0)));

function read(): Served {
  try {
    return readArguments(process.argv.slice(2));
  } catch (error) {
    console.error((error as Error).message);
    return process.exit(2);
  }
}
