import assert from "node:assert/strict";
import {mkdtempSync, rmSync, writeFileSync} from "node:fs";
import type {ClientHttp2Session, ClientHttp2Stream} from "node:http2";
import {tmpdir} from "node:os";
import {join} from "node:path";
import {describe, type TestContext, test} from "node:test";
import {pino} from "pino";
import type {EdgeLimits} from "../../infra/envoy/limits.ts";
import {bundle} from "../../infra/image/bundle.ts";
import {preface, request, reset} from "../../proxy/frames.ts";
import {
  answerEvents,
  ask,
  COMPLETIONS,
  DONE,
  event,
  open,
  type Rig,
  startHost,
  startRig,
} from "../../proxy/rig.ts";
import {startProxy} from "../../proxy/start.ts";
import {until} from "../../setup/until.ts";
import {startProcess} from "../world/process.ts";
import {type Edge, freeAddress, notRun, startEdge} from "./edge.rig.ts";

const PORT = 8080;

async function startService(t: TestContext) {
  const host = await startHost(t, ({headers, stream}) => {
    answerEvents(stream);
    stream.write(event("one"));
    if (headers["x-request-id"] === "whole") stream.end(DONE);
  });
  const limits = {bodyBytes: 1 << 20, perSecond: 1e6, burst: 1e6, streams: 1e6};
  const rig = await startRig(t, {hosts: [host], rules: {limits}});
  return {rig, host, bearer: {authorization: `Bearer ${await rig.token()}`}};
}

/** A proxy like the rig's at an address of its own. */
const startAt = (rig: Rig, host: string) =>
  startProxy({
    config: {...rig.config, LISTEN: {host, port: PORT}, ADMIN: {host, port: 0}},
    log: pino({level: "silent"}),
  });

const startEdgeBefore = async (
  t: TestContext,
  addresses: readonly string[],
  limits: Partial<EdgeLimits> = {},
) => {
  const proxies = {addresses: () => addresses, port: PORT};
  const edge = await startEdge(t, {proxies, limits: {voteS: 0.1, ...limits}});
  await until(async () => (await edge.stat(WELL)) === addresses.length);
  return edge;
};

const WELL = "cluster.proxy.membership_healthy";
const LIMITED = "connection.http_local_rate_limit.rate_limited";
/** Many times what the edge lets through at once. */
const ATTACK_MOST = 200_000;

/**
 * Connections to proxies, of those that requests share. A question for the vote has one of its own, which
 * Envoy gives up when the answer is late, as on a machine with much to do.
 */
async function connectionsLost(edge: Edge): Promise<number> {
  const late = await edge.stat("cluster.proxy.health_check.network_failure");
  return (await edge.stat("cluster.proxy.upstream_cx_destroy")) - late;
}

/** A service at which somebody else is typing. */
async function besideAnother(t: TestContext) {
  const {rig, bearer} = await startService(t);
  const address = freeAddress();
  const pod = await startAt(rig, address);
  t.after(() => pod.stop({waitMs: 0, limitMs: 0}));
  const edge = await startEdgeBefore(t, [address]);
  let done = false;
  const other = type(edge.connect(), bearer, () => done);
  await until(async () => (await edge.stat("http.edge.downstream_rq_2xx")) > 0);
  const before = await connectionsLost(edge);

  /** Nothing of the other's failed, and no connection to a proxy was lost. */
  async function unharmed() {
    done = true;
    assert.deepEqual((await other).faults, []);
    assert.equal(await connectionsLost(edge), before);
  }

  return {edge, bearer, unharmed};
}

interface Bearer {
  readonly authorization: string;
}

/** Asks on one connection, one request after the other, until told to stop; resolves to what went wrong. */
async function type(client: ClientHttp2Session, bearer: Bearer, stopped: () => boolean) {
  const faults: unknown[] = [];
  client.on("goaway", (code) => faults.push({goaway: code}));
  let count = 0;
  let worstMs = 0;
  for (; !stopped(); count++) {
    const askedMs = performance.now();
    const {status, code, text} = await ask(client, {
      headers: {...bearer, "x-request-id": "whole"},
    });
    worstMs = Math.max(worstMs, performance.now() - askedMs);
    if (status !== 200 || code !== 0) faults.push({status, code, text});
    await cancelled(open(client, {headers: {...bearer, "x-request-id": "left"}}));
  }
  return {faults, count, worstMs};
}

async function cancelled(stream: ClientHttp2Stream) {
  await firstByte(stream);
  stream.close(8);
  await closed(stream);
}

const firstByte = (stream: ClientHttp2Stream) =>
  new Promise((resolve) => stream.once("data", resolve).once("close", resolve));

const closed = (stream: ClientHttp2Stream) =>
  new Promise((resolve) => (stream.destroyed ? resolve(0) : stream.once("close", resolve)));

