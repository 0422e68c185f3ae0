import type {Connection, Frame, HeaderBlock, Stream} from "./connection.ts";
import type {Section, SectionKind} from "./fields.ts";
import {endReceiving, unpadded} from "./incoming-data.ts";
import {spend} from "./limits.ts";
import {dependsOnItself, urgencyOf} from "./priority.ts";
import {reset, writeHeaders} from "./sending.ts";
import {isIdle, stray} from "./strays.ts";
import {createStream} from "./stream.ts";
import {
  ConnectionError,
  END_HEADERS,
  END_STREAM,
  ENHANCE_YOUR_CALM,
  FRAME_SIZE_ERROR,
  PADDED,
  PRIORITIZED,
  PROTOCOL_ERROR,
  REFUSED_STREAM,
} from "./wire.ts";
import {writeReset} from "./writing.ts";

/** Takes HEADERS (RFC 9113, 6.2): a whole header block, or the beginning of one. */
export function takeHeaders(
  connection: Connection,
  flags: number,
  streamId: number,
  bytes: Buffer,
  start: number,
  end: number,
) {
  if (streamId === 0) throw new ConnectionError(PROTOCOL_ERROR, "HEADERS on stream 0");
  let from = flags & PADDED ? start + 1 : start;
  if (flags & PRIORITIZED && end - from < PRIORITY_BYTES)
    throw new ConnectionError(FRAME_SIZE_ERROR, `HEADERS of ${end - start} bytes`);
  const to = flags & PADDED ? unpadded(bytes, start, end) : end;
  let isSelfish = false;
  if (flags & PRIORITIZED) {
    if (to - from < PRIORITY_BYTES)
      throw new ConnectionError(PROTOCOL_ERROR, "padding in place of a priority");
    isSelfish = dependsOnItself(bytes, from, streamId);
    from += PRIORITY_BYTES;
  }
  if (flags & END_HEADERS)
    return takeBlock(connection, {streamId, flags, isSelfish}, bytes, from, to);
  connection.block = {streamId, flags, isSelfish, parts: [], bytes: 0, atMs: Date.now()};
  gather(connection, bytes.subarray(from, to));
}
const PRIORITY_BYTES = 5;

export function takeContinuation(connection: Connection, {flags, bytes, start, end}: Frame): void {
  const {block} = connection;
  if (!block) throw new ConnectionError(PROTOCOL_ERROR, "CONTINUATION of nothing");
  gather(connection, bytes.subarray(start, end));
  if (!(flags & END_HEADERS)) return;
  connection.block = undefined;
  const whole = Buffer.concat(block.parts);
  takeBlock(connection, block, whole, 0, whole.length);
}

function gather({block, limits}: Connection, part: Buffer) {
  block!.parts.push(part);
  block!.bytes += part.length;
  if (block!.bytes > limits.blockBytes || block!.parts.length > limits.blockFrames)
    throw new ConnectionError(ENHANCE_YOUR_CALM, "a header block without end");
}

/** A block must be decoded, whatever becomes of it: the next one builds on it (4.3). */
function takeBlock(
  connection: Connection,
  {streamId, flags, isSelfish}: Pick<HeaderBlock, "streamId" | "flags" | "isSelfish">,
  bytes: Buffer,
  from: number,
  to: number,
) {
  const {isServer, sections, streams} = connection;
  const stream = streams.get(streamId);
  const isNew = isServer && !stream && isIdle(connection, streamId) && streamId % 2 === 1;
  sections.begin(kindOf(isNew, stream));
  connection.decode(bytes, from, to, sections.take);
  const section = sections.end();
  const isLast = (flags & END_STREAM) > 0;
  if (isSelfish) return refuseSelfish(connection, stream, streamId, isNew);
  if (isNew) beginRequest(connection, streamId, section, isLast);
  else if (!stream?.receives) stray(connection, "HEADERS", streamId);
  else if (isServer || stream.answered) takeTrailers(stream, section, isLast);
  else takeAnswer(stream, section, isLast);
}

function kindOf(isNew: boolean, stream: Stream | undefined): SectionKind {
  if (isNew) return "request";
  return stream && !stream.connection.isServer && !stream.answered ? "response" : "trailers";
}

/** RFC 7540, 5.3.1: a stream error, though nobody heeds these priorities any more. */
function refuseSelfish(
  connection: Connection,
  stream: Stream | undefined,
  streamId: number,
  isNew: boolean,
) {
  spend(connection.strayFrames);
  if (isNew) connection.lastPeerStream = streamId;
  if (stream) reset(stream, PROTOCOL_ERROR);
  else writeReset(connection, streamId, PROTOCOL_ERROR);
}

/** 8.1 and 8.3.1. */
function beginRequest(connection: Connection, streamId: number, section: Section, isLast: boolean) {
  const {streams, limits, peer, streamWindow} = connection;
  const {fields, fault, isTooLarge, contentLength} = section;
  connection.lastPeerStream = streamId;
  if (streams.size >= limits.streams || connection.leaving)
    return writeReset(connection, streamId, REFUSED_STREAM);
  if (fault !== undefined || (isLast && contentLength > 0))
    return writeReset(connection, streamId, PROTOCOL_ERROR);
  const stream = createStream(connection, streamId, {
    sendWindow: peer.initialWindowSize,
    receiveWindow: streamWindow,
  });
  stream.awaited = contentLength;
  stream.bodiless = fields[":method"] === "HEAD";
  if (fields.priority !== undefined) stream.urgency = urgencyOf(fields.priority);
  streams.add(stream);
  if (isTooLarge) refuseHeaders(stream);
  else connection.on.request(stream, fields);
  if (isLast && stream.receives) endReceiving(stream);
}

/** RFC 6585, 5. */
function refuseHeaders(stream: Stream) {
  writeHeaders(stream, {":status": 431}, {ends: true});
}

/** 8.1: interim answers come before the one that counts. */
function takeAnswer(stream: Stream, section: Section, isLast: boolean) {
  const {fields, fault, isTooLarge, contentLength} = section;
  const isInterim = fields[":status"]?.startsWith("1") === true;
  const isBroken = fault !== undefined || isTooLarge || (isInterim && isLast);
  // 8.1.1: with this status it is the length of what is not sent.
  const isShort = isLast && contentLength > 0 && fields[":status"] !== "304";
  if (isBroken || isShort) return reset(stream, PROTOCOL_ERROR);
  if (isInterim) return spend(stream.connection.idleFrames);
  stream.answered = true;
  stream.awaited = contentLength;
  stream.handler.answered(stream, fields);
  if (isLast && stream.receives) endReceiving(stream);
}

/** They end the message (8.1), and say nothing that we read. */
function takeTrailers(stream: Stream, {fault}: Section, isLast: boolean) {
  if (!isLast || fault !== undefined || stream.awaited > 0) return reset(stream, PROTOCOL_ERROR);
  endReceiving(stream);
}
