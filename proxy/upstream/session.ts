import {type ClientHttp2Session, connect} from "node:http2";
import type {LookupFunction} from "node:net";

/** One HTTP/2 connection to a host, and what is known of it. */
export interface Session {
  readonly http2: ClientHttp2Session;
  connected: boolean;
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
/** In megabytes. Node's default of 10 refuses streams while others' bodies are on their way. */
const SESSION_MEMORY = 512;

/** Begins to connect. */
export function openSession(
  {origin, lookup}: {origin: string; lookup: LookupFunction},
  on: SessionEvents,
): Session {
  const http2 = connect(origin, {
    lookup,
    maxSessionMemory: SESSION_MEMORY,
    settings: {enablePush: false, initialWindowSize: WINDOW_BYTES},
    peerMaxConcurrentStreams: ASSUMED_STREAMS,
  });
  const session: Session = {
    http2,
    connected: false,
    retiring: false,
    renewAtMs: Date.now() + MAX_AGE_MS * (1 + Math.random() / 2),
    active: 0,
    begun: 0,
    resets: RESET_BURST,
    resetsAtMs: Date.now(),
    awaitsPong: false,
  };
  let cause: unknown = new Error(`no connection within ${CONNECT_TIMEOUT_MS} ms`);
  const timer = setTimeout(() => http2.destroy(), CONNECT_TIMEOUT_MS);
  http2.on("connect", () => {
    clearTimeout(timer);
    // Node tells of the connection a tick later: the host may have closed it by then.
    if (http2.destroyed) return;
    http2.setLocalWindowSize(WINDOW_BYTES * MAX_STREAMS);
    session.connected = true;
    on.connected(session);
  });
  http2.on("remoteSettings", on.settled);
  http2.on("goaway", () => on.leaving(session));
  http2.on("error", (error) => {
    cause = error;
  });
  http2.on("close", () => {
    clearTimeout(timer);
    on.closed(session, cause);
  });
  return session;
}

/** Streams at once, beyond which Node queues silently. */
export function streamLimit({http2}: Session): number {
  const told = http2.remoteSettings?.maxConcurrentStreams ?? ASSUMED_STREAMS;
  return Math.min(told, MAX_STREAMS);
}

/** Whether another stream may be begun on it. */
export function hasRoom(session: Session): boolean {
  const {connected, retiring, http2, active} = session;
  return connected && !retiring && !http2.closed && active < streamLimit(session);
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
export function closeIfIdle({http2, retiring, active}: Session): void {
  if (retiring && active === 0) http2.close();
}

export function ping(session: Session): void {
  if (session.http2.destroyed) return;
  session.awaitsPong = session.http2.ping(() => {
    session.awaitsPong = false;
  });
}