describe("the service under storms", {skip: notRun}, () => {
  test("100 proxies replaced under load: nothing fails, nobody reconnects", async (t) => {
    const {rig, bearer} = await startService(t);
    const addresses = Array.from({length: 40}, freeAddress);
    const pods = await Promise.all(addresses.map((address) => startAt(rig, address)));
    // Ten looks of the edge, as a real one has more than two.
    const drain = {waitMs: 1000, limitMs: 5000};
    t.after(() => Promise.all(pods.map((pod) => pod.stop({waitMs: 0, limitMs: 0}))).then(() => {}));
    const edge = await startEdgeBefore(t, addresses);
    let done = false;
    const typists = Array.from({length: 10}, () => type(edge.connect(), bearer, () => done));
    for (let round = 0; round < 5; round++) {
      const from = (round % 2) * 20;
      await Promise.all(
        addresses.slice(from, from + 20).map(async (address, index) => {
          await pods[from + index]!.stop(drain);
          pods[from + index] = await startAt(rig, address);
        }),
      );
      await until(async () => (await edge.stat(WELL)) === addresses.length);
    }
    done = true;
    const told = await Promise.all(typists);
    assert.deepEqual(
      told.flatMap(({faults}) => faults),
      [],
      edge.lines.join("\n"),
    );
    assert.ok(told.every(({count}) => count > 0));
    assert.equal(await edge.stat("http.edge.downstream_cx_total"), 10);
  });

  test("a proxy killed: its open streams are reset by INTERNAL_ERROR, all else goes on", async (t) => {
    const {rig, bearer, host} = await startService(t);
    const [victim, other] = [freeAddress(), freeAddress()];
    const pod = await startAt(rig, other);
    t.after(() => pod.stop({waitMs: 0, limitMs: 0}));
    const running = await startProgram(t, rig, victim);
    const edge = await startEdgeBefore(t, [victim, other]);
    const client = edge.connect();
    const streams = Array.from({length: 40}, () =>
      open(client, {headers: {...bearer, "x-request-id": "left"}}),
    );
    await Promise.all(streams.map(firstByte));
    running.child.kill("SIGKILL");
    await running.ended;
    await until(async () => (await edge.stat(WELL)) === 1);
    for (const {stream} of host.seen) if (!stream.destroyed) stream.end(DONE);
    await Promise.all(streams.map(closed));
    assert.deepEqual(new Set(streams.map(({rstCode}) => rstCode)), new Set([0, 2]));
    const after = await ask(client, {headers: {...bearer, "x-request-id": "whole"}});
    assert.deepEqual([after.status, after.code, client.destroyed], [200, 0, false]);
  });

  test("5,000 cancels by one client: another is unharmed", async (t) => {
    const {edge, bearer, unharmed} = await besideAnother(t);
    const stormy = edge.connect();
    for (let wave = 0; wave < 50; wave++)
      await Promise.all(
        Array.from({length: 100}, () =>
          cancelled(open(stormy, {headers: {...bearer, "x-request-id": "left"}})),
        ),
      );
    await unharmed();
    assert.equal(stormy.destroyed, false);
  });

  test("Rapid Reset: the attacker is limited, others and the proxies' connections are unharmed", async (t) => {
    const {edge, bearer, unharmed} = await besideAnother(t);
    await attack(edge, cancelling(bearer));
    await unharmed();
  });
});

/** What it takes to harm others where no limit of requests stands in the way: an attacker has many connections. */
describe("nobody cuts another's stream", {skip: notRun}, () => {
  const attacks: Record<string, (bearer: Bearer) => Burst | Burst[]> = {
    "cancels with a token": cancelling,
    "cancels without a token": () => cancelling({}),
    "cancels after a body without a token": () => (id) =>
      Buffer.concat([request(id, post({}), "x".repeat(1000)), reset(id, 8)]),
    "an empty name": (bearer) => (id) => request(id, {...post(bearer), ":authority": ""}, "{}"),
    "no name": (bearer) => (id) => {
      const {":authority": _, ...others} = post(bearer);
      return request(id, others, "{}");
    },
    "headers that HTTP/2 forbids": (bearer) =>
      odd.map((headers) => (id) => request(id, {...post(bearer), ...headers}, "{}")),
    "two lengths": (bearer) => (id) => request(id, {...post(bearer), "content-length": "1"}, "{}"),
  };
  for (const [name, burstOf] of Object.entries(attacks))
    test(`10,000 requests over several connections: ${name}`, async (t) => {
      const {rig, bearer, host} = await startService(t);
      const address = freeAddress();
      const pod = await startAt(rig, address);
      t.after(() => pod.stop({waitMs: 0, limitMs: 0}));
      const edge = await startEdgeBefore(t, [address], {requests: {burst: 1e6, perSecond: 1e6}});
      let done = false;
      const others = Array.from({length: 3}, () => type(edge.connect(), bearer, () => done));
      const held = open(edge.connect(), {headers: {...bearer, "x-request-id": "held"}});
      await firstByte(held);
      const before = await connectionsLost(edge);
      const one = burstOf(bearer);
      const bursts = Array.isArray(one) ? one : Array(4).fill(one);
      await Promise.all(bursts.map((burst) => send(edge, burst, 10_000 / bursts.length)));
      done = true;
      const told = await Promise.all(others);
      assert.deepEqual(
        told.flatMap(({faults}) => faults),
        [],
      );
      assert.ok(told.every(({count}) => count > 0));
      const worstMs = Math.max(...told.map(({worstMs}) => worstMs));
      t.diagnostic(`others waited ${worstMs.toFixed()} ms at most`);
      const mine = host.seen.find(({headers}) => headers["x-request-id"] === "held");
      mine?.stream.end(DONE);
      await closed(held);
      assert.equal(held.rstCode, 0);
      assert.equal(await connectionsLost(edge), before);
    });
});

