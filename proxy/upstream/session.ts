import type {LookupFunction, Socket} from "node:net";
import {dialHttp2, ping as pingHttp2} from "../http2/client.ts";
import type {Connection} from "../http2/connection.ts";
import {closeConnection} from "../http2/leaving.ts";
import {LAST_STREAM} from "../http2/wire.ts";

/** One HTTP/2 connection to a host, and what is known of it. */
export interface Session {
  readonly socket: Socket;
  /** Undefined while it is being connected. */
  connection: Connection | undefined;
  /** Takes no new streams; closes with its last one. */
  retiring: boolean;
  renewAtMs: number;
  active: number;
  /** Streams begun. A session that closes without any counts as one that could not be had. */
  begun: number;
  /** Resets that its host still puts up with, at a time. */
  resets: number;
  resetsAtMs: number;
  awaitsPong: boolean;
}

/** What becomes of a session. */
export interface SessionEvents {
  connected(session: Session): void;
  /** The host has said how many streams it takes. */
  settled(): void;
  /** The host takes no new streams (GOAWAY). */
  leaving(session: Session): void;
  closed(session: Session, cause: unknown): void;
}

/** A stalled handshake must not wedge the pool. */
const CONNECT_TIMEOUT_MS = 3000;
/** A balancer may move hosts without a word: sessions are renewed; spread by half as much again. */
const MAX_AGE_MS = 10 * 60_000;
/** Peers close a session at 1,000 resets plus 33 a second (nghttp2's default); stay below. */
const RESET_BURST = 1000;
const RESET_REFILL_PER_S = 30;
const RESET_RESERVE = 300;
/** How many streams a host is taken to allow until its SETTINGS say more or less. */
const ASSUMED_STREAMS = 100;
/** What a stream may hold of an answer that its client does not read. */
const WINDOW_BYTES = 64 << 10;
/** At most so many streams, so that those held back by their clients leave room for all others. */
const MAX_STREAMS = 1000;

/** Begins to connect. */
export function openSession(
  {origin, lookup}: {origin: string; lookup: LookupFunction},
  on: SessionEvents,
): Session {
  const cause = new Error(`no connection within ${CONNECT_TIMEOUT_MS} ms`);
  const socket = dialHttp2(
    {origin, lookup, streamWindow: WINDOW_BYTES, window: WINDOW_BYTES * MAX_STREAMS},
    {
      connected(connection) {
        clearTimeout(timer);
        session.connection = connection;
        on.connected(session);
      },
      settled: on.settled,
      leaving: () => on.leaving(session),
      closed(why) {
        clearTimeout(timer);
        on.closed(session, why ?? cause);
      },
    },
  );
  const timer = setTimeout(() => socket.destroy(), CONNECT_TIMEOUT_MS);
  const session: Session = {
    socket,
    connection: undefined,
    retiring: false,
    renewAtMs: Date.now() + MAX_AGE_MS * (1 + Math.random() / 2),
    active: 0,
    begun: 0,
    resets: RESET_BURST,
    resetsAtMs: Date.now(),
    awaitsPong: false,
  };
  return session;
}

/** Streams at once that the host takes. */
export function streamLimit({connection}: Session): number {
  const told = connection?.isGreeted ? connection.peer.maxConcurrentStreams : ASSUMED_STREAMS;
  return Math.min(told, MAX_STREAMS);
}

/** Whether another stream may be begun on it. */
export function hasRoom(session: Session): boolean {
  const {connection, retiring, active} = session;
  if (!connection || connection.closed || connection.leaving) return false;
  if (connection.nextStream > LAST_STREAM) return false;
  return !retiring && active < streamLimit(session);
}

/** Counts a reset; whether so many are left that more can be told. */
export function spendReset(session: Session): boolean {
  const now = Date.now();
  const refilled = session.resets + ((now - session.resetsAtMs) / 1000) * RESET_REFILL_PER_S;
  session.resets = Math.min(RESET_BURST, refilled) - 1;
  session.resetsAtMs = now;
  return session.resets >= RESET_RESERVE;
}

/** Takes no new streams from now on. */
export function retireSession(session: Session): void {
  session.retiring = true;
  closeIfIdle(session);
}

/** Closes a session that retires once its last stream has ended. */
export function closeIfIdle({connection, retiring, active}: Session): void {
  if (retiring && active === 0 && connection) closeConnection(connection);
}

export function ping(session: Session): void {
  if (!session.connection || session.connection.closed) return;
  session.awaitsPong = true;
  pingHttp2(session.connection, () => {
    session.awaitsPong = false;
  });
}
