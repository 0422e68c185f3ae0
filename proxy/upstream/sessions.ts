import {type LookupAddress, lookup as systemLookup} from "node:dns";
import {isIP, type LookupFunction} from "node:net";
import {destroyConnection} from "../http2/closing.ts";
import type {OutgoingFields} from "../http2/hpack/encoder.ts";
import {closeConnection} from "../http2/leaving.ts";
import {createAttempts} from "./attempts.ts";
import {createCall, fail, type Pool, type SessionCall, start} from "./call.ts";
import {
  closeIfIdle,
  hasRoom,
  openSession,
  ping,
  retireSession,
  type Session,
  spendReset,
  streamLimit,
} from "./session.ts";
import type {Call, Log, Sink, Transport} from "./transport.ts";

/** A dead session behind an L4 balancer is noticed within two of these. */
const PING_EVERY_MS = 2500;
/** The name is looked up with every twelfth ping, twice a minute: hosts move behind their names. */
const PINGS_A_LOOKUP = 12;
/** Grow the pool when this share of a session's streams is in use. */
const GROW_AT = 0.75;
const MAX_SESSIONS = 64;
/** What a request waits at most for a session: then another host may do better. */
const WAIT_MS = 1000;
/** Requests that wait for one at once: as many as a session takes. */
const MAX_WAITING = 1000;
const LOG_EVERY_MS = 1000;

/**
 * Keeps warm HTTP/2 sessions to one origin: one from the start, more as streams fill them, renewed
 * by age, by how many resets they have left and when the name leads elsewhere, pinged, replaced when
 * they die.
 */
