import assert from "node:assert/strict";
import {createServer} from "node:http";
import type {ClientHttp2Stream, IncomingHttpHeaders} from "node:http2";
import {type AddressInfo, connect} from "node:net";
import {describe, type TestContext, test} from "node:test";
import type {EdgeLimits} from "../../infra/envoy/limits.ts";
import {preface} from "../../proxy/frames.ts";
import {ask, startHost} from "../../proxy/rig.ts";
import {notRun, startEdge, voting} from "./edge.rig.ts";

async function start(t: TestContext, limits: Partial<EdgeLimits> = {}) {
  const proxy = await startHost(
    t,
    voting(({stream, headers}) => {
      if (headers["x-request-id"] === "silent") return;
      if (headers["x-request-id"] === "begun") return stream.respond({":status": 200});
      stream.resume().on("end", () => {
        if (!stream.destroyed) stream.respond({":status": 200}, {endStream: true});
      });
    }),
  );
  const issuer = createServer((_, response) => response.end("{}"));
  await new Promise<void>((resolve) => issuer.listen(0, "127.0.0.1", resolve));
  t.after(() => void issuer.close());
  const at = (port: number) => ({addresses: () => ["127.0.0.1"], port});
  return startEdge(t, {
    proxies: at(Number(new URL(proxy.url).port)),
    issuers: at((issuer.address() as AddressInfo).port),
    limits,
  });
}

/** All that comes until the connection ends, or `last` has come. */
async function everything(socket: NodeJS.ReadableStream, last = "\0"): Promise<string> {
  let text = "";
  await new Promise<void>((resolve) => {
    socket.on("close", resolve);
    socket.on("data", (chunk) => {
      text += chunk;
      if (text.includes(last)) resolve();
    });
  });
  return text;
}

/** How the body of an error ends. */
const JSON_END = '"}}\n';

const answered = (text: string) => {
  const [head = "", body = ""] = text.split("\r\n\r\n");
  const id = /^x-github-request-id: \S+/m.test(head);
  const closes = /^connection: close/m.test(head);
  return [Number(head.split(" ")[1]), id, closes, body && JSON.parse(body).error.code];
};

