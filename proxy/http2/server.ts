import {type AddressInfo, createServer} from "node:net";
import {destroyConnection} from "./closing.ts";
import type {Connection, Stream} from "./connection.ts";
import type {Fields} from "./fields.ts";
import {closeConnection} from "./leaving.ts";
import type {Limits} from "./limits.ts";
import {openConnection, SOCKET_BYTES} from "./opening.ts";
import {
  INITIAL_WINDOW_SIZE,
  LAST_STREAM,
  MAX_CONCURRENT_STREAMS,
  MAX_HEADER_LIST_SIZE,
  NO_ERROR,
  NO_RFC7540_PRIORITIES,
} from "./wire.ts";
import {writeGoaway} from "./writing.ts";

export interface ServerOptions {
  readonly host: string;
  readonly port: number;
  readonly limits: Limits;
  /** In bytes: what a stream may hold of its request, and what a connection may. */
  readonly streamWindow: number;
  readonly window: number;
  /** A request; its stream is ours to answer. */
  readonly request: (stream: Stream, fields: Fields) => void;
  /** Why a connection ended, unless it did by agreement: a ConnectionError, or what the socket says. */
  readonly ended: (cause: unknown) => void;
}

/** A server of cleartext HTTP/2 whose clients know that it is one (RFC 9113, 3.3). */
export interface Http2Server {
  readonly address: {readonly host: string; readonly port: number};
  /** Tells clients to open no more streams, and refuses none yet (6.8). */
  announceClose(): void;
  /** Takes no more connections and no more streams. Resolves once the last stream has ended. */
  close(): Promise<void>;
  /** Ends what is left. */
  destroy(): void;
}

/** Resolves once it listens. */
export async function listenHttp2(options: ServerOptions): Promise<Http2Server> {
  const {host, port, limits, streamWindow, window, request, ended} = options;
  const connections = new Set<Connection>();
  const on = {
    request,
    settled() {},
    leaving() {},
    closed(connection: Connection, cause: unknown) {
      connections.delete(connection);
      if (cause !== undefined) ended(cause);
    },
  };
  const settings = [
    [MAX_CONCURRENT_STREAMS, limits.streams],
    [INITIAL_WINDOW_SIZE, streamWindow],
    [MAX_HEADER_LIST_SIZE, limits.headerBytes],
    [NO_RFC7540_PRIORITIES, 1],
  ] as const;
  const server = createServer({highWaterMark: SOCKET_BYTES, noDelay: true}, (socket) => {
    const given = {isServer: true, on, limits, settings, streamWindow, window};
    connections.add(openConnection(socket, given));
  });
  await new Promise<void>((resolve, reject) => {
    server.on("error", reject);
    server.listen(port, host, resolve);
  });
  const bound = server.address() as AddressInfo;

  return {
    address: {host: bound.address, port: bound.port},
    announceClose() {
      for (const connection of connections) writeGoaway(connection, LAST_STREAM, NO_ERROR);
    },
    close() {
      const closed = new Promise<void>((resolve) => server.close(() => resolve()));
      for (const connection of connections) closeConnection(connection);
      return closed;
    },
    destroy() {
      for (const connection of connections) destroyConnection(connection);
    },
  };
}
