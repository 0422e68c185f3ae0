import type {Socket} from "node:net";
import {destroyConnection} from "./closing.ts";
import type {Connection, ConnectionEvents} from "./connection.ts";
import {createSections} from "./fields.ts";
import {createFrameReader} from "./frame-reader.ts";
import {createDecoder} from "./hpack/decoder.ts";
import {createEncoder} from "./hpack/encoder.ts";
import {fail} from "./leaving.ts";
import {allow, type Limits} from "./limits.ts";
import {createOutput} from "./output.ts";
import {takeFrame} from "./receiving.ts";
import {pump, reset} from "./sending.ts";
import {firstSettings} from "./settings.ts";
import {createStreamTable} from "./stream-table.ts";
import {
  ConnectionError,
  ENHANCE_YOUR_CALM,
  FIRST_WINDOW,
  INTERNAL_ERROR,
  NO_ERROR,
  PREFACE,
  PROTOCOL_ERROR,
  SETTINGS_TIMEOUT,
} from "./wire.ts";
import {writeBytes, writeSettings, writeWindowUpdate} from "./writing.ts";

export interface ConnectionOptions {
  readonly isServer: boolean;
  readonly on: ConnectionEvents;
  readonly limits: Limits;
  readonly settings: readonly (readonly [setting: number, value: number])[];
  /** In bytes: what a stream may hold of what the peer sends, and what all may. */
  readonly streamWindow: number;
  readonly window: number;
}

/** What a socket is to take before streams are told to wait. */
export const SOCKET_BYTES = 256 << 10;

/** Speaks on a socket that is connected. */
export function openConnection(
  socket: Socket,
  {isServer, on, limits, settings, streamWindow, window}: ConnectionOptions,
): Connection {
  const connection: Connection = {
    socket,
    isServer,
    limits,
    on,
    streamWindow,
    window,
    output: createOutput(),
    encoder: createEncoder(),
    decode: createDecoder(),
    sections: createSections(limits.headerBytes),
    peer: firstSettings(),
    streams: createStreamTable(),
    sendQueue: [],
    forgotten: new Set(),
    idleFrames: allow(limits.idleFrames, "frames that carry nothing"),
    strayFrames: allow(limits.strayFrames, "frames on streams that take none"),
    resets: allow(limits.resets, "resets"),
    lastPeerStream: 0,
    nextStream: 1,
    sendWindow: FIRST_WINDOW,
    receiveWindow: window,
    credit: 0,
    block: undefined,
    isGreeted: false,
    isSettled: false,
    farewell: undefined,
    pong: undefined,
    congested: false,
    flushes: false,
    leaving: false,
    closed: false,
  };
  listen(connection);
  if (!isServer) writeBytes(connection, PREFACE);
  writeSettings(connection, settings);
  if (window > FIRST_WINDOW) writeWindowUpdate(connection, 0, window - FIRST_WINDOW);
  return connection;
}

function listen(connection: Connection) {
  const {socket, isServer, limits} = connection;
  const skipPreface = createPrefaceReader(isServer ? PREFACE : Buffer.alloc(0));
  const readFrames = createFrameReader((type, flags, streamId, bytes, start, end) => {
    takeFrame(connection, type, flags, streamId, bytes, start, end);
    return !connection.closed;
  });
  const timer = setInterval(
    () => guard(connection, () => sweep(connection)),
    limits.patienceMs,
  ).unref();
  socket.setNoDelay(true);
  socket.on("data", (chunk: Buffer) => guard(connection, () => readFrames(skipPreface(chunk))));
  socket.on("drain", () => {
    connection.congested = false;
    guard(connection, () => pump(connection));
  });
  socket.on("error", (cause) => destroyConnection(connection, cause));
  socket.on("end", () => destroyConnection(connection));
  socket.on("close", () => {
    clearInterval(timer);
    destroyConnection(connection);
  });
}

/** Whatever goes wrong is the end of this connection, and of no other. */
function guard(connection: Connection, step: () => void) {
  if (connection.closed) return;
  try {
    step();
  } catch (cause) {
    const isTheirs = cause instanceof ConnectionError;
    fail(connection, isTheirs ? cause : new ConnectionError(INTERNAL_ERROR, "", {cause}));
  }
}

/** Takes what a client must send first (RFC 9113, 3.4). What is left of the chunk. */
function createPrefaceReader(preface: Buffer): (chunk: Buffer) => Buffer {
  let seen = 0;
  return (chunk) => {
    const bytes = Math.min(preface.length - seen, chunk.length);
    if (bytes === 0) return chunk;
    if (preface.compare(chunk, 0, bytes, seen, seen + bytes) !== 0)
      throw new ConnectionError(PROTOCOL_ERROR, "no HTTP/2: the preface is another one");
    seen += bytes;
    return chunk.subarray(bytes);
  };
}

/** Ends what a peer does not get on with; each time, as much later as it may take. */
function sweep(connection: Connection) {
  const {isSettled, block, streams, limits} = connection;
  const oldestMs = Date.now() - limits.patienceMs;
  if (!isSettled)
    return fail(connection, new ConnectionError(SETTINGS_TIMEOUT, "SETTINGS not acknowledged"));
  if (block && block.atMs < oldestMs)
    return fail(connection, new ConnectionError(ENHANCE_YOUR_CALM, "a header block without end"));
  // Its owner has done with it: it waits for the peer alone, to read the end or to say its own.
  for (const stream of streams.all())
    if (stream.ended && connection.isServer && stream.stalledAtMs < oldestMs)
      reset(stream, stream.sends ? INTERNAL_ERROR : NO_ERROR);
}
