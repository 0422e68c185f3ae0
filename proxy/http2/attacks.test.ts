import assert from "node:assert/strict";
import {describe, type TestContext, test} from "node:test";
import {until} from "../../setup/until.ts";
import type {Connection} from "./connection.ts";
import {type Came, connectClient, connectRaw, frame, type Raw, startServer} from "./http2.rig.ts";
import {LIMITS} from "./limits.ts";
import {end, write, writeHeaders} from "./sending.ts";
import {
  CONTINUATION,
  DATA,
  ENHANCE_YOUR_CALM,
  GOAWAY,
  HEADERS,
  PING,
  PREFACE,
  PRIORITY,
  PRIORITY_UPDATE,
  RST_STREAM,
  SETTINGS,
  WINDOW_UPDATE,
} from "./wire.ts";

const GREETING = Buffer.concat([PREFACE, frame(SETTINGS, 0, 0), frame(SETTINGS, 1, 0)]);
const GET = "828684410161";
const asked = {":method": "GET", ":scheme": "http", ":authority": "a", ":path": "/"};

const hello = ({stream}: Came) => {
  writeHeaders(stream, {":status": 200});
  end(stream, Buffer.from("hello"));
};

const repeat = (count: number, of: (index: number) => Buffer | Buffer[]) =>
  Array.from({length: count}, (_, index) => of(index)).flat();

const opened = (index: number, flags = 4) => frame(HEADERS, flags, 2 * index + 1, GET);
const many = LIMITS.idleFrames.burst + 5000;

/** Frames that a connection ends by, and what it is told. */
const floods: Record<string, () => readonly Buffer[]> = {
  PING: () => repeat(many, () => frame(PING, 0, 0, Buffer.alloc(8))),
  SETTINGS: () => repeat(many, () => frame(SETTINGS, 0, 0)),
  "SETTINGS that move the windows of many streams": () => [
    ...repeat(1000, (index) => opened(index)),
    ...repeat(1000, (index) => frame(SETTINGS, 0, 0, index % 2 ? "000400000000" : "00040000ffff")),
  ],
  PRIORITY: () => repeat(many, () => frame(PRIORITY, 0, 1, "0000000000")),
  PRIORITY_UPDATE: () => repeat(many, () => frame(PRIORITY_UPDATE, 0, 0, "00000001753d31")),
  "frames of no known type": () => repeat(many, () => frame(0xee, 0, 0, "00")),
  WINDOW_UPDATE: () => repeat(many, () => frame(WINDOW_UPDATE, 0, 0, "00000001")),
  "empty DATA": () => [opened(0), ...repeat(many, () => frame(DATA, 0, 1))],
  "padding alone": () => [
    opened(0),
    ...repeat(many, () => frame(DATA, 8, 1, Buffer.concat([Buffer.from([9]), Buffer.alloc(9)]))),
  ],
  "empty CONTINUATION": () => [
    frame(HEADERS, 0, 1, GET),
    ...repeat(LIMITS.blockFrames, () => frame(CONTINUATION, 0, 1)),
  ],
  "CONTINUATION without end": () => [
    frame(HEADERS, 0, 1, GET),
    ...repeat(5, () => frame(CONTINUATION, 0, 1, Buffer.alloc(16_000, 0x82))),
  ],
  "rapid reset": () =>
    repeat(LIMITS.resets.burst + 500, (index) => [
      opened(index),
      frame(RST_STREAM, 0, 2 * index + 1, "00000008"),
    ]),
  "resets that we are made to send, by windows": () =>
    repeat(LIMITS.strayFrames.burst + 500, (index) => [
      opened(index),
      frame(WINDOW_UPDATE, 0, 2 * index + 1, "00000000"),
    ]),
  "resets that we are made to send, by headers after the end": () =>
    repeat(LIMITS.strayFrames.burst + 500, (index) => [
      opened(index, 5),
      frame(DATA, 0, 2 * index + 1, "00"),
    ]),
};

/** The code that it was told when its connection was ended. */
const farewell = ({said}: Raw) =>
  said.findLast(({type}) => type === GOAWAY)?.payload.readUInt32BE(4);

async function ends(t: TestContext, port: number, frames: readonly Buffer[]): Promise<Raw> {
  const raw = connectRaw(t, port);
  raw.socket.write(Buffer.concat([GREETING, ...frames]));
  await raw.closed;
  return raw;
}

