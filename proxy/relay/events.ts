import {jsonIn} from "../json.ts";
import {isObject} from "../rewrite/body.ts";

const LF = 0x0a;
const CR = 0x0d;
const COLON = 0x3a;
const BLANK = 0x20;
const BRACKET = 0x5d;

/** Reads the events of one answer as they come. */
export interface Events {
  /** The chunk with line feeds alone as its line ends: not every client knows the others. */
  plain(chunk: Buffer): Buffer;
  /** Whether the last event is there, blank line and all. Asked once after each plain chunk. */
  isLast(chunk: Buffer): boolean;
  /** The same of a host that ends its answer without the blank line. */
  readonly isWhole: boolean;
}

const LAST_EVENT = /(?:^|\n)data: ?\[DONE\][ \t]*\n[ \t]*\n\s*$/;
const LAST_LINE = /(?:^|\n)data: ?\[DONE\]\s*$/;
const TAIL_BYTES = 24;

export function createEvents(): Events {
  let tail: Buffer = EMPTY;
  let endedByCr = false;

  return {
    plain(chunk) {
      if (chunk.length === 0) return chunk;
      const follows = endedByCr && chunk[0] === LF;
      if (!follows && !chunk.includes(CR)) {
        endedByCr = false;
        return chunk;
      }
      endedByCr = chunk.at(-1) === CR;
      return withLineFeeds(follows ? chunk.subarray(1) : chunk);
    },
    isLast(chunk) {
      const isLong = chunk.length >= TAIL_BYTES;
      tail = isLong ? chunk : Buffer.concat([tail.subarray(-TAIL_BYTES), chunk]);
      return endsByBracket(tail) && LAST_EVENT.test(endOf(tail));
    },
    get isWhole() {
      return LAST_LINE.test(endOf(tail));
    },
  };
}

const EMPTY = Buffer.alloc(0);

const endOf = (chunk: Buffer): string =>
  chunk.toString("latin1", Math.max(0, chunk.length - TAIL_BYTES));

/** As `[DONE]` does, and JSON does not: of most chunks nothing more is to be looked at. */
function endsByBracket(chunk: Buffer): boolean {
  let at = chunk.length - 1;
  while (at >= 0 && (chunk[at] as number) <= BLANK) at--;
  return chunk[at] === BRACKET;
}

const ERROR = Buffer.from('"error"');
const EVENT = /^data: ?(\{.*)/;
/** How hosts say that they have no room, in code, type or status. */
const BUSY =
  /"(?:429|rate_limit\w*|too_many_requests|insufficient_quota|\w*capacity\w*)"|:\s*429\b/i;

/**
 * What a host that has said 200 says of an error, within its events: Azure refuses so for want of room. A
 * text within an event has its quotes escaped.
 */
export function errorIn(chunk: Buffer): "busy" | "failed" | undefined {
  if (!chunk.includes(ERROR)) return undefined;
  const error = chunk
    .toString()
    .split("\n")
    .map((line) => EVENT.exec(line)?.[1])
    .map((event) => event && errorWithin(event))
    .find(Boolean);
  if (!error) return undefined;
  return isBusy(error) ? "busy" : "failed";
}

/** Beside whatever else it says; where it comes in pieces, by its beginning. */
function errorWithin(event: string): string | undefined {
  if (event.startsWith('{"error"')) return event;
  const said = jsonIn(event);
  return isObject(said) && said.error != null ? JSON.stringify({error: said.error}) : undefined;
}

/** Whether an error is for want of room. */
export const isBusy = (error: string): boolean => BUSY.test(error);

/** In a copy. A text within an event has its line ends escaped: whatever is one here is one of the stream's. */
function withLineFeeds(chunk: Buffer): Buffer {
  const plain = Buffer.allocUnsafe(chunk.length);
  let size = 0;
  for (let at = 0; at < chunk.length; at++) {
    const byte = chunk[at] as number;
    if (byte === LF && chunk[at - 1] === CR) continue;
    plain[size++] = byte === CR ? LF : byte;
  }
  return plain.subarray(0, size);
}

/** Whether a chunk is of comments alone, by which hosts keep a connection alive while they have nothing to say. */
export function isComment(chunk: Buffer): boolean {
  for (let at = 0; at < chunk.length; at++) {
    if (chunk[at] === LF) continue;
    if (chunk[at] !== COLON) return false;
    at = chunk.indexOf(LF, at);
    if (at < 0) return false;
  }
  return true;
}
