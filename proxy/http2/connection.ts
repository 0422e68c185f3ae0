import type {Socket} from "node:net";
import type {createSections, Fields} from "./fields.ts";
import type {createDecoder} from "./hpack/decoder.ts";
import type {Encoder} from "./hpack/encoder.ts";
import type {Allowance, Limits} from "./limits.ts";
import type {Output} from "./output.ts";
import type {Settings} from "./settings.ts";
import type {StreamTable} from "./stream-table.ts";

/** One connection, either side of it: who it is to, and what is known of it. */
export interface Connection {
  readonly socket: Socket;
  readonly isServer: boolean;
  readonly limits: Limits;
  readonly on: ConnectionEvents;
  /** What a stream, and all of them, may hold of what the peer sends. */
  readonly streamWindow: number;
  readonly window: number;
  readonly output: Output;
  readonly encoder: Encoder;
  readonly decode: ReturnType<typeof createDecoder>;
  readonly sections: ReturnType<typeof createSections>;
  readonly peer: Settings;
  readonly streams: StreamTable<Stream>;
  /** Streams in line to send. */
  readonly sendQueue: Stream[];
  /** Those that we have reset last: what is still on its way to them is no fault. */
  readonly forgotten: Set<number>;
  readonly idleFrames: Allowance;
  readonly strayFrames: Allowance;
  readonly resets: Allowance;
  /** The highest stream of the peer's, and the next of ours. */
  lastPeerStream: number;
  nextStream: number;
  sendWindow: number;
  receiveWindow: number;
  credit: number;
  /** A header block whose end has not come. */
  block: HeaderBlock | undefined;
  /** Whether its settings have come, and ours are acknowledged. */
  isGreeted: boolean;
  isSettled: boolean;
  /** What it said was wrong when it took leave. */
  farewell: Error | undefined;
  /** Of PINGs that wait for their answer, what is told of it. */
  pong: (() => void) | undefined;
  /** The socket has more than it could send. */
  congested: boolean;
  flushes: boolean;
  /** Takes or opens no more streams; closes with the last one. */
  leaving: boolean;
  closed: boolean;
}

export interface ConnectionEvents {
  /** A request; its stream is ours to answer. Only at a server. */
  request(stream: Stream, fields: Fields): void;
  /** The peer's settings have come, or others. */
  settled(connection: Connection): void;
  /** The peer takes no new streams (GOAWAY). */
  leaving(connection: Connection): void;
  /** Once, with why, where there is a reason. */
  closed(connection: Connection, cause: unknown): void;
}

/** A frame, its payload in `bytes[start..end)`. */
export interface Frame {
  readonly flags: number;
  readonly streamId: number;
  readonly bytes: Buffer;
  readonly start: number;
  readonly end: number;
}

/** A header block as it comes, over several frames (6.10). */
export interface HeaderBlock {
  readonly streamId: number;
  /** Those of its first frame. */
  readonly flags: number;
  readonly isSelfish: boolean;
  readonly parts: Buffer[];
  bytes: number;
  readonly atMs: number;
}

/**
 * One request and its answer. States are RFC 9113's (5.1) by two bits: open is both, half-closed one of them, closed
 * none.
 */
export interface Stream {
  readonly id: number;
  readonly connection: Connection;
  /** Its owner's, for the handler. */
  context: unknown;
  handler: StreamHandler;
  /** Whether the peer may still say something, and we. */
  receives: boolean;
  sends: boolean;
  /** Whether the head of the answer to us has come. */
  answered: boolean;
  /** Whether our header section has gone out, and whether the end has been said, though it may wait. */
  headersSent: boolean;
  ended: boolean;
  /** Whether the answer may have no content, as that to a HEAD. */
  bodiless: boolean;
  /** The code that it was reset with, by either side. */
  code: number;
  /** Bytes that may be sent, and that may come. */
  sendWindow: number;
  receiveWindow: number;
  /** Bytes taken that the peer has not been given back. None are while it is paused. */
  credit: number;
  paused: boolean;
  /** Bytes of content that are still to come; -1 where none were announced. */
  awaited: number;
  /** What is held back by windows or by the socket. */
  queue: Buffer[];
  queuedBytes: number;
  /** Whether anything is, though it be no more than the end; whether the stream is in line to send it. */
  queued: boolean;
  inLine: boolean;
  /** Whether its owner was told to wait. */
  needsDrain: boolean;
  /** When it last had something more to send, could send some of it, or had said all. */
  stalledAtMs: number;
  /** 0 to 7, less is sooner (RFC 9218, 4.1). */
  urgency: number;
}

/** Hears what becomes of a stream. One object serves many: which it is, the first argument says. */
export interface StreamHandler {
  /** The head of an answer. Only of streams that we have opened. */
  answered(stream: Stream, fields: Fields): void;
  data(stream: Stream, chunk: Buffer): void;
  /** The peer has said all. */
  ended(stream: Stream): void;
  /** What was written has gone out: more may come. */
  drained(stream: Stream): void;
  /** It is over, or its connection is. Says so once; nothing more is heard of it. */
  closed(stream: Stream): void;
}
