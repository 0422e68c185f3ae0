import type {Completion} from "../dialects/completion.ts";
import {type Dialect, eventOf} from "../dialects/dialect.ts";
import {idHeaders} from "../errors.ts";
import {EVENTS, JSON_TYPE} from "./headers.ts";
import type {Parts} from "./parts.ts";
import {type RelayedRequest, releaseBody} from "./relayed-request.ts";

/**
 * Answers a call that asks for no token. Editors send them to have a host of their own read the text before
 * it is needed; of a host that many share it would take a place, and the next request may go to another.
 * Nobody waits for it: it says nothing for the vote.
 */
export function answerWarming(relay: Parts, request: RelayedRequest): void {
  const {stream, streamed, dialect} = request;
  const {answer, empty} = dialect as Dialect;
  const said = answer(empty as Completion);
  request.phase = "done";
  releaseBody(relay.users, request);
  stream.respond({
    ":status": 200,
    "content-type": streamed ? EVENTS : JSON_TYPE,
    ...idHeaders(request.id),
  });
  stream.end(streamed ? eventOf(said) : JSON.stringify(said));
  relay.metrics.warmed(request.asked);
}
