import {type LookupAddress, lookup as systemLookup} from "node:dns";
import {
  type ClientHttp2Session,
  type ClientHttp2Stream,
  connect,
  constants,
  type IncomingHttpHeaders,
  type IncomingHttpStatusHeader,
  type OutgoingHttpHeaders,
} from "node:http2";
import {isIP, type LookupFunction} from "node:net";
import type {Call, Failure, Log, Sink, Transport} from "./transport.ts";

const {NGHTTP2_CANCEL, NGHTTP2_NO_ERROR, NGHTTP2_REFUSED_STREAM} = constants;

/** A stalled handshake must not wedge the pool. */
const CONNECT_TIMEOUT_MS = 3000;
/** A dead session behind an L4 balancer is noticed within two of these. */
const PING_EVERY_MS = 2500;
/** The name is looked up with every twelfth ping, twice a minute: hosts move behind their names. */
const PINGS_A_LOOKUP = 12;
/** A balancer may move hosts without a word: sessions are renewed; spread by half as much again. */
const MAX_AGE_MS = 10 * 60_000;
/** Peers close a session at 1,000 resets plus 33 a second (nghttp2's default); stay below. */
const RESET_BURST = 1000;
const RESET_REFILL_PER_S = 30;
const RESET_RESERVE = 300;
/** What a host is taken to allow until its SETTINGS say more or less. */
const ASSUMED_STREAMS = 100;
/** Grow the pool when this share of a session's streams is in use; beyond the limit Node queues silently. */
const GROW_AT = 0.75;
const MAX_SESSIONS = 64;
const BACKOFF_FIRST_MS = 100;
const BACKOFF_LAST_MS = 5000;
/** What a request waits at most for a session: then another host may do better. */
const WAIT_MS = 1000;
/** Between two attempts that requests bring about: the last one's failure is still news. */
const ATTEMPT_EVERY_MS = 50;
const LOG_EVERY_MS = 1000;
/** What a stream may hold of an answer that its client does not read. */
const WINDOW_BYTES = 64 << 10;
/** So that streams held back by their clients leave room for all others: limit() is at most this many. */
const MAX_STREAMS = 1000;
/** In megabytes. Node's default of 10 refuses streams while others' bodies are on their way. */
const SESSION_MEMORY = 512;

interface Slot {
  readonly session: ClientHttp2Session;
  renewAtMs: number;
  active: number;
  /** Streams begun. A session that closes without any counts as one that could not be had. */
  begun: number;
  resets: number;
  resetsAtMs: number;
  connected: boolean;
  /** Takes no new streams; closes with its last one. */
  retiring: boolean;
  awaitsPong: boolean;
}

interface CallState extends Call {
  readonly headers: OutgoingHttpHeaders;
  readonly body: Buffer;
  readonly context: unknown;
  readonly sink: Sink<unknown>;
  readonly pool: Pool;
  slot: Slot | undefined;
  stream: CallStream | undefined;
  /** While it waits for a session. */
  timer: NodeJS.Timeout | undefined;
  settled: boolean;
}

/**
 * A stream that knows its request, so that one set of handlers serves all of them; until it is closed, as
 * Node may keep it for longer.
 */
type CallStream = ClientHttp2Stream & {call?: CallState | undefined; failure?: unknown};

interface Pool {
  released(slot: Slot): void;
  cancelled(slot: Slot): void;
  forget(call: CallState): void;
}

/**
 * Keeps warm HTTP/2 sessions to one origin: one from the start, more as streams fill them, renewed
 * by age, by how many resets they have left and when the name leads elsewhere, pinged, replaced when
 * they die.
 */
