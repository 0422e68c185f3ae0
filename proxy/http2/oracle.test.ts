import assert from "node:assert/strict";
import {once} from "node:events";
import {
  type ClientHttp2Session,
  connect,
  createServer,
  type IncomingHttpHeaders,
  type ServerHttp2Stream,
} from "node:http2";
import type {AddressInfo} from "node:net";
import {describe, type TestContext, test} from "node:test";
import fc from "fast-check";
import {until} from "../../setup/until.ts";
import {block} from "../frames.ts";
import type {Stream} from "./connection.ts";
import {type Came, connectClient, connectRaw, frame, startServer} from "./http2.rig.ts";
import {end, write, writeHeaders} from "./sending.ts";
import {CONTINUATION, DATA, HEADERS, PING, PREFACE, SETTINGS, WINDOW_UPDATE} from "./wire.ts";

/** Node's own HTTP/2, which is nghttp2, on the other side. */

const name = fc.stringMatching(/^x-[a-z0-9-]{1,20}$/);
const value = fc.oneof(
  fc.string({unit: fc.integer({min: 0x21, max: 0x7e}).map((code) => String.fromCharCode(code))}),
  fc.nat(3000).map((length) => "v".repeat(length)),
);
const headers = fc.dictionary(name, value, {maxKeys: 12, noNullPrototype: true});
const pieces = fc.array(fc.oneof(fc.nat(50), fc.nat(40_000)), {maxLength: 5});
const message = fc.record({headers, pieces});
const messages = fc.array(fc.record({asked: message, answered: message}), {
  minLength: 1,
  maxLength: 5,
});

const bodyOf = (pieces: readonly number[]) =>
  pieces.map((length, index) => Buffer.alloc(length, index + 1));

/** Those that were sent, as they came: an empty value is a value. */
function picked(names: Record<string, string>, came: Readonly<Record<string, unknown>>) {
  return Object.fromEntries(Object.keys(names).map((name) => [name, came[name]]));
}

async function startNodeClient(
  t: TestContext,
  port: number,
  settings = {},
): Promise<ClientHttp2Session> {
  const session = connect(`http://127.0.0.1:${port}`, {settings});
  session.on("error", () => {});
  t.after(() => session.destroy());
  await once(session, "remoteSettings");
  return session;
}

async function ask(
  session: ClientHttp2Session,
  headers: Record<string, string>,
  pieces: readonly Buffer[] = [],
) {
  const stream = session.request({":method": "POST", ":path": "/x", ...headers});
  for (const piece of pieces) stream.write(piece);
  stream.end();
  const [came] = (await once(stream, "response")) as [IncomingHttpHeaders];
  const chunks: Buffer[] = [];
  for await (const chunk of stream) chunks.push(chunk as Buffer);
  return {came, body: Buffer.concat(chunks)};
}

/** Answers each request as the one that is due. */
function answering(due: () => {headers: Record<string, string>; pieces: readonly number[]}) {
  const came: Came[] = [];
  const answer = (request: Came) => {
    came.push(request);
    const {headers, pieces} = due();
    writeHeaders(request.stream, {":status": 200, ...headers});
    for (const piece of bodyOf(pieces)) write(request.stream, piece);
    end(request.stream);
  };
  return {came, answer};
}

test("Node asks, we answer: headers and contents come as they were sent", async (t) => {
  let answered = {headers: {}, pieces: [] as readonly number[]};
  const {came, answer} = answering(() => answered);
  const port = await startServer(t, answer);
  const session = await startNodeClient(t, port);
  const property = fc.asyncProperty(messages, async (messages) => {
    for (const message of messages) {
      answered = message.answered;
      const got = await ask(session, message.asked.headers, bodyOf(message.asked.pieces));
      const asked = came.at(-1)!;
      assert.deepEqual(picked(message.asked.headers, asked.fields), message.asked.headers);
      assert.deepEqual(asked.body, Buffer.concat(bodyOf(message.asked.pieces)));
      assert.deepEqual(picked(message.answered.headers, got.came), message.answered.headers);
      assert.deepEqual(got.body, Buffer.concat(bodyOf(message.answered.pieces)));
    }
  });
  await fc.assert(property, {numRuns: 40});
});

