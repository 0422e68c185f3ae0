import {HEAD_BYTES} from "./wire.ts";

/** What a connection has still to say in this turn of the loop. */
export interface Output {
  /** Where it is written. What lies before `from` has been handed to the socket, and stays as it is until it has gone out. */
  bytes: Buffer;
  from: number;
  at: number;
  /** Filled before `bytes`. */
  readonly full: Buffer[];
  /** How much the turn so far has had to say, in `full`. */
  fullBytes: number;
}

/** One that says much gets more at a time. */
const LEAST_BYTES = 1 << 10;
const MOST_BYTES = 1 << 16;
const NONE = Buffer.alloc(0);

export const createOutput = (): Output => ({bytes: NONE, from: 0, at: 0, full: [], fullBytes: 0});

/** Makes room for so many bytes in one piece. */
export function reserve(output: Output, bytes: number): void {
  const {bytes: before, from, at} = output;
  if (before.length - at >= bytes) return;
  if (at > from) {
    output.full.push(before.subarray(from, at));
    output.fullBytes += at - from;
  }
  const size = Math.min(MOST_BYTES, Math.max(LEAST_BYTES, 2 * before.length));
  output.bytes = Buffer.allocUnsafeSlow(Math.max(size, bytes));
  reuse(output);
}

/** Gives up the room that is left where nothing waits: an idle connection keeps none. */
export function release(output: Output): void {
  if (pendingBytes(output) > 0) return;
  output.bytes = NONE;
  reuse(output);
}

/** Writes over what has gone out: memory that was in use a moment ago is many times as fast as any other. */
export function reuse(output: Output): void {
  output.from = 0;
  output.at = 0;
}

/** Bytes that wait to be handed over. */
export const pendingBytes = ({fullBytes, from, at}: Output): number => fullBytes + at - from;

/** Hands all of it over, in order. */
export function takeOutput(output: Output): Buffer[] {
  const {bytes, from, at, full} = output;
  const pieces = full.splice(0);
  if (at > from) pieces.push(bytes.subarray(from, at));
  output.from = at;
  output.fullBytes = 0;
  return pieces;
}

/** Writes a frame's head, for which there must be room; its payload is to follow. */
export function writeHead(
  output: Output,
  length: number,
  type: number,
  flags: number,
  streamId: number,
): void {
  const {bytes, at} = output;
  bytes[at] = length >>> 16;
  bytes[at + 1] = length >>> 8;
  bytes[at + 2] = length;
  bytes[at + 3] = type;
  bytes[at + 4] = flags;
  writeUint32(bytes, at + 5, streamId);
  output.at = at + HEAD_BYTES;
}

export function writeUint32(bytes: Buffer, at: number, value: number): void {
  bytes[at] = value >>> 24;
  bytes[at + 1] = value >>> 16;
  bytes[at + 2] = value >>> 8;
  bytes[at + 3] = value;
}