export function createSessions({
  origin,
  log = () => {},
  opened = () => {},
  lookup = systemLookup,
  pingEveryMs = PING_EVERY_MS,
}: {
  origin: string;
  log?: Log;
  /** Called with each session, once it is connected. */
  opened?: (() => void) | undefined;
  lookup?: LookupFunction;
  pingEveryMs?: number;
}): Transport {
  const {hostname} = new URL(origin);
  const slots = new Set<Slot>();
  const waiting = new Set<CallState>();
  let backoffMs = 0;
  let retryAtMs = 0;
  let triedAtMs = 0;
  let loggedAtMs = 0;
  let closed = false;
  const pool: Pool = {
    released,
    cancelled,
    forget: (call) => waiting.delete(call),
  };
  let pings = 0;
  let tickedMs = Date.now();
  const ticker = setInterval(tick, pingEveryMs).unref();
  open();

  function request<Context>(
    headers: OutgoingHttpHeaders,
    body: Buffer,
    sink: Sink<Context>,
    context: Context,
  ): Call {
    const call: CallState = {
      headers,
      body,
      context,
      sink: sink as Sink<unknown>,
      pool,
      slot: undefined,
      stream: undefined,
      timer: undefined,
      settled: false,
      cancel: cancelCall,
      pause: pauseCall,
      resume: resumeCall,
    };
    const slot = roomiest();
    if (slot) start(call, slot);
    else if (closed || justFailed()) setImmediate(fail, call, "connect", undefined);
    else wait(call);
    grow();
    return call;
  }

  /** A host that is back is found by the first request, not by the clock. */
  function wait(call: CallState) {
    waiting.add(call);
    call.timer = setTimeout(giveUp, WAIT_MS, call);
    retryAtMs = 0;
  }

  /** Where there are sessions it waits for room on one. */
  function giveUp(call: CallState) {
    if (slots.values().some(({connected}) => connected)) return;
    waiting.delete(call);
    fail(call, "connect", new Error(`no session within ${WAIT_MS} ms`));
  }

  const justFailed = () =>
    Date.now() < Math.min(retryAtMs, triedAtMs + ATTEMPT_EVERY_MS) && slots.size === 0;

  function roomiest(): Slot | undefined {
    let best: Slot | undefined;
    for (const slot of slots) {
      if (!slot.connected || slot.retiring || slot.session.closed) continue;
      if (slot.active >= limit(slot)) continue;
      if (!best || slot.active < best.active) best = slot;
    }
    return best;
  }

  function grow() {
    if (closed || slots.size >= MAX_SESSIONS || Date.now() < retryAtMs) return;
    for (const slot of slots) {
      if (slot.retiring) continue;
      if (!slot.connected || slot.active < limit(slot) * GROW_AT) return;
    }
    open();
  }

  function open() {
    triedAtMs = Date.now();
    const session = connect(origin, {
      lookup,
      maxSessionMemory: SESSION_MEMORY,
      settings: {enablePush: false, initialWindowSize: WINDOW_BYTES},
      peerMaxConcurrentStreams: ASSUMED_STREAMS,
    });
    const slot: Slot = {
      session,
      renewAtMs: Date.now() + MAX_AGE_MS * (1 + Math.random() / 2),
      active: 0,
      begun: 0,
      resets: RESET_BURST,
      resetsAtMs: Date.now(),
      connected: false,
      retiring: false,
      awaitsPong: false,
    };
    let cause: unknown = new Error(`no connection within ${CONNECT_TIMEOUT_MS} ms`);
    const timer = setTimeout(() => session.destroy(), CONNECT_TIMEOUT_MS);
    slots.add(slot);
    session.on("connect", () => {
      clearTimeout(timer);
      // Node tells of the connection a tick later: the host may have closed it by then.
      if (session.destroyed) return;
      session.setLocalWindowSize(WINDOW_BYTES * MAX_STREAMS);
      slot.connected = true;
      opened();
      backoffMs = 0;
      serveWaiting();
    });
    session.on("remoteSettings", serveWaiting);
    session.on("goaway", () => retire(slot));
    session.on("error", (error) => {
      cause = error;
    });
    session.on("close", () => {
      clearTimeout(timer);
      lost(slot, cause);
    });
  }

  function lost(slot: Slot, cause: unknown) {
    slots.delete(slot);
    if (closed) return;
    if (slot.begun > 0) return grow();
    backoffMs = Math.min(BACKOFF_LAST_MS, Math.max(BACKOFF_FIRST_MS, backoffMs * 2));
    retryAtMs = Date.now() + backoffMs;
    if (Date.now() > loggedAtMs + LOG_EVERY_MS) {
      loggedAtMs = Date.now();
      log("upstream not reached", cause);
    }
    setTimeout(grow, backoffMs + 1).unref();
    if (slots.size > 0) return;
    for (const call of waiting) fail(call, "connect", cause);
    waiting.clear();
  }

  function serveWaiting() {
    for (const call of waiting) {
      const slot = roomiest();
      if (!slot) return grow();
      waiting.delete(call);
      start(call, slot);
    }
  }

  function released(slot: Slot) {
    slot.active--;
    if (slot.retiring && slot.active === 0) slot.session.close();
    serveWaiting();
  }

  function cancelled(slot: Slot) {
    const now = Date.now();
    const refilled = slot.resets + ((now - slot.resetsAtMs) / 1000) * RESET_REFILL_PER_S;
    slot.resets = Math.min(RESET_BURST, refilled) - 1;
    slot.resetsAtMs = now;
    if (slot.resets < RESET_RESERVE) renew(slot);
  }

  /** Opens the successor first, so that no request waits for a handshake. */
  function renew(slot: Slot) {
    if (slot.retiring || closed) return;
    const others = [...slots].filter((other) => other !== slot && !other.retiring);
    if (others.length === 0) open();
    else if (others.some(({connected}) => connected)) retire(slot);
  }

  function retire(slot: Slot) {
    slot.retiring = true;
    if (slot.active === 0) slot.session.close();
    if (slot.begun > 0) grow();
  }

  function tick() {
    const lateMs = Date.now() - tickedMs - pingEveryMs;
    tickedMs = Date.now();
    for (const slot of slots) {
      if (!slot.connected) continue;
      if (!slot.awaitsPong) ping(slot);
      // Late itself, this process may not have read the answer yet.
      else if (lateMs < pingEveryMs / 10)
        // With an error: without one Node ends its streams as if their answers were whole.
        slot.session.destroy(new Error(`no pong within ${pingEveryMs} ms`));
      if (Date.now() > slot.renewAtMs) renew(slot);
    }
    if (++pings % PINGS_A_LOOKUP === 0 && !isIP(hostname.replace(/[[\]]/g, ""))) lookAgain();
  }

  /** A lookup that fails moves nobody. */
  function lookAgain() {
    lookup(hostname, {all: true}, (error, found) => {
      if (error) return;
      const addresses = (found as LookupAddress[]).map(({address}) => address);
      for (const slot of slots) {
        const address = slot.session.socket?.remoteAddress;
        if (slot.connected && address && !addresses.includes(address)) slot.renewAtMs = 0;
      }
    });
  }

  function close() {
    closed = true;
    clearInterval(ticker);
    for (const call of waiting) fail(call, "connect", undefined);
    for (const {session, connected} of slots) {
      if (connected) session.close();
      else session.destroy();
    }
  }

  return {
    request,
    close,
    get connected() {
      let count = 0;
      for (const slot of slots) if (slot.connected) count++;
      return count;
    },
  };
}

