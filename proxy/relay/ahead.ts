import type {Completion} from "../dialects/completion.ts";
import {DONE, eventOf} from "../dialects/dialect.ts";
import {type ErrorCode, idHeaders, ProxyError} from "../errors.ts";
import {end, writeHeaders} from "../http2/sending.ts";
import {isClosed} from "../http2/stream.ts";
import {EVENTS, JSON_TYPE} from "./headers.ts";
import type {AheadEnd, Outcome} from "./outcome.ts";
import type {Parts} from "./parts.ts";
import {type RelayedRequest, releaseBody} from "./relayed-request.ts";

/** What an editor would back off for: of what nobody waits for it is told nothing instead. */
const UNTOLD: Partial<Record<ErrorCode, AheadEnd>> = {
  USER_BUSY: "limit",
  USER_STREAMS: "limit",
  USER_BYTES: "limit",
  PROXY_FULL: "limit",
  UPSTREAM_BUSY: "room",
  MODEL_RETIRED: "failed",
  UPSTREAM_LOST: "failed",
  UPSTREAM_SLOW: "failed",
};

/** Whether a request is answered with nothing in the place of this error. */
export const isUntold = ({kind}: Pick<RelayedRequest, "kind">, cause: unknown): boolean =>
  kind === "ahead" && cause instanceof ProxyError && UNTOLD[cause.code] !== undefined;

export function aheadEndOf(outcome: Outcome, error: ProxyError | undefined): AheadEnd {
  if (outcome === "success") return "served";
  if (outcome === "cancelled") return "cancelled";
  const untold = error && UNTOLD[error.code];
  return untold ?? (outcome === "client_error" ? "refused" : "failed");
}

/**
 * Answers a call that asks for no token. Editors send them to have a host of their own read the text before
 * it is needed; of a host that many share it would take a place, and the next request may go to another. It
 * counts among calls ahead; over their limit, as what it was sent as.
 */
export function answerWarming(relay: Parts, request: RelayedRequest): void {
  const {claims, kind, asked} = request;
  if (kind !== "ahead" && mayGoAhead(relay, request)) relay.users.forgive(claims.user, kind);
  request.phase = "done";
  releaseBody(relay.users, request);
  answerNothing(request);
  relay.metrics.ahead(asked, "warmed");
}

/** Whether one more may be under way. */
export const mayOpen = ({users}: Parts, {claims}: RelayedRequest): boolean =>
  isTaken(() => users.open(claims.user, "ahead"));

const mayGoAhead = ({users}: Parts, {claims}: RelayedRequest): boolean =>
  isTaken(() => users.count(claims.user, "ahead"));

function isTaken(count: () => void): boolean {
  try {
    count();
    return true;
  } catch (cause) {
    if (cause instanceof ProxyError) return false;
    throw cause;
  }
}

type Asked = Pick<
  RelayedRequest,
  "id" | "stream" | "streamed" | "api" | "kind" | "dialect" | "asked"
>;

/** An answer that is whole and empty, as the client would read one. */
export function answerNothing(request: Asked): void {
  const {id, stream, streamed} = request;
  if (isClosed(stream) || stream.headersSent) return;
  writeHeaders(stream, {
    ":status": 200,
    "content-type": streamed ? EVENTS : JSON_TYPE,
    ...idHeaders(id),
  });
  end(stream, Buffer.from(nothing(request)));
}

const NOTHING: Completion = {choices: [{index: 0, text: "", finish_reason: "stop"}]};

function nothing({id, streamed, api, dialect, asked: model}: Asked): string {
  const created = Math.floor(Date.now() / 1000);
  if (!dialect) {
    const said = {id, created, model, ...(api === "completions" ? text() : message(streamed))};
    return streamed ? eventOf(said) + DONE : JSON.stringify(said);
  }
  const completion = {id, created, model, ...(dialect.empty ?? NOTHING)};
  if (!streamed) return JSON.stringify(dialect.answer(completion));
  return eventOf(dialect.event(completion)) + dialect.last(true);
}

const text = () => ({
  object: "text_completion",
  choices: [{index: 0, text: "", logprobs: null, finish_reason: "stop"}],
});

/** OpenAI's chats say it in a message, or piece by piece in a delta. */
const message = (streamed: boolean) => ({
  object: streamed ? "chat.completion.chunk" : "chat.completion",
  choices: [
    {
      index: 0,
      [streamed ? "delta" : "message"]: {role: "assistant", content: ""},
      finish_reason: "stop",
    },
  ],
});
