import {connect, isIP, type LookupFunction, type Socket} from "node:net";
import {connect as connectSecurely, type TLSSocket} from "node:tls";
import type {Connection, Stream, StreamHandler} from "./connection.ts";
import type {OutgoingFields} from "./hpack/encoder.ts";
import {LIMITS} from "./limits.ts";
import {openConnection, SOCKET_BYTES} from "./opening.ts";
import {urgencyOf} from "./priority.ts";
import {end, writeHeaders} from "./sending.ts";
import {createStream} from "./stream.ts";
import {
  ENABLE_PUSH,
  INITIAL_WINDOW_SIZE,
  MAX_HEADER_LIST_SIZE,
  NO_RFC7540_PRIORITIES,
} from "./wire.ts";
import {writePing} from "./writing.ts";

export interface DialOptions {
  readonly origin: string;
  readonly lookup?: LookupFunction;
  /** In bytes: what a stream may hold of its answer, and what a connection may. */
  readonly streamWindow: number;
  readonly window: number;
}

export interface ClientEvents {
  connected(connection: Connection): void;
  settled(): void;
  leaving(): void;
  /** Once, also of one that was never connected. */
  closed(cause: unknown): void;
}

/** Connects to a host that speaks HTTP/2: by prior knowledge, or where it is https by ALPN (RFC 9113, 3.2 and 3.3). */
export function dialHttp2(
  {origin, lookup, streamWindow, window}: DialOptions,
  on: ClientEvents,
): Socket {
  const url = new URL(origin);
  const isSecure = url.protocol === "https:";
  const socket = isSecure ? dialSecurely(url, lookup) : dialPlainly(url, lookup);
  let isOpen = false;
  let cause: unknown;
  socket.once(isSecure ? "secureConnect" : "connect", () => {
    if (isSecure && (socket as TLSSocket).alpnProtocol !== "h2") {
      socket.destroy(new Error(`${url.host} speaks no HTTP/2: it takes no h2 by ALPN`));
      return;
    }
    isOpen = true;
    const settings = [
      [ENABLE_PUSH, 0],
      [INITIAL_WINDOW_SIZE, streamWindow],
      [MAX_HEADER_LIST_SIZE, LIMITS.headerBytes],
      [NO_RFC7540_PRIORITIES, 1],
    ] as const;
    on.connected(
      openConnection(socket, {
        isServer: false,
        on: {request() {}, ...on, closed: (_, why) => on.closed(why)},
        limits: LIMITS,
        settings,
        streamWindow,
        window,
      }),
    );
  });
  socket.on("error", (error) => {
    cause = error;
  });
  socket.once("close", () => isOpen || on.closed(cause));
  return socket;
}

const portOf = ({port, protocol}: URL) => Number(port) || (protocol === "https:" ? 443 : 80);
const hostOf = ({hostname}: URL) => hostname.replace(/^\[|\]$/g, "");
const options = (url: URL, lookup: LookupFunction | undefined) => ({
  host: hostOf(url),
  port: portOf(url),
  noDelay: true,
  highWaterMark: SOCKET_BYTES,
  ...(lookup && {lookup}),
});

const dialPlainly = (url: URL, lookup: LookupFunction | undefined): Socket =>
  connect(options(url, lookup));

/** An address is no server's name (RFC 6066, 3). */
const dialSecurely = (url: URL, lookup: LookupFunction | undefined): Socket =>
  connectSecurely({
    ...options(url, lookup),
    ALPNProtocols: ["h2"],
    ...(isIP(hostOf(url)) === 0 && {servername: hostOf(url)}),
  });

/** Sends a request, as urgently as its `priority` says. Its handler hears nothing before this returns. */
export function request(
  connection: Connection,
  fields: OutgoingFields,
  body: Buffer,
  handler: StreamHandler,
  context: unknown,
): Stream {
  const {peer, streamWindow} = connection;
  const stream = createStream(connection, connection.nextStream, {
    sendWindow: peer.initialWindowSize,
    receiveWindow: streamWindow,
  });
  connection.nextStream += 2;
  connection.streams.add(stream);
  stream.handler = handler;
  stream.context = context;
  if (typeof fields.priority === "string") stream.urgency = urgencyOf(fields.priority);
  writeHeaders(stream, fields, {ends: body.length === 0});
  end(stream, body);
  return stream;
}

/** Asks whether the peer is there; `pong` hears that it is, unless the connection ends first. */
export function ping(connection: Connection, pong: () => void): void {
  connection.pong = pong;
  writePing(connection, 0, NO_PAYLOAD);
}
const NO_PAYLOAD = Buffer.alloc(8);
