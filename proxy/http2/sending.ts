import type {Connection, Stream} from "./connection.ts";
import type {OutgoingFields} from "./hpack/encoder.ts";
import {closeIfLast} from "./leaving.ts";
import {earn} from "./limits.ts";
import {writeHead} from "./output.ts";
import {isClosed, NO_QUEUE} from "./stream.ts";
import {lastInTurn} from "./turn.ts";
import {CONTINUATION, DATA, END_HEADERS, END_STREAM, HEAD_BYTES, HEADERS} from "./wire.ts";
import {flushLater, isCongested, makeRoom, writeFrame, writeReset} from "./writing.ts";

/** From so many bytes on an owner is told to wait: two frames of the usual size. */
const HIGH_WATER = 32 << 10;

/** There are peers that open both windows again for each frame that they take. */
const UPDATES_A_FRAME = 2;

/** Sends the header section: of a request, an answer, or none after it. */
export function writeHeaders(stream: Stream, fields: OutgoingFields, {ends = false} = {}): void {
  const {connection, id} = stream;
  if (!stream.sends || stream.ended) return;
  stream.headersSent = true;
  const {output, encoder, peer} = connection;
  makeRoom(connection, HEAD_BYTES + encoder.room(fields));
  const head = output.at;
  const end = encoder.write(output.bytes, head + HEAD_BYTES, fields);
  const length = end - head - HEAD_BYTES;
  const flags = ends ? END_STREAM : 0;
  if (length <= peer.maxFrameSize) {
    writeHead(output, length, HEADERS, flags | END_HEADERS, id);
    output.at = end;
  } else {
    const block = Buffer.from(output.bytes.subarray(head + HEAD_BYTES, end));
    writeBlock(connection, id, flags, block);
  }
  flushLater(connection);
  if (ends) endSending(stream);
}

/** One that does not fit into a frame (RFC 9113, 6.10). */
function writeBlock(connection: Connection, id: number, flags: number, block: Buffer) {
  const {maxFrameSize} = connection.peer;
  for (let at = 0; at < block.length; at += maxFrameSize) {
    const part = block.subarray(at, at + maxFrameSize);
    const last = at + part.length === block.length ? END_HEADERS : 0;
    const type = at === 0 ? HEADERS : CONTINUATION;
    writeFrame(connection, type, (at === 0 ? flags : 0) | last, id, part);
  }
}

/**
 * Sends a piece of the content, or keeps it until windows and socket have room. Whether its owner may go on; where
 * not, `drained` tells when.
 */
export function write(stream: Stream, chunk: Buffer): boolean {
  if (!stream.sends || stream.ended || stream.bodiless) return true;
  if (stream.queued || !sendNow(stream, chunk, false)) enqueue(stream, chunk);
  if (stream.queuedBytes < HIGH_WATER) return true;
  stream.needsDrain = true;
  return false;
}

/** Sends the last piece, if there is one, and the end with it. */
export function end(stream: Stream, chunk: Buffer = NOTHING): void {
  if (!stream.sends || stream.ended) return;
  const last = stream.bodiless ? NOTHING : chunk;
  stream.ended = true;
  if (stream.queued || !sendNow(stream, last, true)) enqueue(stream, last);
}
const NOTHING = Buffer.alloc(0);

/** Where all of it fits into one frame, into the windows and into the socket. */
function sendNow(stream: Stream, chunk: Buffer, ends: boolean): boolean {
  const {connection} = stream;
  const {length} = chunk;
  if (length > stream.sendWindow || length > connection.sendWindow) return false;
  if (length > connection.peer.maxFrameSize || isCongested(connection)) return false;
  sendData(stream, chunk, ends);
  return true;
}

function sendData(stream: Stream, chunk: Buffer, ends: boolean) {
  const {connection, id} = stream;
  stream.sendWindow -= chunk.length;
  connection.sendWindow -= chunk.length;
  earn(connection.idleFrames, UPDATES_A_FRAME);
  writeFrame(connection, DATA, ends ? END_STREAM : 0, id, chunk);
  if (ends) endSending(stream);
}

function enqueue(stream: Stream, chunk: Buffer) {
  if (stream.queue === NO_QUEUE) stream.queue = [];
  if (chunk.length > 0) stream.queue.push(chunk);
  stream.queuedBytes += chunk.length;
  stream.stalledAtMs = Date.now();
  stream.queued = true;
  awaitTurn(stream);
  pump(stream.connection);
}

/**
 * Puts a stream in line, unless its own window holds it back: the most urgent first, and those that are as urgent in
 * turn (RFC 9218, 10).
 */
export function awaitTurn(stream: Stream): void {
  if (!stream.queued || stream.inLine || (stream.sendWindow <= 0 && stream.queue.length > 0))
    return;
  const {sendQueue} = stream.connection;
  let place = sendQueue.length;
  while (place > 0 && sendQueue[place - 1]!.urgency > stream.urgency) place--;
  sendQueue.splice(place, 0, stream);
  stream.inLine = true;
}

/** Sends what has been held back, a frame each in turn, as far as there is room. */
export function pump(connection: Connection): void {
  const {sendQueue} = connection;
  while (sendQueue.length > 0) {
    if (isCongested(connection)) {
      // Where it is not the socket that is full but this turn, the next one goes on.
      if (!connection.congested) lastInTurn(pump, connection);
      return;
    }
    const stream = sendQueue[0]!;
    if (connection.sendWindow <= 0 && stream.queue.length > 0) return;
    sendQueue.shift();
    stream.inLine = false;
    if (stream.queued) sendQueued(stream);
  }
}

function sendQueued(stream: Stream) {
  const {connection, queue} = stream;
  const next = queue[0] ?? NOTHING;
  const room = Math.min(stream.sendWindow, connection.sendWindow, connection.peer.maxFrameSize);
  const bytes = Math.max(0, Math.min(next.length, room));
  // Settings have closed its window since: it is in line again when that opens.
  if (bytes === 0 && next.length > 0) return;
  if (bytes === next.length) queue.shift();
  else queue[0] = next.subarray(bytes);
  stream.queuedBytes -= bytes;
  stream.queued = queue.length > 0;
  stream.stalledAtMs = Date.now();
  sendData(stream, next.subarray(0, bytes), stream.ended && !stream.queued);
  awaitTurn(stream);
  if (!stream.needsDrain || stream.queuedBytes >= HIGH_WATER / 2) return;
  stream.needsDrain = false;
  if (stream.sends && !stream.ended) stream.handler.drained(stream);
}

/** We have said all. */
function endSending(stream: Stream) {
  stream.ended = true;
  stream.sends = false;
  stream.stalledAtMs = Date.now();
  if (!stream.receives) closeStream(stream);
}

/** Breaks a stream off, with a code for the peer. Its handler hears that it is closed. */
export function reset(stream: Stream, code: number): void {
  if (isClosed(stream)) return;
  writeReset(stream.connection, stream.id, code);
  drop(stream, code);
}

/** A stream that one side has reset. */
export function drop(stream: Stream, code: number): void {
  stream.code = code;
  stream.receives = false;
  stream.sends = false;
  closeStream(stream);
}

export function closeStream(stream: Stream): void {
  const {connection} = stream;
  const {sendQueue, streams} = connection;
  if (stream.inLine) sendQueue.splice(sendQueue.indexOf(stream), 1);
  stream.inLine = false;
  stream.queued = false;
  stream.queue = NO_QUEUE;
  stream.queuedBytes = 0;
  streams.delete(stream.id);
  stream.handler.closed(stream);
  closeIfLast(connection);
}