/** A request of an attack, on the stream of this number. */
type Burst = (id: number) => Buffer;

const post = (bearer: Partial<Bearer>) => ({
  ":method": "POST",
  ":scheme": "https",
  ":authority": "x",
  ":path": COMPLETIONS,
  "content-type": "application/json",
  ...bearer,
});

function cancelling(bearer: Partial<Bearer>): Burst {
  return (id) => Buffer.concat([request(id, post(bearer), "{}"), reset(id, 8)]);
}

/** What RFC 9113, 8.2 and 8.3, has nobody send, and what servers are strict about. */
const odd: readonly Record<string, string>[] = [
  {"X-Upper": "1"},
  {"x y": "1"},
  {"x-control": "a\u0001b"},
  {"x-line": "a\r\nb"},
  {"x-null": "a\0b"},
  {"": "empty"},
  {connection: "close"},
  {"transfer-encoding": "chunked"},
  {te: "gzip"},
  {upgrade: "websocket"},
  {host: "other"},
  {"content-length": "x"},
  {":path": ""},
  {":path": "no-slash"},
  {":path": "/a b"},
  {":path": `/${"é"}`},
  {":scheme": ""},
  {":method": ""},
  {":method": "CONNECT"},
  {":authority": "a b"},
  {":authority": "user@host"},
  {":protocol": "websocket"},
  {":unknown": "1"},
  {cookie: "a=b; c=d"},
  {"x-space": " a "},
];

/** One burst after the other over one connection, as fast as it takes them. */
async function send(edge: Edge, burst: Burst, count: number): Promise<void> {
  const socket = edge.socket("h2");
  socket.resume();
  socket.write(preface());
  for (let from = 0; from < count && !socket.destroyed; from += 500) {
    const bursts = Array.from({length: 500}, (_, index) => burst(2 * (from + index) + 1));
    await new Promise((resolve) => socket.write(Buffer.concat(bursts), resolve));
  }
  await new Promise((resolve) => setTimeout(resolve, 500));
  socket.destroy();
}

/** Until the edge limits the connection. */
async function attack(edge: Edge, burst: Burst): Promise<void> {
  const socket = edge.socket("h2");
  socket.resume();
  socket.write(preface());
  const isLimited = async () => (await edge.stat(LIMITED)) > 0;
  for (let from = 0; from < ATTACK_MOST && !(await isLimited()); from += 1000) {
    const pairs = Array.from({length: 1000}, (_, index) => burst(2 * (from + index) + 1));
    await new Promise((resolve) => socket.write(Buffer.concat(pairs), resolve));
  }
  await until(isLimited);
  socket.destroy();
}

/** The same proxy as a process of its own, from the image's program. */
async function startProgram(t: TestContext, rig: Rig, host: string) {
  const folder = mkdtempSync(join(tmpdir(), "proxy-"));
  const {files} = await bundle();
  writeFileSync(join(folder, "main.js"), files["main.js"]);
  writeFileSync(join(folder, "package.json"), '{"type": "module"}');
  const {LISTEN: _, ADMIN: __, ...same} = rig.config;
  const given = Object.entries(same).filter(([, value]) => value !== undefined);
  const env = Object.fromEntries(given.map(([name, value]) => [name, `${value}`]));
  const running = startProcess({
    command: process.execPath,
    args: ["main.js"],
    env: {...env, LISTEN: `${host}:${PORT}`, ADMIN: `${host}:9090`},
    cwd: folder,
  });
  t.after(async () => {
    await running.stop(0);
    rmSync(folder, {recursive: true});
  });
  await until(
    async () => (await fetch(`http://${host}:9090/livez`).catch(() => undefined))?.ok ?? false,
  );
  return running;
}
