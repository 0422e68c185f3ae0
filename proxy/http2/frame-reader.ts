import {ConnectionError, FRAME_BYTES, FRAME_SIZE_ERROR, HEAD_BYTES} from "./wire.ts";

/**
 * Takes a frame, whose payload is `bytes[start..end)`. The bytes are nobody else's: slices of them may be kept.
 * Whether to go on with the next.
 */
export type TakeFrame = (
  type: number,
  flags: number,
  streamId: number,
  bytes: Buffer,
  start: number,
  end: number,
) => boolean;

/**
 * Cuts what a peer sends into frames, wherever it is split. A frame that came in one piece is handed on where it lies;
 * one that did not is put together in a buffer of its own, which holds at most 16 KB. Throws FRAME_SIZE_ERROR as soon
 * as a head announces more.
 */
export function createFrameReader(take: TakeFrame): (chunk: Buffer) => void {
  let open = Buffer.alloc(HEAD_BYTES);
  let filled = 0;
  let goesOn = true;

  return (chunk) => {
    let at = filled > 0 ? complete(chunk, 0) : 0;
    while (goesOn && chunk.length - at >= HEAD_BYTES) {
      const end = at + HEAD_BYTES + payloadBytes(chunk, at);
      if (end > chunk.length) break;
      goesOn = hand(chunk, at, end);
      at = end;
    }
    if (goesOn && at < chunk.length) complete(chunk, at);
  };

  /** Adds to the frame that has begun, or begins one. Where the chunk is read up to. */
  function complete(chunk: Buffer, from: number): number {
    let at = fill(chunk, from);
    if (filled === HEAD_BYTES && open.length === HEAD_BYTES) at = openPayload(chunk, at);
    if (filled < open.length || filled < HEAD_BYTES) return at;
    const whole = open;
    open = Buffer.alloc(HEAD_BYTES);
    filled = 0;
    goesOn = hand(whole, 0, whole.length);
    return at;
  }

  function openPayload(chunk: Buffer, at: number): number {
    const head = open;
    open = Buffer.allocUnsafeSlow(HEAD_BYTES + payloadBytes(head, 0));
    head.copy(open);
    return fill(chunk, at);
  }

  /** Copies what is missing, or what there is. How far it has read. */
  function fill(chunk: Buffer, at: number): number {
    const bytes = Math.min(open.length - filled, chunk.length - at);
    chunk.copy(open, filled, at, at + bytes);
    filled += bytes;
    return at + bytes;
  }

  function hand(bytes: Buffer, at: number, end: number): boolean {
    // The highest bit of the stream's id is reserved and says nothing (4.1).
    const streamId = bytes.readUInt32BE(at + 5) & 0x7fffffff;
    return take(bytes[at + 3]!, bytes[at + 4]!, streamId, bytes, at + HEAD_BYTES, end);
  }
}

function payloadBytes(bytes: Buffer, at: number): number {
  const length = (bytes[at]! << 16) | (bytes[at + 1]! << 8) | bytes[at + 2]!;
  if (length > FRAME_BYTES)
    throw new ConnectionError(
      FRAME_SIZE_ERROR,
      `a frame of ${length} bytes; ${FRAME_BYTES} are taken`,
    );
  return length;
}
