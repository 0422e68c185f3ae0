import type {Model} from "./host.ts";

/** Where to send requests, and as whom. */
export interface Aim {
  readonly origin: string;
  /** PEM of who signed the target's certificate; none where it speaks cleartext. */
  readonly authority: string | undefined;
  /** It speaks HTTP/1.1 alone. */
  readonly http1: boolean;
  /** One for each user; each request is another's. */
  readonly tokens: readonly string[];
  /** Of each request. */
  readonly body: Buffer;
}

/** A request under way. One set of handlers serves all of them. */
export interface Asked {
  readonly id: string;
  /** By performance.now(). */
  readonly meantMs: number;
  readonly watch: Watch;
  readonly stream: {close(code: number): void};
  status: number;
  /** 0 until then. */
  firstByteMs: number;
  /** It has ended, in whatever way. */
  over: boolean;
  /** The target has not begun with it, and says so: it may be asked again. */
  refused: boolean;
}

/** What a measure wants to hear of its requests. */
export interface Watch {
  firstByte?(asked: Asked): void;
  /** `whole`: status 200 and a clean end. */
  closed(asked: Asked, whole: boolean): void;
}

export interface Client {
  ask(model: Model, watch: Watch, meantMs?: number): Asked;
  /** Connects there from now on; connections that are open stay. */
  moveTo(origin: string): void;
  /** Connections that ended, or were told to. */
  readonly closed: number;
}
