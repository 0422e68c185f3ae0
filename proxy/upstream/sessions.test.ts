import assert from "node:assert/strict";
import {constants} from "node:http2";
import {type AddressInfo, connect, createServer, type LookupFunction} from "node:net";
import {type TestContext, test} from "node:test";
import {until} from "../../setup/until.ts";
import {answer as answerFrames, goaway, greeting, readRequests} from "../frames.ts";
import {type Host, type Script, startHost} from "../rig.ts";
import type {SessionCall} from "./call.ts";
import {type Heard, sink} from "./heard.rig.ts";
import {createSessions} from "./sessions.ts";
import type {Call, Transport} from "./transport.ts";

function openSessions(t: TestContext, origin: string) {
  const sessions = createSessions({origin});
  t.after(() => sessions.close());
  return {sessions, ask: () => askFrom(sessions)};
}

function askFrom(sessions: Transport): {heard: Heard; call: Call} {
  const heard: Heard = {text: ""};
  const headers = {":method": "POST", ":scheme": "http", ":authority": "host", ":path": "/"};
  return {heard, call: sessions.request(headers, Buffer.from("{}"), sink, heard)};
}

const answer: Script = ({stream}) => {
  stream.respond({":status": 200});
  stream.end("ok");
};
const silent: Script = () => {};

async function setUp(t: TestContext, script: Script) {
  const host = await startHost(t, script);
  const {sessions, ask} = openSessions(t, host.url);
  return {host, sessions, ask};
}

async function all(asked: readonly {heard: Heard}[]) {
  await until(() => asked.every(({heard}) => heard.end));
  return new Set(asked.map(({heard}) => `${heard.status} ${heard.text} ${heard.end}`));
}

test("a session is open before the first request", async (t) => {
  const {host, sessions} = await setUp(t, answer);
  await until(() => sessions.connected === 1);
  assert.equal(host.sessions.size, 1);
});

test("requests made before a session is open wait for it", async (t) => {
  const {ask} = await setUp(t, answer);
  assert.deepEqual(await all([ask(), ask()]), new Set(["200 ok ended"]));
});

test("a request that is under way holds no copy of what was sent", async (t) => {
  const {host, ask} = await setUp(t, silent);
  const {call} = ask();
  const {body, headers} = call as SessionCall;
  assert.deepEqual([`${body}`, headers[":method"]], ["{}", "POST"]);
  await until(() => host.seen.length === 1);
  assert.equal(await host.seen[0]!.body, "{}");
  assert.deepEqual([(call as SessionCall).body.length, (call as SessionCall).headers], [0, {}]);
});

test("the pool grows before a host's limit of streams, and none is refused", async (t) => {
  const {host, sessions, ask} = await setUp(t, silent);
  for (const session of await opened(host)) session.settings({maxConcurrentStreams: 20});
  await until(() => sessions.connected === 1);
  await new Promise((resolve) => setTimeout(resolve, 50));
  const asked = Array.from({length: 90}, ask);
  await until(() => host.seen.length === 90);
  assert.ok(host.sessions.size >= 2, `${host.sessions.size} sessions`);
  for (const {stream} of host.seen) answer({stream} as never);
  assert.deepEqual(await all(asked), new Set(["200 ok ended"]));
});

test("a host that says GOAWAY every 10 requests loses none", async (t) => {
  const perSession = new Map<unknown, number>();
  const {host, ask} = await setUp(t, ({stream}) => {
    const count = (perSession.get(stream.session) ?? 0) + 1;
    perSession.set(stream.session, count);
    answer({stream} as never);
    if (count === 10) stream.session?.close();
  });
  const asked: ReturnType<typeof ask>[] = [];
  for (let count = 0; count < 100; count++) {
    asked.push(ask());
    await until(() => asked.at(-1)?.heard.end !== undefined);
  }
  assert.deepEqual(await all(asked), new Set(["200 ok ended"]));
  assert.equal(host.seen.length, 100);
});

test("what a host refuses as it leaves is not asked there again", async (t) => {
  const begun: number[] = [];
  const host = createServer((socket) => {
    const connection = begun.push(0) - 1;
    socket.on("error", () => {});
    socket.write(greeting());
    const read = readRequests({
      asked(id) {
        begun[connection]!++;
        // The first takes leave of all that it was asked.
        if (connection === 0) socket.write(goaway(0));
        else socket.write(answerFrames(id, {":status": "200"}, "ok"));
      },
      pinged: (pong) => socket.write(pong),
    });
    socket.on("data", read);
  });
  await new Promise<void>((resolve) => host.listen(0, "127.0.0.1", resolve));
  t.after(() => host.close());
  const {sessions} = openSessions(t, `http://127.0.0.1:${(host.address() as AddressInfo).port}`);
  await until(() => sessions.connected === 1);
  const again: Heard = {text: ""};
  const headers = {":method": "POST", ":scheme": "http", ":authority": "host", ":path": "/"};
  const retrying = {
    ...sink,
    failed() {
      sessions.request(headers, Buffer.from("{}"), sink, again);
    },
  };
  sessions.request(headers, Buffer.from("{}"), retrying, {text: ""});
  await until(() => again.end !== undefined);
  assert.deepEqual(again, {text: "ok", status: 200, end: "ended"});
  assert.deepEqual(begun, [1, 1]);
});