async function startNode(
  t: TestContext,
  answer: (stream: ServerHttp2Stream, headers: IncomingHttpHeaders) => void,
  settings = {},
) {
  const server = createServer({settings});
  server.on("stream", answer);
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  t.after(() => server.close());
  return (server.address() as AddressInfo).port;
}

const request = {":method": "POST", ":scheme": "http", ":authority": "a", ":path": "/x"};

test("we ask, Node answers: headers and contents come as they were sent", async (t) => {
  let answered = {headers: {}, pieces: [] as readonly number[]};
  let asked: {headers: IncomingHttpHeaders; body: Buffer} | undefined;
  const port = await startNode(t, async (stream, headers) => {
    const chunks: Buffer[] = [];
    for await (const chunk of stream) chunks.push(chunk as Buffer);
    asked = {headers, body: Buffer.concat(chunks)};
    stream.additionalHeaders({":status": 103, link: "</x>"});
    stream.respond({":status": 200, ...answered.headers}, {waitForTrailers: true});
    stream.on("wantTrailers", () => stream.sendTrailers({"x-late": "1"}));
    for (const piece of bodyOf(answered.pieces)) stream.write(piece);
    stream.end();
  });
  const client = await connectClient(t, port);
  const property = fc.asyncProperty(messages, async (messages) => {
    for (const message of messages) {
      answered = message.answered;
      const body = Buffer.concat(bodyOf(message.asked.pieces));
      const got = await client.ask({...request, ...message.asked.headers}, body);
      assert.deepEqual(picked(message.asked.headers, asked!.headers), message.asked.headers);
      assert.deepEqual(asked!.body, body);
      assert.ok(got.isWhole);
      assert.deepEqual(picked(message.answered.headers, got.fields), message.answered.headers);
      assert.deepEqual(got.body, Buffer.concat(bodyOf(message.answered.pieces)));
    }
  });
  await fc.assert(property, {numRuns: 40});
});

describe("what a peer may set, and we keep to", () => {
  const content = Buffer.alloc(300, 7);
  const answer = ({stream}: Came) => {
    writeHeaders(stream, {":status": 200, "x-y": "z".repeat(200)});
    write(stream, content);
    end(stream, content);
  };

  test("windows of one octet", async (t) => {
    const session = await startNodeClient(t, await startServer(t, answer), {initialWindowSize: 1});
    assert.equal((await ask(session, {})).body.length, 600);
  });

  test("no table for headers, and then a small one", async (t) => {
    const session = await startNodeClient(t, await startServer(t, answer), {headerTableSize: 0});
    for (const headerTableSize of [0, 100, 5000, 50]) {
      await new Promise<void>((resolve) => session.settings({headerTableSize}, () => resolve()));
      const {came} = await ask(session, {});
      assert.equal(came["x-y"], "z".repeat(200));
    }
  });

  test("a window of one octet at a host, for what it is asked", async (t) => {
    const port = await startNode(
      t,
      async (stream) => {
        let bytes = 0;
        for await (const chunk of stream) bytes += (chunk as Buffer).length;
        stream.respond({":status": 200});
        stream.end(`${bytes}`);
      },
      {initialWindowSize: 1},
    );
    const client = await connectClient(t, port);
    assert.equal(`${(await client.ask(request, content)).body}`, "300");
  });
});

