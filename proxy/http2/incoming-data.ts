import type {Connection, Stream} from "./connection.ts";
import {spend} from "./limits.ts";
import {closeStream, reset} from "./sending.ts";
import {stray} from "./strays.ts";
import {
  ConnectionError,
  END_STREAM,
  FLOW_CONTROL_ERROR,
  FRAME_SIZE_ERROR,
  PADDED,
  PROTOCOL_ERROR,
} from "./wire.ts";
import {writeWindowUpdate} from "./writing.ts";

/** Takes DATA (RFC 9113, 6.1) and hands on what it carries, where it lies. */
export function takeData(
  connection: Connection,
  flags: number,
  streamId: number,
  bytes: Buffer,
  start: number,
  end: number,
) {
  if (streamId === 0) throw new ConnectionError(PROTOCOL_ERROR, "DATA on stream 0");
  const length = end - start;
  takeFromConnection(connection, length);
  const stream = connection.streams.get(streamId);
  if (!stream?.receives || (!connection.isServer && !stream.answered))
    return refuse(connection, stream, streamId);
  stream.receiveWindow -= length;
  if (stream.receiveWindow < 0) return reset(stream, FLOW_CONTROL_ERROR);
  const from = flags & PADDED ? start + 1 : start;
  const to = flags & PADDED ? unpadded(bytes, start, end) : end;
  if (from === to && !(flags & END_STREAM)) spend(connection.idleFrames);
  deliver(stream, bytes, from, to, (flags & END_STREAM) > 0);
  if (stream.receives) giveBack(stream, length);
}

/** Content before its headers is no answer (8.1). */
function refuse(connection: Connection, stream: Stream | undefined, streamId: number) {
  if (stream?.receives) reset(stream, PROTOCOL_ERROR);
  else stray(connection, "DATA", streamId);
}

/** 6.9.1. It is given back at once: what each stream may hold bounds what all do. */
function takeFromConnection(connection: Connection, length: number) {
  connection.receiveWindow -= length;
  if (connection.receiveWindow < 0)
    throw new ConnectionError(FLOW_CONTROL_ERROR, "DATA beyond the connection's window");
  connection.credit += length;
  if (connection.credit < connection.window / 2) return;
  writeWindowUpdate(connection, 0, connection.credit);
  connection.receiveWindow += connection.credit;
  connection.credit = 0;
}

/** Where the content ends (6.1, 6.2). A frame that has no room for what it must have is of a wrong size (4.2). */
export function unpadded(bytes: Buffer, start: number, end: number): number {
  if (start === end)
    throw new ConnectionError(FRAME_SIZE_ERROR, "a frame without the length of its padding");
  const padding = bytes[start]!;
  if (start + 1 + padding > end)
    throw new ConnectionError(PROTOCOL_ERROR, "padding longer than its frame");
  return end - padding;
}

function deliver(stream: Stream, bytes: Buffer, from: number, to: number, isLast: boolean) {
  // 8.1.1: the content is to be as long as was announced.
  const isMeasured = stream.awaited >= 0;
  if (isMeasured) stream.awaited -= to - from;
  if (isMeasured && stream.awaited < 0) return reset(stream, PROTOCOL_ERROR);
  if (to > from) stream.handler.data(stream, bytes.subarray(from, to));
  if (!isLast || !stream.receives) return;
  if (isMeasured && stream.awaited > 0) reset(stream, PROTOCOL_ERROR);
  else endReceiving(stream);
}

/** The peer has said all. */
export function endReceiving(stream: Stream): void {
  stream.receives = false;
  stream.handler.ended(stream);
  if (!stream.sends && stream.connection.streams.get(stream.id)) closeStream(stream);
}

/** Opens the window again by what was taken; of a stream that is paused, once it goes on. */
function giveBack(stream: Stream, length: number) {
  stream.credit += length;
  if (!stream.paused) resume(stream);
}

/** Takes no more than the window has left, until it is resumed. */
export function pause(stream: Stream): void {
  stream.paused = true;
}

export function resume(stream: Stream): void {
  const {connection, credit, id} = stream;
  stream.paused = false;
  if (credit < connection.streamWindow / 2 || !stream.receives) return;
  writeWindowUpdate(connection, id, credit);
  stream.receiveWindow += credit;
  stream.credit = 0;
}