describe("a flood ends its own connection, and touches no other", () => {
  for (const [name, flood] of Object.entries(floods))
    test(name, async (t) => {
      const port = await startServer(t, hello);
      const other = await connectClient(t, port);
      const ended = ends(t, port, flood());
      for (let count = 0; count < 20; count++)
        assert.equal(`${(await other.ask(asked)).body}`, "hello");
      assert.equal(farewell(await ended), ENHANCE_YOUR_CALM);
      assert.equal(`${(await other.ask(asked)).body}`, "hello");
    });
});

test("resets that cross the end of their answers are clients' doing, where a peer joins many", async (t) => {
  const resets = {burst: Number.POSITIVE_INFINITY, perSecond: 0};
  const nothing = ({stream}: Came) => writeHeaders(stream, {":status": 204}, {ends: true});
  const {socket, said} = connectRaw(t, await startServer(t, nothing, {limits: {resets}}));
  const crossing = repeat(many, (index) => [
    opened(index, 5),
    frame(RST_STREAM, 0, 2 * index + 1, "00000008"),
  ]);
  socket.write(Buffer.concat([GREETING, ...crossing]));
  await until(() => said.filter(({type}) => type === HEADERS).length === many);
  assert.ok(!said.some(({type}) => type === GOAWAY));
});

describe("what never comes is not waited for", () => {
  const impatient = {patienceMs: 100};

  test("a preface", async (t) => {
    const {closed} = connectRaw(t, await startServer(t, hello, {limits: impatient}));
    await closed;
  });

  test("the acknowledgement of settings", async (t) => {
    const raw = connectRaw(t, await startServer(t, hello, {limits: impatient}));
    raw.socket.write(Buffer.concat([PREFACE, frame(SETTINGS, 0, 0)]));
    await raw.closed;
    assert.equal(farewell(raw), 4);
  });

  test("the end of a header block", async (t) => {
    const raw = connectRaw(t, await startServer(t, hello, {limits: impatient}));
    raw.socket.write(Buffer.concat([GREETING, frame(HEADERS, 0, 1, GET)]));
    await raw.closed;
    assert.equal(farewell(raw), ENHANCE_YOUR_CALM);
  });

  test("a window for an answer that has been given, and the end of a request that was answered", async (t) => {
    const over: number[] = [];
    const port = await startServer(t, hello, {
      limits: impatient,
      closed: ({id, code}) => over.push(id, code),
    });
    const {socket, said} = connectRaw(t, port);
    const noWindow = frame(SETTINGS, 0, 0, "000400000000");
    socket.write(Buffer.concat([GREETING, noWindow, opened(0, 5)]));
    await until(() => over.length === 2);
    assert.deepEqual(over, [1, 2]);
    assert.ok(!said.some(({type}) => type === GOAWAY));
  });
});

test("who asks and does not read is given up; what waits for it is bounded", async (t) => {
  let asking: Connection | undefined;
  const port = await startServer(
    t,
    ({stream, fields}) => {
      if (fields[":path"] === "/") asking = stream.connection;
      writeHeaders(stream, {":status": 200, "x-long": "y".repeat(16_000)}, {ends: true});
    },
    {limits: {unreadBytes: 1 << 20}},
  );
  const {socket} = connectRaw(t, port);
  socket.pause();
  socket.write(Buffer.concat([GREETING, ...repeat(2000, (index) => opened(index, 5))]));
  await until(() => asking?.closed === true);
  const other = await connectClient(t, port);
  assert.equal((await other.ask({...asked, ":path": "/other"})).status, "200");
});

