import assert from "node:assert/strict";
import {test} from "node:test";
import {until} from "../../setup/until.ts";
import type {Stream} from "./connection.ts";
import {hold} from "./holding.ts";
import {connectRaw, frame} from "./http2.rig.ts";
import {LIMITS} from "./limits.ts";
import {end, writeHeaders} from "./sending.ts";
import {listenHttp2} from "./server.ts";
import {isClosed, UNHEARD} from "./stream.ts";
import {DATA, HEADERS, PREFACE, SETTINGS} from "./wire.ts";

const GREETING = Buffer.concat([PREFACE, frame(SETTINGS, 0, 0), frame(SETTINGS, 1, 0)]);
const GET = "828684410161";

/** A server that holds every stream, and a peer that sends pieces of a body without its end. */
async function holding(t: {after(run: () => void): void}, pieces: readonly Buffer[]) {
  let stream: Stream | undefined;
  let release = () => {};
  const server = await listenHttp2({
    ...{host: "127.0.0.1", port: 0, limits: LIMITS, streamWindow: 1 << 16, window: 1 << 20},
    request(asked) {
      stream = asked;
      release = hold(asked);
    },
    ended() {},
  });
  t.after(() => server.destroy());
  t.after(() => void server.close());
  const {socket, said} = connectRaw(t, server.address.port);
  const body = pieces.map((piece) => frame(DATA, 0, 1, piece));
  socket.write(Buffer.concat([GREETING, frame(HEADERS, 4, 1, GET), ...body]));
  await until(() => stream !== undefined && (said.length > 3 || stream.receiveWindow < 1 << 16));
  return {stream: stream!, release: () => release(), socket, said};
}

test("a handler that comes late hears all of it, and then what comes", async (t) => {
  const {stream, release, socket} = await holding(t, [Buffer.from("a"), Buffer.from("b")]);
  const heard: string[] = [];
  stream.handler = {...UNHEARD, data: (_, chunk) => void heard.push(`${chunk}`)};
  release();
  socket.write(frame(DATA, 0, 1, Buffer.from("c")));
  await until(() => heard.length === 3);
  assert.deepEqual(heard, ["a", "b", "c"]);
});

test("of a stream that was answered without one, what is held is thrown away", async (t) => {
  const {stream, release} = await holding(t, [Buffer.from("a")]);
  writeHeaders(stream, {":status": 200});
  end(stream);
  release();
  assert.equal(stream.handler, UNHEARD);
  assert.equal(stream.paused, false);
});

test("who sends a byte at a time holds no more than who sends many", async (t) => {
  const {stream} = await holding(
    t,
    Array.from({length: 2000}, () => Buffer.from("a")),
  );
  await until(() => isClosed(stream));
});
