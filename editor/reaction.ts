import {constants} from "node:http2";
import {type Received, textOf} from "./received.ts";
import {retryAfterMs} from "./retry-after.ts";

/** What a user sees of one request, by the contract in docs/contract.md. */
export type Sight =
  /** A suggestion. Whatever ends cleanly is taken for whole. */
  | {readonly sees: "text"; readonly text: string}
  /** A message that asks the user to act, in the service's words. */
  | {readonly sees: "prompt"; readonly text: string}
  /** No suggestion; typing goes on. */
  | {readonly sees: "nothing"}
  /** A message that the quota is used up, that a firewall intercepts, or that the user is signed out. */
  | {readonly sees: "limit" | "firewall" | "signed out"}
  /** No suggestion for seconds, while the editor waits for an answer that never comes. */
  | {readonly sees: "hang"}
  /** No suggestion, because the editor does not even ask. */
  | {readonly sees: "silence"};

/** What an editor does next. */
export interface Reaction {
  readonly sight: Sight;
  /** Do not use the token again. */
  readonly exchange?: true;
  /** Ask nothing until the token is renewed. */
  readonly stop?: true;
  /** Ask nothing for so long. */
  readonly silentMs?: number;
  /** Try once more, on a new connection. */
  readonly retry?: true;
}

const NOTHING: Sight = {sees: "nothing"};
const SILENT_MS = 10_000;

/** What an editor makes of the answer to a completion. */
export function reactionTo({status, headers, text, code}: Received): Reaction {
  if (status === 0) return withoutAnswer(code);
  if (status >= 400 && status < 500 && !headers["x-github-request-id"])
    return {sight: {sees: "firewall"}};
  switch (status) {
    case 200:
      return {
        sight:
          code === constants.NGHTTP2_INTERNAL_ERROR ? NOTHING : {sees: "text", text: textOf(text)},
      };
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

/** A reset that looks like a normal end leaves an editor waiting; a refusal or a lost connection it tries again. */
function withoutAnswer(code: number): Reaction {
  const {NGHTTP2_NO_ERROR, NGHTTP2_CANCEL} = constants;
  if (code === NGHTTP2_NO_ERROR || code === NGHTTP2_CANCEL) return {sight: {sees: "hang"}};
  return {sight: NOTHING, retry: true};
}

/** What an editor makes of the token endpoint's answer when it is no token. */
export function reactionToNoToken({status, headers}: Received): Reaction {
  if (status === 401) return {sight: {sees: "signed out"}, stop: true};
  if (status === 429) {
    const askedMs = retryAfterMs(headers["retry-after"]) ?? 3000;
    return {sight: NOTHING, silentMs: Math.min(30_000, Math.max(3000, askedMs))};
  }
  if (status === 403 || status === 404) return {sight: NOTHING};
  return {sight: NOTHING, silentMs: 3000};
}
