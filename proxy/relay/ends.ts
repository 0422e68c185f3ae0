import {ProxyError} from "../errors.ts";
import {end, reset} from "../http2/sending.ts";
import {INTERNAL_ERROR} from "../http2/wire.ts";
import type {Deployment} from "../policy.ts";
import {answerNothing, isUntold} from "./ahead.ts";
import {answerError} from "./error-answer.ts";
import {dropHedge} from "./hedge/turns.ts";
import {
  isLate,
  isTimed,
  judge,
  record,
  recordFailed,
  recordServed,
  subjectOf,
} from "./judgement.ts";
import type {Parts} from "./parts.ts";
import {type RelayedRequest, releaseBody} from "./relayed-request.ts";

export const NEXT_BYTE_TIMEOUT_MS = 20_000;
/** A host may take so long to end a stream whose answer is whole; then it is told to. */
const LINGER_MS = 250;

/** The answer is whole. END_STREAM goes with the last event: when it lags behind, clients reset a stream that is done. */
export function finish(relay: Parts, request: RelayedRequest, lastChunk?: Buffer): void {
  const {reply, asked, kind, stream} = request;
  request.phase = "done";
  request.deadlineMs = relay.now() + LINGER_MS;
  end(stream, lastChunk);
  if (reply.events && kind !== "ahead") relay.lengths.whole(asked, reply.frames);
  if (reply.refusal && kind !== "ahead") relay.refusedParameters.note(request);
  if (reply.status === 200) recordServed(relay, request);
  record(relay, request, reply.status === 200 ? "success" : "client_error");
}

/** A clean end would be shown to the user as a complete suggestion; only INTERNAL_ERROR is dropped. */
export function truncate(relay: Parts, request: RelayedRequest, blameless: boolean): void {
  const {attempts, claims, stream} = request;
  request.phase = "done";
  attempts.blameless ||= blameless;
  reset(stream, INTERNAL_ERROR);
  judge(relay, request, false);
  recordFailed(relay, request, blameless ? undefined : claims.user);
  record(relay, request, "truncated");
}

/**
 * Before the first byte every fault is a status, never a reset: clients hang on those. A fault of ours, or a model
 * that was retired, says nothing for the vote: another region's proxies are the same.
 */
export function refuse(relay: Parts, request: RelayedRequest, cause: unknown): void {
  const error = cause instanceof ProxyError ? cause : new ProxyError("INTERNAL", {cause});
  request.phase = "done";
  request.deadlineMs = relay.now() + LINGER_MS;
  dropHedge(relay, request, "lost");
  releaseBody(relay.users, request);
  if (error.code === "INTERNAL") relay.metrics.fault(error.cause);
  if (request.stream.headersSent) reset(request.stream, INTERNAL_ERROR);
  else if (isUntold(request, error)) answerNothing(request);
  else answerError(request.stream, request.id, error, request.dialect);
  if (error.code.startsWith("UPSTREAM_")) judge(relay, request, false);
  if (error.code === "MODEL_RETIRED" && request.kind !== "ahead")
    relay.metrics.judged(subjectOf(request), "failed");
  record(relay, request, error.status >= 500 ? "error" : "client_error", error);
  stopHost(relay, request);
}

export function clientLeft(relay: Parts, request: RelayedRequest): void {
  releaseBody(relay.users, request);
  relay.users.leave(request.claims.user, request.kind);
  request.clientOpen = false;
  removeIfOver(relay, request);
  if (request.phase !== "done") cancel(relay, request);
}

/**
 * Any reset before the end is a cancel, whatever its code: editors send 0 and 8, the edge 2. It says
 * nothing of us, unless the first byte is late by then: nobody waits for a slow model to finish.
 */
function cancel(relay: Parts, request: RelayedRequest) {
  const {metrics} = relay;
  const {phase, asked, upload, attempts, reply} = request;
  metrics.cancelled(asked, phase);
  if (phase === "preflight") metrics.spared(asked, upload.size);
  if (attempts.call && [0, 200].includes(reply.status) && isLate(relay, request))
    recordServed(relay, request);
  request.phase = "done";
  dropHedge(relay, request, "left");
  if (stopHost(relay, request)) metrics.stopped(asked, unsaid(relay, request));
  request.copy?.cancel();
  record(relay, request, "cancelled");
}

const unsaid = ({lengths}: Parts, {streamed, asked, reply}: RelayedRequest) =>
  streamed ? lengths.unsaid(asked, reply.frames) : 0;

/** Whether the host was told. It is not heard of again. */
export function stopHost(relay: Parts, request: RelayedRequest): boolean {
  const isTold = request.attempts.call?.cancel() ?? false;
  hostLeft(relay, request);
  return isTold;
}

export function hostLeft(relay: Parts, request: RelayedRequest): void {
  if (!request.hostOpen) return;
  request.hostOpen = false;
  countLeft(relay, request);
  removeIfOver(relay, request);
}

/** A host that has said nothing yet is at least as slow as it has been waited for. */
function countLeft({loads, now}: Parts, request: RelayedRequest) {
  const {attempts, reply} = request;
  const isUnanswered = isTimed(request) && reply.firstByteMs === 0;
  loads.ended(attempts.deployment as Deployment, isUnanswered ? now() - attempts.sentMs : 0);
}

/** A request is in flight for as long as either side of it is open. */
function removeIfOver({inFlight}: Parts, request: RelayedRequest) {
  if (!request.clientOpen && !request.hostOpen) inFlight.remove(request);
}

/** Ends a request that has stood still until its deadline. */
export function expire(relay: Parts, request: RelayedRequest): void {
  const {phase, claims, stream} = request;
  if (phase === "body") refuse(relay, request, new ProxyError("BODY_SLOW"));
  else if (phase === "streaming") abandon(relay, request);
  else if (phase === "waiting") {
    recordFailed(relay, request, claims.user);
    refuse(relay, request, new ProxyError("UPSTREAM_SLOW"));
  } else if (phase === "done") {
    stopHost(relay, request);
    if (relay.now() >= request.deadlineMs + NEXT_BYTE_TIMEOUT_MS) reset(stream, INTERNAL_ERROR);
  }
}

/** It is the client's doing where the client does not read, else the host's. */
function abandon(relay: Parts, request: RelayedRequest) {
  stopHost(relay, request);
  if (!request.stream.needsDrain) return truncate(relay, request, false);
  request.phase = "done";
  reset(request.stream, INTERNAL_ERROR);
  record(relay, request, "client_error");
}
