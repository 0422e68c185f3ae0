import assert from "node:assert/strict";
import {type ChildProcess, fork} from "node:child_process";
import {once} from "node:events";
import {setFlagsFromString} from "node:v8";
import {runInNewContext} from "node:vm";
import {until} from "../../../setup/until.ts";
import {connectClient, startServer} from "../http2.rig.ts";
import {end, writeHeaders} from "../sending.ts";

/** What a connection that says nothing may cost us, beside what the system holds of it. */
const MOST_BYTES = 16 << 10;
/** What may be left of one that has ended. */
const LEFT_BYTES = 1 << 10;
/** What is made once, for the first that come. */
const WARM = 100;

const PEERS = new URL("./peers.rig.ts", import.meta.url);
const asked = {":method": "GET", ":scheme": "http", ":authority": "a", ":path": "/"};

interface Cleanup {
  after(run: () => void | Promise<void>): void;
}

/** Has others hold connections open that say no more than they must: who asks is served, and what they cost is given back. */
export async function holdIdle(t: Cleanup, count: number): Promise<void> {
  const port = await startServer(t, ({stream}) => {
    writeHeaders(stream, {":status": 200});
    end(stream, Buffer.from("hello"));
  });
  const other = await connectClient(t, port);
  const isServed = async () => assert.equal(`${(await other.ask(asked)).body}`, "hello");
  await isServed();
  await (await openIdle(t, port, WARM))();
  const before = usedBytes();
  const close = await openIdle(t, port, count);
  await isServed();
  const cost = (usedBytes() - before) / count;
  assert.ok(cost < MOST_BYTES, `${cost} bytes each`);
  await close();
  await until(() => usedBytes() - before < LEFT_BYTES * count, {withinMs: 60_000, everyMs: 200});
  await isServed();
}

/** Resolves once all of them are greeted, with what ends them. */
async function openIdle(t: Cleanup, port: number, count: number): Promise<() => Promise<void>> {
  const peers = fork(PEERS, [`${port}`, `${count}`]);
  t.after(() => void peers.kill());
  await Promise.race([once(peers, "message"), fails(peers)]);
  return async () => {
    const ended = once(peers, "exit");
    peers.kill();
    await ended;
  };
}

async function fails(peers: ChildProcess): Promise<never> {
  const [code] = await once(peers, "exit");
  throw new Error(`connections could not be opened: exit code ${code}`);
}

setFlagsFromString("--expose-gc");
const collect: () => void = runInNewContext("gc");

/** In use by what is still reachable. */
function usedBytes(): number {
  collect();
  const {heapUsed, external} = process.memoryUsage();
  return heapUsed + external;
}
