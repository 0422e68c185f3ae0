import {request} from "../http2/client.ts";
import type {Stream, StreamHandler} from "../http2/connection.ts";
import type {Fields} from "../http2/fields.ts";
import type {OutgoingFields} from "../http2/hpack/encoder.ts";
import {pause as pauseStream, resume as resumeStream} from "../http2/incoming-data.ts";
import {reset} from "../http2/sending.ts";
import {UNHEARD} from "../http2/stream.ts";
import {CANCEL, NO_ERROR, REFUSED_STREAM} from "../http2/wire.ts";
import type {Session} from "./session.ts";
import type {Call, Failure, Sink} from "./transport.ts";

/** A request under way, or one that waits for a session. */
export interface SessionCall extends Call {
  /** Until it is sent: what is under way for minutes holds neither. */
  headers: OutgoingFields;
  body: Buffer;
  readonly context: unknown;
  readonly sink: Sink<unknown>;
  readonly pool: Pool;
  session: Session | undefined;
  stream: Stream | undefined;
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

/** Sends it on a session that has room. */
export function start(call: SessionCall, session: Session): void {
  clearTimeout(call.timer);
  call.session = session;
  session.active++;
  session.begun++;
  const {headers, body} = call;
  call.headers = NO_FIELDS;
  call.body = NOTHING;
  call.stream = request(session.connection!, headers, body, host, call);
}
const NO_FIELDS: OutgoingFields = {};
const NOTHING = Buffer.alloc(0);

/** Of all calls. */
const host: StreamHandler = {
  ...UNHEARD,
  answered({context}: Stream, headers: Fields) {
    const call = context as SessionCall;
    if (!call.settled) call.sink.answered(call.context, Number(headers[":status"]), headers);
  },
  data({context}: Stream, chunk: Buffer) {
    const call = context as SessionCall;
    if (!call.settled) call.sink.data(call.context, chunk);
  },
  ended(stream: Stream) {
    const call = stream.context as SessionCall;
    const isHeard = !call.settled;
    call.settled = true;
    // It has answered before it took all of the request: the rest is of no use to it.
    if (stream.sends) {
      call.pool.cancelled(call.session as Session);
      reset(stream, NO_ERROR);
    }
    if (isHeard) call.sink.ended(call.context);
  },
  closed(stream: Stream) {
    const call = stream.context as SessionCall;
    call.pool.released(call.session as Session);
    if (!call.settled) fail(call, failureOf(stream));
  },
};

function failureOf({code, connection}: Stream): Failure {
  if (code === REFUSED_STREAM) return "refused";
  return connection.closed ? "lost" : "reset";
}

/** Tells its sink, unless that has heard of an end. */
export function fail(call: SessionCall, failure: Failure, cause?: unknown): void {
  clearTimeout(call.timer);
  if (call.settled) return;
  call.settled = true;
  call.sink.failed(call.context, failure, cause);
}

function cancel(this: SessionCall): boolean {
  if (this.settled) return false;
  this.settled = true;
  if (!this.stream) {
    clearTimeout(this.timer);
    this.pool.forget(this);
    return false;
  }
  this.pool.cancelled(this.session as Session);
  reset(this.stream, CANCEL);
  return true;
}

function pause(this: SessionCall) {
  if (this.stream) pauseStream(this.stream);
}

function resume(this: SessionCall) {
  if (this.stream) resumeStream(this.stream);
}