describe("the edge before slow, greedy and broken clients", {skip: notRun}, () => {
  const quick = {handshakeS: 0.3, headersS: 0.3, requestS: 0.6, silenceS: 0.9};

  test("a connection without a handshake is closed", async (t) => {
    const edge = await start(t, quick);
    assert.equal(await everything(connect(edge.port, edge.address)), "");
  });

  const line = "POST /v1/completions HTTP/1.1\r\nhost: x\r\n";
  const requests: Record<string, [request: string, status: number, code: string]> = {
    "slow headers": [line, 408, "request_slow"],
    "a slow body": [`${line}content-length: 10\r\n\r\nabc`, 408, "request_slow"],
    "headers over their size": [`${line}x: ${"x".repeat(40_000)}\r\n\r\n`, 431, "headers_large"],
    "more headers than allowed": [`${line}${"x: 1\r\n".repeat(120)}\r\n`, 431, "headers_large"],
    nonsense: ["NONSENSE\r\n\r\n", 400, "request_invalid"],
  };
  for (const [name, [request, status, code]] of Object.entries(requests)) {
    test(`HTTP/1.1: ${name} is answered in JSON with an id, and the connection closed`, async (t) => {
      const socket = (await start(t, quick)).socket("http/1.1");
      socket.write(request);
      assert.deepEqual(answered(await everything(socket, JSON_END)), [status, true, true, code]);
    });
  }

  const refused: Record<string, [request: string, status: number, code: string]> = {
    "HTTP/1.0": ["GET / HTTP/1.0\r\n\r\n", 426, "version_old"],
    "a WebSocket": [
      "GET / HTTP/1.1\r\nhost: x\r\nconnection: upgrade\r\nupgrade: websocket\r\n\r\n",
      403,
      "upgrade_refused",
    ],
    "a transfer coding": [`${line}transfer-encoding: gzip\r\n\r\n`, 501, "encoding_unknown"],
    "no path": ["OPTIONS * HTTP/1.1\r\nhost: x\r\n\r\n", 404, "path_unknown"],
    "no host": ["GET / HTTP/1.1\r\n\r\n", 400, "request_invalid"],
    "an empty host": ["GET / HTTP/1.1\r\nhost:\r\n\r\n", 400, "request_invalid"],
  };
  for (const [name, [request, status, code]] of Object.entries(refused)) {
    test(`HTTP/1.1: ${name} is answered in JSON with an id`, async (t) => {
      const socket = (await start(t)).socket("http/1.1");
      socket.write(request);
      const [told, id, , error] = answered(await everything(socket, JSON_END));
      assert.deepEqual([told, id, error], [status, true, code]);
      socket.destroy();
    });
  }

  test("HTTP/2: a slow body is answered, and the connection kept", async (t) => {
    const client = (await start(t, quick)).connect();
    const stream = client.request({":method": "POST", ":path": "/v1/completions"});
    stream.write("abc");
    assert.deepEqual(await read(stream), {status: 408, ids: 2, retryAfter: undefined, code: 0});
    assert.equal((await ask(client, {})).status, 200);
  });

  test("HTTP/2: headers that never end are answered", async (t) => {
    const socket = (await start(t, quick)).socket("h2");
    // HEADERS on stream 1 without END_HEADERS: ":method: GET", and nothing more.
    socket.write(Buffer.concat([preface(), Buffer.from([0, 0, 1, 1, 0, 0, 0, 0, 1, 0x82])]));
    assert.match(await everything(socket, JSON_END), /"code":"request_slow"/);
    socket.destroy();
  });

  test("HTTP/2: headers over their size reset the stream alone", async (t) => {
    const client = (await start(t)).connect();
    assert.equal((await ask(client, {headers: {"x-large": "x".repeat(40_000)}})).code, 2);
    assert.equal((await ask(client, {})).status, 200);
  });

  test("a proxy that is silent: 504 in JSON", async (t) => {
    const client = (await start(t, quick)).connect();
    const {status, text} = await ask(client, {headers: {"x-request-id": "silent"}});
    assert.deepEqual([status, JSON.parse(text).error.code], [504, "proxy_slow"]);
  });

  test("a proxy that falls silent in mid-answer: INTERNAL_ERROR", async (t) => {
    const client = (await start(t, quick)).connect();
    const {status, code} = await ask(client, {headers: {"x-request-id": "begun"}});
    assert.deepEqual([status, code], [200, 2]);
  });

  test("an address that asks for tokens too often waits; another, and completions, do not", async (t) => {
    const edge = await start(t, {tokens: {burst: 2, perSecond: 1}});
    const from = async (address: string, path: string) => {
      const client = edge.connect(address);
      return (await read(client.request({":path": path}))).status;
    };
    const token = "/copilot_internal/v2/token";
    const seen: number[] = [];
    while (seen.at(-1) !== 429) seen.push(await from("127.0.0.2", token));
    assert.deepEqual([seen.length > 2, seen[0]], [true, 200]);
    assert.equal(await from("127.0.0.3", token), 200);
    assert.equal(await from("127.0.0.2", "/jwks"), 200);
  });

  test("a connection that asks too often waits by itself", async (t) => {
    const edge = await start(t, {requests: {burst: 3, perSecond: 1}});
    const greedy = edge.connect();
    const answers = await Promise.all(
      Array.from({length: 8}, () => read(greedy.request({":path": "/jwks"}))),
    );
    assert.deepEqual(
      answers.find(({status}) => status === 429),
      {status: 429, ids: 2, retryAfter: "5", code: 0},
    );
    assert.equal((await read(edge.connect().request({":path": "/jwks"}))).status, 200);
  });

  test("streams over the limit of a connection wait; connections over the limit are closed", async (t) => {
    const edge = await start(t, {streams: 1, connections: 1});
    const client = edge.connect();
    await ask(client, {});
    assert.equal(client.remoteSettings.maxConcurrentStreams, 1);
    assert.equal(await everything(edge.socket("http/1.1")), "");
    assert.equal((await ask(client, {})).status, 200);
  });

  test("statistics are there for Prometheus", async (t) => {
    const edge = await start(t);
    await ask(edge.connect(), {});
    const page = await edge.page("/stats/prometheus");
    for (const metric of [
      /^envoy_http_downstream_cx_total\{envoy_http_conn_manager_prefix="edge"\} 1$/m,
      /^envoy_cluster_upstream_rq_completed\{envoy_cluster_name="proxy"\} \d+$/m,
      /^envoy_cluster_membership_healthy\{envoy_cluster_name="proxy"\} 1$/m,
    ])
      assert.match(page, metric);
  });
});

async function read(stream: ClientHttp2Stream) {
  let headers: IncomingHttpHeaders = {};
  stream.on("error", () => {});
  stream.on("response", (given) => {
    headers = given;
  });
  await everything(stream);
  const ids = [headers["x-request-id"], headers["x-github-request-id"]].filter(Boolean).length;
  const status = Number(headers[":status"]);
  return {status, ids, retryAfter: headers["retry-after"], code: stream.rstCode};
}
