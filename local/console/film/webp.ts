/**
 * Puts still images of Chromium's encoder together to an animation, for it makes none by itself.
 * https://developers.google.com/speed/webp/docs/riff_container
 */
export interface Frame {
  /** A whole WebP file of the part that differs from the frame before. */
  readonly still: Buffer;
  /** Where that part is; even numbers, for the format halves them. */
  readonly x: number;
  readonly y: number;
  readonly width: number;
  readonly height: number;
  readonly ms: number;
}

/** Plays without end. */
export function animationOf(
  frames: readonly Frame[],
  {width, height}: {width: number; height: number},
): Buffer {
  const size = Buffer.concat([Buffer.of(ANIMATED, 0, 0, 0), less1(width), less1(height)]);
  const loop = Buffer.of(255, 255, 255, 255, 0, 0);
  const chunks = [chunk("VP8X", size), chunk("ANIM", loop), ...frames.map(frameChunk)];
  return chunk("RIFF", Buffer.concat([Buffer.from("WEBP"), ...chunks]));
}

const ANIMATED = 0b10;
/** It takes the place of what was there, and stays. */
const NOT_BLENDED = 0b10;

function frameChunk({still, x, y, width, height, ms}: Frame): Buffer {
  const at = [uint24(x / 2), uint24(y / 2), less1(width), less1(height), uint24(ms)];
  return chunk("ANMF", Buffer.concat([...at, Buffer.of(NOT_BLENDED), imageIn(still)]));
}

/** The image's own chunk, without the file around it. */
function imageIn(still: Buffer): Buffer {
  for (let at = 12; at < still.length; ) {
    const bytes = still.readUInt32LE(at + 4);
    const end = at + 8 + bytes + (bytes % 2);
    if (/^VP8[ L]$/.test(still.toString("latin1", at, at + 4))) return still.subarray(at, end);
    at = end;
  }
  throw new Error("the still holds no image of WebP's; take it from a canvas as image/webp");
}

function chunk(name: string, body: Buffer): Buffer {
  const head = Buffer.alloc(8, name, "latin1");
  head.writeUInt32LE(body.length, 4);
  return Buffer.concat([head, body, Buffer.alloc(body.length % 2)]);
}

const less1 = (value: number) => uint24(value - 1);

function uint24(value: number): Buffer {
  const bytes = Buffer.alloc(3);
  bytes.writeUIntLE(value, 0, 3);
  return bytes;
}
