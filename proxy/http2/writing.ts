import {destroyConnection} from "./closing.ts";
import type {Connection} from "./connection.ts";
import {pendingBytes, reserve, reuse, takeOutput, writeHead, writeUint32} from "./output.ts";
import {settingsPayload} from "./settings.ts";
import {lastInTurn} from "./turn.ts";
import {
  ACK,
  ConnectionError,
  ENHANCE_YOUR_CALM,
  GOAWAY,
  HEAD_BYTES,
  PING,
  RST_STREAM,
  SETTINGS,
  WINDOW_UPDATE,
} from "./wire.ts";

/** How many resets of our own are remembered; a peer that has not seen them yet has fewer on their way. */
const FORGOTTEN = 4096;
/** What one turn of the loop may say before the socket has taken it. */
const TURN_BYTES = 256 << 10;
const NOTHING = Buffer.alloc(0);

/**
 * Makes room for so many bytes in one piece: over what has gone out, once the socket has let go of all of it. Until then
 * it may read from where that lies.
 */
export function makeRoom({output, socket}: Connection, bytes: number): void {
  if (pendingBytes(output) === 0 && socket.writableLength === 0) reuse(output);
  reserve(output, bytes);
}

export function writeFrame(
  connection: Connection,
  type: number,
  flags: number,
  id: number,
  payload: Buffer,
) {
  const {output} = connection;
  makeRoom(connection, HEAD_BYTES + payload.length);
  writeHead(output, payload.length, type, flags, id);
  payload.copy(output.bytes, output.at);
  output.at += payload.length;
  flushLater(connection);
}

/** Writes what is no frame: the preface. */
export function writeBytes(connection: Connection, bytes: Buffer): void {
  const {output} = connection;
  makeRoom(connection, bytes.length);
  bytes.copy(output.bytes, output.at);
  output.at += bytes.length;
  flushLater(connection);
}

function writeNumber(connection: Connection, type: number, id: number, value: number) {
  const {output} = connection;
  makeRoom(connection, HEAD_BYTES + 4);
  writeHead(output, 4, type, 0, id);
  writeUint32(output.bytes, output.at, value);
  output.at += 4;
  flushLater(connection);
}

export function writeReset(connection: Connection, id: number, code: number): void {
  forget(connection, id);
  writeNumber(connection, RST_STREAM, id, code);
}

export function writeWindowUpdate(connection: Connection, id: number, bytes: number): void {
  writeNumber(connection, WINDOW_UPDATE, id, bytes);
}

/** The debug data is for the peer's log (RFC 9113, 6.8). */
export function writeGoaway(
  connection: Connection,
  lastStream: number,
  code: number,
  debug = "",
): void {
  const payload = Buffer.alloc(8 + debug.length);
  writeUint32(payload, 0, lastStream);
  writeUint32(payload, 4, code);
  payload.write(debug, 8, "latin1");
  writeFrame(connection, GOAWAY, 0, 0, payload);
}

export function writePing(connection: Connection, flags: number, payload: Buffer): void {
  writeFrame(connection, PING, flags, 0, payload);
}

export function writeSettings(
  connection: Connection,
  settings: readonly (readonly [setting: number, value: number])[],
): void {
  writeFrame(connection, SETTINGS, 0, 0, settingsPayload(settings));
}

export function acknowledgeSettings(connection: Connection): void {
  writeFrame(connection, SETTINGS, ACK, 0, NOTHING);
}

/** Remembers a stream that we have reset. */
function forget({forgotten}: Connection, streamId: number): void {
  forgotten.add(streamId);
  if (forgotten.size <= FORGOTTEN) return;
  for (const oldest of forgotten) {
    forgotten.delete(oldest);
    return;
  }
}

/** Sends what there is at the end of this turn. */
export function flushLater(connection: Connection): void {
  if (connection.flushes) return;
  connection.flushes = true;
  lastInTurn(flush, connection);
}

/** Hands all there is to the socket. */
export function flush(connection: Connection) {
  connection.flushes = false;
  const {socket, output, limits} = connection;
  if (socket.destroyed) return;
  const pieces = takeOutput(output);
  if (pieces.length > 1) socket.cork();
  for (const piece of pieces) if (!socket.write(piece)) connection.congested = true;
  if (pieces.length > 1) socket.uncork();
  if (socket.writableLength > limits.unreadBytes)
    destroyConnection(
      connection,
      new ConnectionError(ENHANCE_YOUR_CALM, "the peer does not read what it asks for"),
    );
}

/** Whether what is to be sent must wait: the socket is full, or this turn has said enough. */
export function isCongested({congested, output}: Connection): boolean {
  return congested || pendingBytes(output) > TURN_BYTES;
}
