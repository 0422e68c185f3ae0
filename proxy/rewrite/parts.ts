import {CLOSE_OBJECT, COMMA, OPEN_OBJECT} from "./bytes.ts";

/** A part of the text that was read, or what is written instead. */
export type Part = Run | string;

export interface Run {
  readonly from: number;
  end: number;
}

/** The object of these parts, in one piece of memory. */
export function joined(text: Buffer, parts: readonly Part[]): Buffer {
  let size = 2 + Math.max(0, parts.length - 1);
  for (const part of parts) size += sizeOf(part);
  const bytes = Buffer.allocUnsafe(size);
  let at = 0;
  for (const part of parts) {
    bytes[at] = at === 0 ? OPEN_OBJECT : COMMA;
    at++;
    if (typeof part === "string") at += bytes.write(part, at);
    else at += text.copy(bytes, at, part.from, part.end);
  }
  if (parts.length === 0) bytes[at++] = OPEN_OBJECT;
  bytes[at] = CLOSE_OBJECT;
  return bytes;
}

const sizeOf = (part: Part) =>
  typeof part === "string" ? Buffer.byteLength(part) : part.end - part.from;
