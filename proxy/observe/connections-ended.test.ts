import assert from "node:assert/strict";
import {type AddressInfo, connect, createServer, type Socket} from "node:net";
import {type TestContext, test} from "node:test";
import {pino} from "pino";
import {until} from "../../setup/until.ts";
import {frame, greeting, preface} from "../frames.ts";
import {dialHttp2} from "../http2/client.ts";
import {connectRaw, startServer} from "../http2/http2.rig.ts";
import {ConnectionError, ERROR_NAMES, GOAWAY, HEADERS, PING} from "../http2/wire.ts";
import {type Host, startHost, startRig} from "../rig.ts";
import {createMetrics} from "./metrics.ts";

/** What an error code is on the wire, in a GOAWAY. */
const goaway = (code: number) => {
  const payload = Buffer.alloc(8);
  payload.writeUInt32BE(code, 4);
  return frame(GOAWAY, 0, 0, payload);
};

/** A host that says the same to whoever connects first, and is silent to those after. */
async function startRude(t: TestContext, says: Buffer): Promise<Host> {
  const sockets = new Set<Socket>();
  const server = createServer((socket) => {
    socket.on("error", () => {});
    socket.resume();
    if (sockets.size === 0) socket.end(Buffer.concat([greeting(), says]));
    sockets.add(socket);
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  t.after(() => {
    server.close();
    for (const socket of sockets) socket.destroy();
  });
  const {port} = server.address() as AddressInfo;
  return {url: `http://127.0.0.1:${port}`, seen: [], sessions: new Set()};
}

/** Those that are not 0. */
async function counted(metrics: () => Promise<string>) {
  const lines = (await metrics()).matchAll(/^meridian_connections_ended_total\{(.*)\} (\d+)$/gm);
  return [...lines].flatMap(([, labels, count]) => (count === "0" ? [] : [`${labels} ${count}`]));
}

test("each side and error code is counted from the start, and no other is", async (t) => {
  const {metrics} = await startRig(t, {hosts: [await startHost(t, () => {})]});
  const lines = (await metrics()).split("\n").filter((line) => line.startsWith("meridian_connec"));
  assert.equal(lines.length, 2 * (ERROR_NAMES.length - 1));
});

test("a connection of the edge's that ended for a fault is counted by its error code", async (t) => {
  const host = await startHost(t, () => {});
  const {metrics, log, origin} = await startRig(t, {hosts: [host]});
  const ends = {
    PROTOCOL_ERROR: Buffer.from("GET / HTTP/1.1\r\nhost: a\r\n\r\n"),
    FRAME_SIZE_ERROR: Buffer.concat([preface(), frame(PING, 0, 0, Buffer.alloc(7))]),
    COMPRESSION_ERROR: Buffer.concat([preface(), frame(HEADERS, 5, 1, Buffer.from([0x80]))]),
    ENHANCE_YOUR_CALM: Buffer.concat([preface(), goaway(0xb)]),
    INTERNAL_ERROR: Buffer.concat([preface(), goaway(0x1234)]),
  };
  for (const [reason, says] of Object.entries(ends)) {
    const socket = connect(Number(new URL(origin).port), "127.0.0.1");
    t.after(() => void socket.destroy());
    socket.resume().end(says);
    await until(async () => (await counted(metrics)).includes(`side="edge",reason="${reason}" 1`));
  }
  assert.equal((await counted(metrics)).length, 5);
  assert.equal(log.filter((line) => line.includes("connection ended")).length, 5);
  assert.match(await metrics(), /^meridian_faults_total 0$/m);
});

test("so is one of a host's", async (t) => {
  const hosts = [
    await startRude(t, frame(PING, 0, 3, Buffer.alloc(8))),
    await startRude(t, goaway(0xb)),
  ];
  const {metrics} = await startRig(t, {hosts});
  await until(async () => (await counted(metrics)).length === 2);
  assert.deepEqual(
    new Set(await counted(metrics)),
    new Set(['side="host",reason="PROTOCOL_ERROR" 1', 'side="host",reason="ENHANCE_YOUR_CALM" 1']),
  );
});

test("one that ends by agreement, or is gone with its network, is not", async (t) => {
  const host = await startHost(t, () => {});
  const {metrics, origin} = await startRig(t, {hosts: [host]});
  await until(() => host.sessions.size === 1);
  for (const session of host.sessions) session.close();
  const socket = connect(Number(new URL(origin).port), "127.0.0.1");
  socket.write(preface());
  await new Promise<void>((resolve) => socket.once("data", () => resolve()));
  socket.resetAndDestroy();
  await until(() => socket.closed && host.sessions.size === 1);
  assert.deepEqual(await counted(metrics), []);
});

/** Either side of a connection, in whose code an error is thrown: what its end is said to be. */
const sides: Record<string, (t: TestContext, bug: () => never) => Promise<unknown>> = {
  server: (t, bug) =>
    new Promise((ended) => {
      void startServer(t, bug, {ended}).then((port) => {
        const {socket} = connectRaw(t, port);
        socket.write(Buffer.concat([preface(), frame(HEADERS, 5, 1, GET)]));
      });
    }),
  client: async (t, bug) => {
    const origin = `http://127.0.0.1:${await startServer(t, () => {})}`;
    return new Promise((closed) => {
      const windows = {streamWindow: 1 << 16, window: 1 << 20};
      const events = {connected() {}, settled: bug, leaving() {}, closed};
      const socket = dialHttp2({origin, ...windows}, events);
      t.after(() => void socket.destroy());
    });
  },
};
/** Of a proxy that has nothing to tell. */
const sources = {
  healthy: () => true,
  votes: () => [],
  sessions: () => 0,
  policyFault: () => undefined,
  deployments: () => [],
  replicas: () => [],
  quotas: () => [],
  keys: () => [],
};
const GET = Buffer.from("828684410161", "hex");

for (const [side, ends] of Object.entries(sides))
  test(`an error of our own code ends the ${side}'s connection, and is no fault of the peer's`, async (t) => {
    const bug = new TypeError("ours");
    const cause = await ends(t, () => {
      throw bug;
    });
    assert.ok(cause instanceof ConnectionError);
    assert.equal(cause.cause, bug);
    const {connectionEnded, text} = createMetrics({log: pino({enabled: false}), ...sources});
    connectionEnded("edge", cause);
    assert.match(text(), /^meridian_faults_total 1$/m);
    assert.deepEqual(await counted(async () => text()), []);
  });
