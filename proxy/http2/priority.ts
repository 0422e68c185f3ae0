import type {Connection, Frame} from "./connection.ts";
import {spend} from "./limits.ts";
import {reset} from "./sending.ts";
import {isIdle} from "./strays.ts";
import {DEFAULT_URGENCY} from "./stream.ts";
import {ConnectionError, FRAME_SIZE_ERROR, LAST_STREAM, PROTOCOL_ERROR} from "./wire.ts";
import {writeReset} from "./writing.ts";

/**
 * The urgency that a `priority` field names (RFC 9218, 4.1), the last where it names two (RFC 8941, 3.2); what it has
 * else, and what cannot be read, is ignored.
 */
export function urgencyOf(priority: string): number {
  const urgency = /^(?:.*,)?[ \t]*u=([0-7])[ \t]*(?:[,;]|$)/.exec(priority)?.[1];
  return urgency === undefined ? DEFAULT_URGENCY : Number(urgency);
}

/** RFC 9218, 7.1. It may come before its request; then the request's own field is as good. Nothing is pushed that it could be of. */
export function takePriorityUpdate(connection: Connection, {bytes, start, end}: Frame): void {
  spend(connection.idleFrames);
  if (end - start < 4) throw new ConnectionError(FRAME_SIZE_ERROR, "PRIORITY_UPDATE too short");
  const streamId = bytes.readUInt32BE(start) & LAST_STREAM;
  if (!connection.isServer || streamId % 2 === 0)
    throw new ConnectionError(PROTOCOL_ERROR, "PRIORITY_UPDATE of no request");
  const stream = connection.streams.get(streamId);
  if (stream) stream.urgency = urgencyOf(bytes.toString("latin1", start + 4, end));
}

/** RFC 9113, 5.3.2: deprecated. It is looked at only as far as its faults are defined. */
export function takePriority(connection: Connection, {streamId, bytes, start, end}: Frame): void {
  spend(connection.idleFrames);
  const isWrong = end - start !== 5;
  if (!isWrong && !dependsOnItself(bytes, start, streamId)) return;
  const code = isWrong ? FRAME_SIZE_ERROR : PROTOCOL_ERROR;
  if (isIdle(connection, streamId)) throw new ConnectionError(code, "PRIORITY that makes no sense");
  spend(connection.strayFrames);
  const stream = connection.streams.get(streamId);
  if (stream) reset(stream, code);
  else writeReset(connection, streamId, code);
}

export function dependsOnItself(bytes: Buffer, at: number, streamId: number): boolean {
  return (bytes.readUInt32BE(at) & LAST_STREAM) === streamId;
}
