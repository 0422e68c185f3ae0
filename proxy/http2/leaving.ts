import {destroyStreams} from "./closing.ts";
import type {Connection} from "./connection.ts";
import {type ConnectionError, NO_ERROR} from "./wire.ts";
import {flush, writeGoaway} from "./writing.ts";

/** A peer that does not take a farewell is left without one. */
const FAREWELL_MS = 1000;

/** Ends it for a fault of the peer's, or of ours, which it is told (RFC 9113, 5.4.1). */
export function fail(connection: Connection, cause: ConnectionError): void {
  if (connection.closed) return;
  writeGoaway(connection, connection.lastPeerStream, cause.code, cause.message);
  sayFarewell(connection);
  destroyStreams(connection, cause);
}

/** Takes or opens no more streams, and closes once those that are open have ended. */
export function closeConnection(connection: Connection): void {
  if (connection.closed) return;
  if (!connection.leaving) {
    connection.leaving = true;
    writeGoaway(connection, connection.lastPeerStream, NO_ERROR);
  }
  closeIfLast(connection);
}

/** For whoever has ended a stream. */
export function closeIfLast(connection: Connection): void {
  if (!connection.leaving || connection.streams.size > 0 || connection.closed) return;
  sayFarewell(connection);
  destroyStreams(connection, undefined);
}

function sayFarewell(connection: Connection) {
  const {socket} = connection;
  flush(connection);
  socket.end();
  const timer = setTimeout(() => socket.destroy(), FAREWELL_MS).unref();
  socket.once("close", () => clearTimeout(timer));
}
