import assert from "node:assert/strict";
import {createServer, type IncomingMessage, type ServerResponse} from "node:http";
import {type AddressInfo, createServer as createTcpServer, type Socket} from "node:net";
import {type TestContext, test} from "node:test";
import {until} from "../../setup/until.ts";
import {createConnections} from "./connections.ts";
import {type Heard, sink} from "./heard.rig.ts";
import type {Call} from "./transport.ts";

/** An HTTP/1.1 host, and the way to it. */
async function setUp(
  t: TestContext,
  answer: (request: IncomingMessage, response: ServerResponse) => void,
) {
  const sockets: Socket[] = [];
  const requests: IncomingMessage[] = [];
  const host = createServer((request, response) => {
    requests.push(request.resume());
    answer(request, response);
  });
  host.on("connection", (socket) => sockets.push(socket));
  await new Promise<void>((resolve) => host.listen(0, "127.0.0.1", resolve));
  t.after(() => host.close().closeAllConnections());
  const reach = reachOf(t, (host.address() as AddressInfo).port);
  return {...reach, host, sockets, requests};
}

function reachOf(t: TestContext, port: number, idle: {idleMs?: number} = {}) {
  const connections = createConnections({origin: `http://127.0.0.1:${port}`, ...idle});
  t.after(() => connections.close());
  const ask = (): {heard: Heard; call: Call} => {
    const heard: Heard = {text: ""};
    const headers = {":method": "POST", ":path": "/v1/completions", ":authority": "host"};
    const body = Buffer.from("{}");
    const call = connections.request(
      {...headers, ":scheme": "http", "x-a": "1"},
      body,
      sink,
      heard,
    );
    return {heard, call};
  };
  return {connections, ask};
}

const ended = ({heard}: {heard: Heard}) => until(() => heard.end !== undefined);

test("a connection that nothing is on is closed before its host would, and one in use is not", async (t) => {
  const waiting: ServerResponse[] = [];
  const {host, sockets} = await setUp(t, (_, response) => void waiting.push(response));
  // It would wait for ever.
  host.keepAliveTimeout = 0;
  const {connections, ask} = reachOf(t, (host.address() as AddressInfo).port, {idleMs: 50});
  const [first, second] = [ask(), ask()];
  await until(() => waiting.length === 2);
  waiting[0]!.end("ok");
  await until(() => sockets.some((socket) => socket.destroyed));
  assert.equal(connections.connected, 1);
  waiting[1]!.end("late");
  await Promise.all([ended(first), ended(second)]);
  assert.deepEqual([first.heard.end, second.heard.end], ["ended", "ended"]);
  await until(() => connections.connected === 0);
});

test("requests after one another share a connection", async (t) => {
  const {connections, sockets, requests, ask} = await setUp(t, (_, response) => response.end("ok"));
  for (let count = 0; count < 3; count++) {
    const asked = ask();
    await ended(asked);
    assert.deepEqual(asked.heard, {status: 200, text: "ok", end: "ended"});
  }
  assert.deepEqual([sockets.length, connections.connected], [1, 1]);
  const {method, url, headers} = requests[0]!;
  assert.deepEqual(
    [method, url, headers.host, headers["x-a"]],
    ["POST", "/v1/completions", "host", "1"],
  );
});

test("a cancel closes its own connection and no other", async (t) => {
  const {sockets, ask} = await setUp(t, (_, response) => response.write("begun"));
  const [left, stays] = [ask(), ask()];
  await until(() => left.heard.text !== "" && stays.heard.text !== "");
  left.call.cancel();
  await until(() => sockets.filter(({destroyed}) => destroyed).length === 1);
  assert.deepEqual([left.heard.end, stays.heard.end], [undefined, undefined]);
  stays.call.cancel();
});

test("a cancel before the answer closes the connection too", async (t) => {
  const {sockets, requests, ask} = await setUp(t, () => {});
  const {heard, call} = ask();
  await until(() => requests.length === 1);
  call.cancel();
  await until(() => sockets[0]!.destroyed);
  assert.equal(heard.end, undefined);
});

test("a kept connection that the host has just closed is replaced unseen", async (t) => {
  let isLeaving = false;
  const {host, sockets, ask} = await setUp(t, (request, response) => {
    if (isLeaving && request.socket === sockets[0]) request.socket.destroy();
    else response.end("ok");
  });
  await ended(ask());
  isLeaving = true;
  const asked = ask();
  await ended(asked);
  assert.deepEqual(asked.heard, {status: 200, text: "ok", end: "ended"});
  assert.equal(sockets.length, 2);
  host.closeIdleConnections();
});

test("an answer that breaks off is lost", async (t) => {
  const cut: ((response: ServerResponse) => void)[] = [
    (response) => {
      response.writeHead(200, {"content-length": 10});
      response.write("half", () => response.destroy());
    },
    (response) => response.write("half", () => response.destroy()),
  ];
  const {ask} = await setUp(t, (_, response) => cut.shift()?.(response));
  for (const asked of [ask(), ask()]) {
    await ended(asked);
    assert.deepEqual(asked.heard, {status: 200, text: "half", end: "reset"});
  }
});

test("a host that closes without an answer has lost the request", async (t) => {
  const {ask} = await setUp(t, (request) => request.socket.destroy());
  const asked = ask();
  await ended(asked);
  assert.deepEqual(asked.heard, {text: "", end: "reset"});
});

test("a host that is not there is told as such: another may be asked", async (t) => {
  const server = createTcpServer().listen(0, "127.0.0.1");
  await new Promise((resolve) => server.on("listening", resolve));
  const {port} = server.address() as AddressInfo;
  await new Promise((resolve) => server.close(resolve));
  const asked = reachOf(t, port).ask();
  await ended(asked);
  assert.equal(asked.heard.end, "connect");
});

test("a client that does not read holds its host back", async (t) => {
  const {ask} = await setUp(t, (_, response) => response.end("x".repeat(4 << 20)));
  const {heard, call} = ask();
  await until(() => heard.text !== "");
  call.pause();
  const read = heard.text.length;
  await new Promise((resolve) => setTimeout(resolve, 50));
  assert.ok(heard.text.length < read + (1 << 20), "reads on while paused");
  call.resume();
  await until(() => heard.end === "ended");
  assert.equal(heard.text.length, 4 << 20);
});

test("after close the request under way ends, and its connection with it", async (t) => {
  let finish = () => {};
  const {connections, sockets, requests, ask} = await setUp(t, (_, response) => {
    finish = () => void response.end("ok");
  });
  const asked = ask();
  await until(() => requests.length === 1);
  connections.close();
  finish();
  await ended(asked);
  assert.equal(asked.heard.end, "ended");
  await until(() => sockets[0]!.destroyed);
});
