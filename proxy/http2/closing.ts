import type {Connection} from "./connection.ts";
import {CANCEL} from "./wire.ts";

/** Ends it at once, with all its streams. */
export function destroyConnection(connection: Connection, cause?: unknown): void {
  connection.socket.destroy();
  destroyStreams(connection, cause);
}

/** It is over for all of its streams. */
export function destroyStreams(connection: Connection, cause: unknown) {
  if (connection.closed) return;
  connection.closed = true;
  connection.pong = undefined;
  for (const stream of connection.streams.all()) {
    // What another one's owner has done about it may have closed it.
    if (!connection.streams.get(stream.id)) continue;
    stream.receives = false;
    stream.sends = false;
    stream.code ||= CANCEL;
    stream.handler.closed(stream);
  }
  connection.streams.clear();
  connection.sendQueue.length = 0;
  connection.on.closed(connection, cause ?? connection.farewell);
}