export function createSessions({
  origin,
  log = () => {},
  opened = () => {},
  ended = () => {},
  lookup = systemLookup,
  pingEveryMs = PING_EVERY_MS,
}: {
  origin: string;
  log?: Log;
  /** Called with each session, once it is connected. */
  opened?: (() => void) | undefined;
  /** Called with why one ended, where there is a reason. */
  ended?: ((cause: unknown) => void) | undefined;
  lookup?: LookupFunction | undefined;
  pingEveryMs?: number;
}): Transport {
  const {hostname} = new URL(origin);
  const sessions = new Set<Session>();
  const waiting = new Set<SessionCall>();
  const attempts = createAttempts();
  let growth: NodeJS.Timeout | undefined;
  let growsAtMs = 0;
  let loggedAtMs = 0;
  let closed = false;
  const pool: Pool = {
    released(session) {
      session.active--;
      closeIfIdle(session);
      serveWaiting();
    },
    cancelled(session) {
      if (!spendReset(session)) renew(session);
    },
    forget: (call) => waiting.delete(call),
  };
  let pings = 0;
  let tickedMs = Date.now();
  const ticker = setInterval(tick, pingEveryMs).unref();
  open();

  function request<Context>(
    headers: OutgoingFields,
    body: Buffer,
    sink: Sink<Context>,
    context: Context,
  ): Call {
    const call = createCall({headers, body, context, sink: sink as Sink<unknown>, pool});
    const session = roomiest();
    if (session) start(call, session);
    else if (closed) setImmediate(fail, call, "connect");
    else if (waiting.size >= MAX_WAITING) setImmediate(fail, call, isUp() ? "busy" : "connect");
    else wait(call);
    grow();
    return call;
  }

  /** A host that is back is found by the first request, not by the clock: all who wait share one attempt. */
  function wait(call: SessionCall) {
    waiting.add(call);
    call.timer = setTimeout(giveUp, WAIT_MS, call);
  }

  /** Where there are sessions it waits for room on one. */
  function giveUp(call: SessionCall) {
    if (isUp()) return;
    waiting.delete(call);
    fail(call, "connect", new Error(`no session within ${WAIT_MS} ms`));
  }

  const isUp = () => sessions.values().some(({connection, retiring}) => connection && !retiring);

  function roomiest(): Session | undefined {
    let best: Session | undefined;
    for (const session of sessions)
      if (hasRoom(session) && (!best || session.active < best.active)) best = session;
    return best;
  }

  function grow() {
    if (closed || sessions.size >= MAX_SESSIONS) return;
    for (const session of sessions) {
      if (session.retiring) continue;
      if (!session.connection || session.active < streamLimit(session) * GROW_AT) return;
    }
    const waitMs = attempts.waitMs(Date.now(), waiting.size > 0);
    if (waitMs > 0) growIn(waitMs);
    else open();
  }

  /** Looks again then, or sooner where that has been said before. */
  function growIn(ms: number) {
    const atMs = Date.now() + ms;
    if (growth && growsAtMs <= atMs) return;
    clearTimeout(growth);
    growsAtMs = atMs;
    growth = setTimeout(() => {
      growth = undefined;
      grow();
    }, ms).unref();
  }

  function open() {
    attempts.began(Date.now());
    sessions.add(
      openSession({origin, lookup}, {connected, settled: serveWaiting, leaving, closed: lost}),
    );
  }

  function connected() {
    opened();
    attempts.succeeded();
    serveWaiting();
  }

  function lost(session: Session, cause: unknown) {
    sessions.delete(session);
    ended(cause);
    if (closed) return;
    if (session.begun > 0) return grow();
    attempts.failed(Date.now());
    if (Date.now() > loggedAtMs + LOG_EVERY_MS) {
      loggedAtMs = Date.now();
      log("upstream not reached", cause);
    }
    if (sessions.values().every(({retiring}) => retiring)) failWaiting(cause);
    grow();
  }

  /** Whoever is told may ask again at once, and waits for the next attempt. */
  function failWaiting(cause?: unknown) {
    const calls = [...waiting];
    waiting.clear();
    for (const call of calls) fail(call, "connect", cause);
  }

  function serveWaiting() {
    for (const call of waiting) {
      const session = roomiest();
      if (!session) return grow();
      waiting.delete(call);
      start(call, session);
    }
  }

  /** Opens the successor first, so that no request waits for a handshake. */
  function renew(session: Session) {
    if (session.retiring || closed) return;
    const others = [...sessions].filter((other) => other !== session && !other.retiring);
    if (others.length === 0) open();
    else if (others.some(({connection}) => connection)) leaving(session);
  }

  function leaving(session: Session) {
    retireSession(session);
    if (session.begun > 0) grow();
  }

  function tick() {
    const lateMs = Date.now() - tickedMs - pingEveryMs;
    tickedMs = Date.now();
    for (const session of sessions) {
      if (!session.connection) continue;
      if (!session.awaitsPong) ping(session);
      // Late itself, this process may not have read the answer yet.
      else if (lateMs < pingEveryMs / 10)
        destroyConnection(session.connection, new Error(`no pong within ${pingEveryMs} ms`));
      if (Date.now() > session.renewAtMs) renew(session);
    }
    if (++pings % PINGS_A_LOOKUP === 0 && !isIP(hostname.replace(/[[\]]/g, ""))) lookAgain();
  }

  /** A lookup that fails moves nobody. */
  function lookAgain() {
    lookup(hostname, {all: true}, (error, found) => {
      if (error) return;
      const addresses = (found as LookupAddress[]).map(({address}) => address);
      for (const session of sessions) {
        const address = session.socket.remoteAddress;
        if (session.connection && address && !addresses.includes(address)) session.renewAtMs = 0;
      }
    });
  }

  function close() {
    closed = true;
    clearInterval(ticker);
    clearTimeout(growth);
    failWaiting();
    for (const {socket, connection} of sessions) {
      if (connection) closeConnection(connection);
      else socket.destroy();
    }
  }

  return {
    request,
    close,
    get connected() {
      let count = 0;
      for (const {connection} of sessions) if (connection) count++;
      return count;
    },
  };
}