function limit(slot: Slot): number {
  const told = slot.session.remoteSettings?.maxConcurrentStreams ?? ASSUMED_STREAMS;
  return Math.min(told, MAX_STREAMS);
}

function ping(slot: Slot): void {
  if (slot.session.destroyed) return;
  slot.awaitsPong = slot.session.ping(() => {
    slot.awaitsPong = false;
  });
}

function start(call: CallState, slot: Slot): void {
  clearTimeout(call.timer);
  call.slot = slot;
  const stream: CallStream = slot.session.request(call.headers);
  slot.active++;
  slot.begun++;
  call.stream = stream;
  stream.call = call;
  stream.on("response", onResponse);
  stream.on("data", onData);
  stream.on("error", onError);
  stream.on("close", onClose);
  stream.end(call.body);
}

function onResponse(this: CallStream, headers: IncomingHttpHeaders & IncomingHttpStatusHeader) {
  const call = this.call as CallState;
  if (!call.settled) call.sink.answered(call.context, headers[":status"] ?? 0, headers);
}

function onData(this: CallStream, chunk: Buffer) {
  const call = this.call as CallState;
  if (!call.settled) call.sink.data(call.context, chunk);
}

function onError(this: CallStream, error: Error) {
  this.failure = error;
}

function onClose(this: CallStream) {
  const call = this.call as CallState;
  this.call = undefined;
  call.pool.released(call.slot as Slot);
  if (call.settled) return;
  // A reset by the host with CANCEL fires 'end' and no 'error': only the code tells it from an end.
  if (this.readableEnded && this.rstCode === NGHTTP2_NO_ERROR && !this.failure) {
    call.settled = true;
    call.sink.ended(call.context);
  } else {
    fail(call, failureOf(this, call.slot as Slot), this.failure);
  }
}

function failureOf({rstCode}: CallStream, {session}: Slot): Failure {
  if (rstCode === NGHTTP2_REFUSED_STREAM) return "refused";
  return session.destroyed ? "lost" : "reset";
}

function fail(call: CallState, failure: Failure, cause: unknown): void {
  clearTimeout(call.timer);
  if (call.settled) return;
  call.settled = true;
  call.sink.failed(call.context, failure, cause);
}

/** The code is given by hand: an AbortSignal has sent others (nodejs/node#47321). */
function cancelCall(this: CallState): boolean {
  if (this.settled) return false;
  this.settled = true;
  if (!this.stream) {
    clearTimeout(this.timer);
    this.pool.forget(this);
    return false;
  }
  this.pool.cancelled(this.slot as Slot);
  this.stream.close(NGHTTP2_CANCEL);
  this.stream.resume();
  return true;
}

function pauseCall(this: CallState) {
  this.stream?.pause();
}

function resumeCall(this: CallState) {
  this.stream?.resume();
}
