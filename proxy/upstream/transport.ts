import type {Fields} from "../http2/fields.ts";
import type {OutgoingFields} from "../http2/hpack/encoder.ts";

/**
 * Why an upstream did not finish its answer. `lost`: its connection was, with all that was on it. `reset`:
 * this answer alone broke off, or made no sense. `busy`: it says that there is no room. After `refused` and
 * `connect` nothing was processed.
 */
export type Failure = "connect" | "refused" | "lost" | "reset" | "busy";

/** Takes what comes back. One object serves many requests; `context` says which one this is. */
export interface Sink<Context> {
  answered(context: Context, status: number, headers: Fields): void;
  /** The host is at work, and what it says is nothing to pass on. */
  alive(context: Context): void;
  data(context: Context, chunk: Buffer): void;
  ended(context: Context): void;
  failed(context: Context, failure: Failure, cause?: unknown): void;
}

/** A request under way. After `cancel` its sink hears nothing more. */
export interface Call {
  /** Whether the host is told: it is not where it never had the request, or has answered it. */
  cancel(): boolean;
  pause(): void;
  resume(): void;
}

/** The way to one origin: sessions of HTTP/2, or connections of HTTP/1.1. */
export interface Transport {
  /** `headers` with HTTP/2's pseudo-headers. The sink hears nothing before this returns. */
  request<Context>(
    headers: OutgoingFields,
    body: Buffer,
    sink: Sink<Context>,
    context: Context,
  ): Call;
  /** How many sessions or connections are open. */
  readonly connected: number;
  /** Opens no more, lets requests finish, then closes. */
  close(): void;
}

export type Log = (event: string, detail: unknown) => void;
