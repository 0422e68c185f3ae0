/** The numbers of HTTP/2 as they stand on the wire (RFC 9113; RFC 9218 for priorities). */

/** What a client sends first (3.4). */
export const PREFACE = Buffer.from("PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n");
/** Length, type, flags, stream (4.1). */
export const HEAD_BYTES = 9;
/** The largest payload that needs no leave of the receiver, and all that we give (4.2). */
export const FRAME_BYTES = 1 << 14;
/** What a receiver may set as the largest payload (6.5.2). */
export const MOST_FRAME_BYTES = (1 << 24) - 1;
/** A window at first (6.9.2), and at most (6.9.1). */
export const FIRST_WINDOW = (1 << 16) - 1;
export const MOST_WINDOW = 2 ** 31 - 1;
export const LAST_STREAM = 2 ** 31 - 1;

/** Types of frames (6; RFC 9218, 7.1). */
export const DATA = 0x0;
export const HEADERS = 0x1;
export const PRIORITY = 0x2;
export const RST_STREAM = 0x3;
export const SETTINGS = 0x4;
export const PUSH_PROMISE = 0x5;
export const PING = 0x6;
export const GOAWAY = 0x7;
export const WINDOW_UPDATE = 0x8;
export const CONTINUATION = 0x9;
export const PRIORITY_UPDATE = 0x10;

/** Flags. ACK is of SETTINGS and PING, END_STREAM of DATA and HEADERS. */
export const ACK = 0x1;
export const END_STREAM = 0x1;
export const END_HEADERS = 0x4;
export const PADDED = 0x8;
export const PRIORITIZED = 0x20;

/** Settings (6.5.2; RFC 9218, 2.1). */
export const HEADER_TABLE_SIZE = 0x1;
export const ENABLE_PUSH = 0x2;
export const MAX_CONCURRENT_STREAMS = 0x3;
export const INITIAL_WINDOW_SIZE = 0x4;
export const MAX_FRAME_SIZE = 0x5;
export const MAX_HEADER_LIST_SIZE = 0x6;
export const NO_RFC7540_PRIORITIES = 0x9;

/** Error codes (7). */
export const NO_ERROR = 0x0;
export const PROTOCOL_ERROR = 0x1;
export const INTERNAL_ERROR = 0x2;
export const FLOW_CONTROL_ERROR = 0x3;
export const SETTINGS_TIMEOUT = 0x4;
export const STREAM_CLOSED = 0x5;
export const FRAME_SIZE_ERROR = 0x6;
export const REFUSED_STREAM = 0x7;
export const CANCEL = 0x8;
export const COMPRESSION_ERROR = 0x9;
export const ENHANCE_YOUR_CALM = 0xb;

/** Their names, each in its code's place. */
export const ERROR_NAMES = [
  "NO_ERROR",
  "PROTOCOL_ERROR",
  "INTERNAL_ERROR",
  "FLOW_CONTROL_ERROR",
  "SETTINGS_TIMEOUT",
  "STREAM_CLOSED",
  "FRAME_SIZE_ERROR",
  "REFUSED_STREAM",
  "CANCEL",
  "COMPRESSION_ERROR",
  "CONNECT_ERROR",
  "ENHANCE_YOUR_CALM",
  "INADEQUATE_SECURITY",
  "HTTP_1_1_REQUIRED",
] as const;
export type ErrorName = (typeof ERROR_NAMES)[number];

/** One that nobody knows is as good as INTERNAL_ERROR (7). */
export const errorName = (code: number): ErrorName => ERROR_NAMES[code] ?? "INTERNAL_ERROR";

/**
 * Ends the connection that it is thrown on (5.4.1). The message is for the log, and for the peer's. Its `cause` is an
 * error of our own code; where it has none the peer is at fault, or says that we are.
 */
export class ConnectionError extends Error {
  readonly code: number;

  constructor(code: number, message: string, options?: ErrorOptions) {
    super(message, options);
    this.code = code;
  }
}
