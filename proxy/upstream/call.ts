import {
  type ClientHttp2Stream,
  constants,
  type IncomingHttpHeaders,
  type IncomingHttpStatusHeader,
  type OutgoingHttpHeaders,
} from "node:http2";
import type {Session} from "./session.ts";
import type {Call, Failure, Sink} from "./transport.ts";

const {NGHTTP2_CANCEL, NGHTTP2_NO_ERROR, NGHTTP2_REFUSED_STREAM} = constants;

/** A request under way, or one that waits for a session. */
export interface SessionCall extends Call {
  readonly headers: OutgoingHttpHeaders;
  readonly body: Buffer;
  readonly context: unknown;
  readonly sink: Sink<unknown>;
  readonly pool: Pool;
  session: Session | undefined;
  stream: CallStream | undefined;
  /** While it waits for a session. */
  timer: NodeJS.Timeout | undefined;
  settled: boolean;
}

/** What a pool of sessions hears of its calls. */
export interface Pool {
  released(session: Session): void;
  cancelled(session: Session): void;
  forget(call: SessionCall): void;
}

/**
 * A stream that knows its call, so that one set of handlers serves all of them; until it is closed, as
 * Node may keep it for longer.
 */
type CallStream = ClientHttp2Stream & {call?: SessionCall | undefined; failure?: unknown};

export function createCall(
  given: Pick<SessionCall, "headers" | "body" | "context" | "sink" | "pool">,
): SessionCall {
  const {headers, body, context, sink, pool} = given;
  return {
    headers,
    body,
    context,
    sink,
    pool,
    session: undefined,
    stream: undefined,
    timer: undefined,
    settled: false,
    cancel,
    pause,
    resume,
  };
}

/** Sends it on a session. */
export function start(call: SessionCall, session: Session): void {
  clearTimeout(call.timer);
  call.session = session;
  const stream: CallStream = session.http2.request(call.headers);
  session.active++;
  session.begun++;
  call.stream = stream;
  stream.call = call;
  stream.on("response", onResponse);
  stream.on("data", onData);
  stream.on("error", onError);
  stream.on("close", onClose);
  stream.end(call.body);
}

function onResponse(this: CallStream, headers: IncomingHttpHeaders & IncomingHttpStatusHeader) {
  const call = this.call as SessionCall;
  if (!call.settled) call.sink.answered(call.context, headers[":status"] ?? 0, headers);
}

function onData(this: CallStream, chunk: Buffer) {
  const call = this.call as SessionCall;
  if (!call.settled) call.sink.data(call.context, chunk);
}

function onError(this: CallStream, error: Error) {
  this.failure = error;
}

function onClose(this: CallStream) {
  const call = this.call as SessionCall;
  this.call = undefined;
  call.pool.released(call.session as Session);
  if (call.settled) return;
  // A reset by the host with CANCEL fires 'end' and no 'error': only the code tells it from an end.
  if (this.readableEnded && this.rstCode === NGHTTP2_NO_ERROR && !this.failure) {
    call.settled = true;
    call.sink.ended(call.context);
  } else {
    fail(call, failureOf(this, call.session as Session), this.failure);
  }
}

function failureOf({rstCode}: CallStream, {http2}: Session): Failure {
  if (rstCode === NGHTTP2_REFUSED_STREAM) return "refused";
  return http2.destroyed ? "lost" : "reset";
}

/** Tells its sink, unless that has heard of an end. */
export function fail(call: SessionCall, failure: Failure, cause: unknown): void {
  clearTimeout(call.timer);
  if (call.settled) return;
  call.settled = true;
  call.sink.failed(call.context, failure, cause);
}

/** The code is given by hand: an AbortSignal has sent others (nodejs/node#47321). */
function cancel(this: SessionCall): boolean {
  if (this.settled) return false;
  this.settled = true;
  if (!this.stream) {
    clearTimeout(this.timer);
    this.pool.forget(this);
    return false;
  }
  this.pool.cancelled(this.session as Session);
  this.stream.close(NGHTTP2_CANCEL);
  this.stream.resume();
  return true;
}

function pause(this: SessionCall) {
  this.stream?.pause();
}

function resume(this: SessionCall) {
  this.stream?.resume();
}
