import {constants} from "node:http2";
import {retryAfterMs} from "./retry-after.ts";
import {type Answer, textOf} from "./wire.ts";

/** What a user sees of one request, by the contract in docs/clients.md. */
export type Sight =
  /** A suggestion; an answer that ends cleanly is taken for whole. */
  | {readonly sees: "text"; readonly text: string}
  /** A request to act, in the service's words. */
  | {readonly sees: "prompt"; readonly text: string}
  /** No suggestion; typing goes on. */
  | {readonly sees: "nothing"}
  /** That the quota is used up; that something on the way intercepts; that the sign-in is over. */
  | {readonly sees: "limit" | "firewall" | "signed out"}
  /** No suggestion for seconds: the editor waits for an answer that never comes. */
  | {readonly sees: "hang"}
  /** Nothing, for the editor keeps silent and does not even ask. */
  | {readonly sees: "silence"};

/** What an editor does next. */
export interface Reaction {
  readonly sight: Sight;
  /** The token is not used again. */
  readonly exchange?: true;
  /** Nothing is asked until the token is renewed. */
  readonly stop?: true;
  /** Nothing is asked for so long. */
  readonly silentMs?: number;
  /** Worth one more attempt on a new connection. */
  readonly retry?: true;
}

const NOTHING: Sight = {sees: "nothing"};
const SILENT_MS = 10_000;

/** How editors take the answer to a completion. */
export function reactionTo({status, headers, text, code}: Answer): Reaction {
  if (status === 0) return withoutAnswer(code);
  if (status >= 400 && status < 500 && !headers["x-github-request-id"])
    return {sight: {sees: "firewall"}};
  switch (status) {
    case 200:
      return {sight: code === constants.NGHTTP2_INTERNAL_ERROR ? NOTHING : shown(text)};
    case 401:
    case 403:
      return {sight: NOTHING, exchange: true};
    case 402:
      return {sight: {sees: "limit"}, stop: true};
    case 429:
      return {sight: NOTHING, silentMs: retryAfterMs(headers["retry-after"]) ?? SILENT_MS};
    case 466:
      return {sight: {sees: "prompt", text}};
    default:
      return {sight: NOTHING};
  }
}

/** A reset as if all were well leaves an editor waiting; a refusal, or a lost connection, is tried again. */
function withoutAnswer(code: number): Reaction {
  const {NGHTTP2_NO_ERROR, NGHTTP2_CANCEL} = constants;
  if (code === NGHTTP2_NO_ERROR || code === NGHTTP2_CANCEL) return {sight: {sees: "hang"}};
  return {sight: NOTHING, retry: true};
}

const shown = (events: string): Sight => ({sees: "text", text: textOf(events)});

/** How editors take the answer of the token endpoint when it is no token. */
export function reactionToNoToken({status, headers}: Answer): Reaction {
  if (status === 401) return {sight: {sees: "signed out"}, stop: true};
  if (status === 429) {
    const askedMs = retryAfterMs(headers["retry-after"]) ?? 3000;
    return {sight: NOTHING, silentMs: Math.min(30_000, Math.max(3000, askedMs))};
  }
  if (status === 403 || status === 404) return {sight: NOTHING};
  return {sight: NOTHING, silentMs: 3000};
}