describe("what one request is", () => {
  test("headers beyond the limit are answered 431, on a connection kept", async (t) => {
    const client = await connectClient(t, await startServer(t, hello));
    const fields = Object.fromEntries(
      Array.from({length: 20}, (_, index) => [`x-${index}`, "v".repeat(2000)]),
    );
    assert.equal((await client.ask({...asked, ...fields})).status, "431");
    assert.equal((await client.ask(asked)).status, "200");
  });

  test("so is a path beyond it", async (t) => {
    const client = await connectClient(t, await startServer(t, hello));
    const answer = await client.ask({...asked, ":path": `/${"p".repeat(LIMITS.headerBytes)}`});
    assert.equal(answer.status, "431");
  });

  test("a bomb of references to one long field is 431, too", async (t) => {
    const raw = connectRaw(t, await startServer(t, hello));
    const long = Buffer.concat([Buffer.from("4001617fa11e", "hex"), Buffer.alloc(4000, 0x62)]);
    const bomb = Buffer.concat([Buffer.from(GET, "hex"), long, Buffer.alloc(10_000, 0xbe)]);
    raw.socket.write(Buffer.concat([GREETING, frame(HEADERS, 5, 1, bomb)]));
    await until(() => raw.said.some(({type}) => type === HEADERS));
    const {payload} = raw.said.find(({type}) => type === HEADERS)!;
    assert.match(payload.toString("latin1"), /431/);
  });

  test("so is a block that enters thousands of fields in the table, however often", async (t) => {
    const port = await startServer(t, hello);
    const {socket, said} = connectRaw(t, port);
    const churn = Buffer.concat([
      Buffer.from(GET, "hex"),
      ...repeat(3000, (index) => Buffer.from([0x40, 1, 0x61, 2, 0x61 + (index % 26), 0x62])),
    ]);
    const block = (id: number) => [
      frame(HEADERS, 1, id, churn.subarray(0, 16_000)),
      frame(CONTINUATION, 4, id, churn.subarray(16_000)),
    ];
    const heads = () => said.filter(({type}) => type === HEADERS);
    socket.write(Buffer.concat([GREETING, ...repeat(50, (index) => block(2 * index + 1))]));
    await until(() => heads().length === 50);
    assert.ok(heads().every(({payload}) => payload.includes("431") || payload.length < 10));
    const other = await connectClient(t, port);
    assert.equal((await other.ask(asked)).status, "200");
    socket.write(opened(50, 5));
    await until(() => said.some(({type, streamId}) => type === DATA && streamId === 101));
  });

  test("streams beyond the limit are refused, and those below go on", async (t) => {
    const streams: Came[] = [];
    const port = await startServer(t, (came) => void streams.push(came), {limits: {streams: 10}});
    const client = await connectClient(t, port);
    const answers = Array.from({length: 15}, () => client.ask(asked));
    await until(() => streams.length === 10);
    const refused = await Promise.all(answers.slice(10));
    assert.deepEqual(
      refused.map(({code}) => code),
      [7, 7, 7, 7, 7],
    );
    for (const came of streams) hello(came);
    assert.equal(`${(await answers[9])!.body}`, "hello");
  });
});

test("streams of one connection take turns, the more urgent before", async (t) => {
  const port = await startServer(t, ({stream}) => {
    writeHeaders(stream, {":status": 200});
    for (let piece = 0; piece < 3; piece++) write(stream, Buffer.alloc(16_384));
    end(stream);
  });
  const {socket, said} = connectRaw(t, port);
  const data = () => said.filter(({type, payload}) => type === DATA && payload.length > 0);
  const urgent = `${GET}400870${"72696f72697479"}03753d31`;
  // Four frames fit into the connection's window; each stream has as much as it needs.
  socket.write(Buffer.concat([GREETING, frame(WINDOW_UPDATE, 0, 0, "00000001"), opened(0, 5)]));
  socket.write(Buffer.concat([opened(1, 5), opened(2, 5), frame(HEADERS, 5, 7, urgent)]));
  await until(() => data().length === 4);
  socket.write(frame(WINDOW_UPDATE, 0, 0, "00100000"));
  await until(() => data().length === 12);
  assert.deepEqual(
    data().map(({streamId}) => streamId),
    [1, 1, 1, 3, 7, 7, 7, 3, 5, 3, 5, 5],
  );
});

test("a value with blanks at its ends is taken without them; of a pseudo-header it is malformed", async (t) => {
  const heard: (string | undefined)[] = [];
  const port = await startServer(t, (came) => {
    heard.push(came.fields.authorization);
    hello(came);
  });
  const client = await connectClient(t, port);
  assert.equal((await client.ask({...asked, authorization: "Bearer "})).status, "200");
  assert.equal((await client.ask({...asked, authorization: "\t a b \t"})).status, "200");
  assert.deepEqual(heard, ["Bearer", "a b"]);
  assert.equal((await client.ask({...asked, ":path": "/ "})).code, 1);
});