test("a session with few resets left is renewed before its host closes it", async (t) => {
  // What is left of them grows with time.
  t.mock.timers.enable({apis: ["Date"], now: Date.now()});
  const used = new Set<unknown>();
  const {host, ask} = await setUp(t, ({stream}) => used.add(stream.session));
  const kept = ask();
  for (let count = 1; count <= 1200; count++) {
    const {call} = ask();
    await until(() => host.seen.length > count);
    call.cancel();
  }
  assert.ok(used.size >= 2, `${used.size} sessions`);
  answer(host.seen[0]!);
  assert.deepEqual(await all([kept]), new Set(["200 ok ended"]));
});

test("a refused stream and a lost session are told apart, for one was never processed", async (t) => {
  const refused = await setUp(t, ({stream}) => stream.close(constants.NGHTTP2_REFUSED_STREAM));
  assert.deepEqual(await all([refused.ask()]), new Set(["undefined  refused"]));
  const lost = await setUp(t, ({stream}) => stream.session?.destroy());
  assert.deepEqual(await all([lost.ask()]), new Set(["undefined  lost"]));
});

test("nobody listens: a request fails at once, and again while the pool waits to retry", async (t) => {
  const {ask} = openSessions(t, "http://127.0.0.1:9");
  assert.deepEqual(await all([ask()]), new Set(["undefined  connect"]));
  assert.deepEqual(await all([ask()]), new Set(["undefined  connect"]));
});

test("a host that accepts and never answers the handshake does not wedge the pool", async (t) => {
  const server = createServer(() => {});
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  t.after(() => server.close());
  const {port} = server.address() as {port: number};
  const {ask} = openSessions(t, `https://127.0.0.1:${port}`);
  assert.deepEqual(await all([ask()]), new Set(["undefined  connect"]));
});

test("a host that falls silent in mid-answer, pings and all: its answer is lost, not ended", async (t) => {
  const host = await startHost(t, ({stream}) => {
    stream.respond({":status": 200});
    stream.write("part");
  });
  let isSilent = false;
  const middle = createServer((client) => {
    const onward = connect(Number(new URL(host.url).port), "127.0.0.1");
    for (const [from, to] of [[client, onward] as const, [onward, client] as const]) {
      from.on("error", () => {});
      from.on("data", (bytes) => isSilent || to.write(bytes));
      from.on("close", () => to.destroy());
    }
  });
  await new Promise<void>((resolve) => middle.listen(0, "127.0.0.1", resolve));
  t.after(() => middle.close());
  const {port} = middle.address() as {port: number};
  const sessions = createSessions({origin: `http://127.0.0.1:${port}`, pingEveryMs: 100});
  t.after(() => sessions.close());
  const asked = askFrom(sessions);
  await until(() => asked.heard.text === "part");
  isSilent = true;
  assert.deepEqual(await all([asked]), new Set(["200 part lost"]));
});

test("a proxy that stood still itself gives up no session for it", async (t) => {
  const finish: (() => void)[] = [];
  const host = await startHost(t, ({stream}) => {
    stream.respond({":status": 200});
    stream.write("part");
    finish.push(() => stream.end());
  });
  const sessions = createSessions({origin: host.url, pingEveryMs: 100});
  t.after(() => sessions.close());
  // Right after the pings: their answers come while nothing here can read them.
  let turns = 0;
  const stalls = setInterval(() => {
    if (++turns % 3 === 0) for (const end = performance.now() + 250; performance.now() < end; );
  }, 100);
  t.after(() => clearInterval(stalls));
  const asked = askFrom(sessions);
  await until(() => turns >= 12);
  finish[0]!();
  assert.deepEqual(await all([asked]), new Set(["200 part ended"]));
});

async function opened({sessions}: Host) {
  await until(() => sessions.size > 0);
  return sessions;
}

test("when the name leads elsewhere, sessions follow, and streams under way end where they are", async (t) => {
  const finish: (() => void)[] = [];
  const hostOn = (host: string, port = 0) =>
    startHost(
      t,
      ({stream}) => {
        stream.respond({":status": 200});
        if (host.endsWith("1")) finish.push(() => stream.end("old"));
        else stream.end("new");
      },
      {host, port},
    );
  const old = await hostOn("127.0.0.1");
  const port = Number(new URL(old.url).port);
  const next = await hostOn("127.0.0.2", port);
  let address = "127.0.0.1";
  const lookup: LookupFunction = (_, {all}, found) =>
    all ? found(null, [{address, family: 4}]) : found(null, address, 4);
  const sessions = createSessions({origin: `http://model.test:${port}`, lookup, pingEveryMs: 100});
  t.after(() => sessions.close());
  const ask = () => askFrom(sessions);
  const first = ask();
  await until(() => finish.length === 1);
  address = "127.0.0.2";
  await until(() => next.sessions.size === 1 && old.sessions.size === 1);
  await until(async () => {
    const asked = ask();
    await until(() => asked.heard.end !== undefined || finish.length > 1);
    while (finish.length > 1) finish.pop()!();
    return asked.heard.text === "new";
  });
  assert.equal(first.heard.end, undefined);
  finish[0]!();
  assert.deepEqual(await all([first]), new Set(["200 old ended"]));
  await until(() => old.sessions.size === 0);
});