test("padding, and a header block in any number of frames, change nothing", async (t) => {
  const {came, answer} = answering(() => ({headers: {}, pieces: []}));
  const port = await startServer(t, answer);
  const {socket, said} = connectRaw(t, port);
  socket.write(Buffer.concat([PREFACE, frame(SETTINGS, 0, 0), frame(SETTINGS, 1, 0)]));
  let id = -1;
  const property = fc.asyncProperty(
    fc.array(fc.nat(80), {maxLength: 6}),
    fc.uint8Array({maxLength: 100}),
    fc.nat(255),
    async (cuts, content, padding) => {
      id += 2;
      const whole = block({...request, "x-a": "b".repeat(20)});
      const places = [
        0,
        ...cuts.map((cut) => cut % whole.length).sort((a, b) => a - b),
        whole.length,
      ];
      const parts = places.slice(1).map((place, index) => whole.subarray(places[index], place));
      const first = Buffer.concat([
        Buffer.from([padding, 0, 0, 0, 0, 1]),
        parts[0]!,
        Buffer.alloc(padding),
      ]);
      const frames = parts.map((part, index) => {
        const last = index === parts.length - 1 ? 4 : 0;
        return index === 0
          ? frame(HEADERS, 0x28 | last, id, first)
          : frame(CONTINUATION, last, id, part);
      });
      const body = Buffer.concat([Buffer.from([padding]), content, Buffer.alloc(padding)]);
      socket.write(Buffer.concat([...frames, frame(DATA, 0x9, id, body)]));
      const before = said.length;
      await new Promise((resolve) => setImmediate(resolve));
      for (let tries = 0; tries < 1000 && came.at(-1)?.stream.id !== id; tries++)
        await new Promise((resolve) => setTimeout(resolve, 1));
      assert.equal(came.at(-1)?.stream.id, id, `after ${said.slice(before).map(({type}) => type)}`);
      assert.equal(came.at(-1)!.fields["x-a"], "b".repeat(20));
      assert.deepEqual(came.at(-1)!.body, Buffer.from(content));
    },
  );
  await fc.assert(property, {numRuns: 60});
});

describe("what is written where something has gone out", () => {
  const greeting = Buffer.concat([
    PREFACE,
    frame(SETTINGS, 0, 0, "00047fffffff"),
    frame(SETTINGS, 1, 0),
    frame(WINDOW_UPDATE, 0, 0, "7fff0000"),
  ]);
  /** More in all than the system keeps for who does not read. */
  const answers = fc.array(fc.integer({min: 50_000, max: 150_000}), {
    minLength: 100,
    maxLength: 120,
  });

  test("is over nothing that waits for a peer who reads late", async (t) => {
    const begun: Stream[] = [];
    let due: readonly number[] = [];
    const port = await startServer(t, ({stream}) => {
      const length = due[begun.push(stream) - 1]!;
      writeHeaders(stream, {":status": 200});
      end(stream, Buffer.alloc(length, begun.length));
    });
    const property = fc.asyncProperty(answers, async (lengths) => {
      due = lengths;
      begun.length = 0;
      const {socket, said} = connectRaw(t, port);
      const asked = due.map((_, index) => frame(HEADERS, 5, 2 * index + 1, block(request)));
      socket.pause();
      socket.write(Buffer.concat([greeting, ...asked]));
      await until(() => begun.length === due.length && begun[0]!.connection.congested);
      // What waits for the socket is not all that it is given: this is answered at once.
      const {writableLength} = begun[0]!.connection.socket;
      socket.write(
        Buffer.concat(Array.from({length: 500}, () => frame(PING, 0, 0, "0123456789abcdef"))),
      );
      await until(() => begun[0]!.connection.socket.writableLength > writableLength);
      socket.resume();
      const data = () => said.filter(({type}) => type === DATA);
      await until(() => data().filter(({flags}) => flags & 1).length === due.length);
      for (const [index, length] of due.entries()) {
        const frames = data().filter(({streamId}) => streamId === 2 * index + 1);
        const body = Buffer.concat(frames.map(({payload}) => payload));
        assert.ok(body.equals(Buffer.alloc(length, index + 1)), `answer ${index}`);
      }
      socket.destroy();
    });
    await fc.assert(property, {seed: 1, numRuns: 3});
  });

  test("needs no more room than one turn of the loop has to say", async (t) => {
    const {came, answer} = answering(() => ({headers: {}, pieces: [300]}));
    const session = await startNodeClient(t, await startServer(t, answer));
    for (let asked = 0; asked < 200; asked++) await ask(session, {});
    assert.equal(came.length, 200);
    assert.equal(came[0]!.stream.connection.output.bytes.length, 1 << 10);
  });
});
