import {objectiveNameOf} from "../admit/kind.ts";
import type {ProxyError} from "../errors.ts";
import type {Subject} from "../observe/vote.ts";
import type {Deployment} from "../policy.ts";
import {aheadEndOf, isUntold} from "./ahead.ts";
import type {Outcome} from "./outcome.ts";
import type {Parts} from "./parts.ts";
import {lineOf, type RelayedRequest} from "./relayed-request.ts";

/** One in a hundred requests that went well is logged; every other one is. */
const LOGGED_SHARE = 0.01;

/** Counts for the vote on the model that served, but for what nobody waits for. A region that others serve for votes against itself; its users are served. */
export function judge(relay: Parts, request: RelayedRequest, succeeded: boolean): void {
  const {attempts, claims, kind} = request;
  if (kind === "ahead") return;
  const {lost, blameless} = attempts;
  const subject = subjectOf(request);
  relay.vote.record(subject, {
    succeeded: succeeded && !lost,
    firstByteMs: isTimed(request) ? waitedMs(relay, request) : 0,
    user: lost || (blameless && !succeeded) ? undefined : claims.user,
  });
  relay.metrics.judged(subject, succeeded ? (isLate(relay, request) ? "late" : "good") : "failed");
}

/** What a request is judged for. */
export const subjectOf = ({kind, served: model}: RelayedRequest): Subject => ({
  model,
  objective: objectiveNameOf(kind),
});

/** Counts an answer that was whole, or is no longer waited for, for the vote and for its deployment. */
export function recordServed(relay: Parts, request: RelayedRequest): void {
  const {attempts, claims, kind} = request;
  judge(relay, request, true);
  if (isLateSince(relay, request, request.arrivedMs + attempts.hedgedMs))
    recordFailed(relay, request, claims.user);
  else if (kind !== "ahead") relay.health.succeeded(attempts.deployment as Deployment);
}

/** Counts against the deployment that was asked, but for what nobody waits for. `user` is whose doing it may be. */
export function recordFailed(
  {health}: Parts,
  {attempts, kind}: RelayedRequest,
  user: string | undefined,
): void {
  if (kind !== "ahead") health.failed(attempts.deployment as Deployment, user);
}

export const isLate = (relay: Parts, request: RelayedRequest): boolean =>
  isLateSince(relay, request, request.arrivedMs);

/** Whether the first byte of a host that was asked at a time is late. */
export function isLateSince(relay: Parts, request: RelayedRequest, sinceMs: number): boolean {
  const ownMs = waitedMs(relay, request) - (sinceMs - request.arrivedMs);
  return isTimed(request) && ownMs > request.objective.firstByteMs;
}

/** An answer in one piece takes as long as its client wants it to be, and who chats says how long the model thinks. */
export const isTimed = ({streamed, kind}: RelayedRequest) => streamed && kind !== "chat";

/** Until the first byte, or until now where there is none. */
const waitedMs = ({now}: Parts, {reply, arrivedMs}: RelayedRequest) =>
  reply.firstByteMs || now() - arrivedMs;

/** Counts and logs how a request ended. What an editor sends ahead is counted apart from what people ask for. */
export function record(
  relay: Parts,
  request: RelayedRequest,
  outcome: Outcome,
  error?: ProxyError,
): void {
  const {metrics} = relay;
  if (request.kind === "ahead") metrics.ahead(request.asked, aheadEndOf(outcome, error));
  else finish(relay, request, outcome);
  const isWell =
    outcome === "success" || outcome === "cancelled" || (error && isUntold(request, error));
  if (!isWell || Math.random() < LOGGED_SHARE)
    metrics.log.info(lineOf(request, outcome, error?.code.toLowerCase()), "request");
}

function finish({metrics, now}: Parts, request: RelayedRequest, outcome: Outcome) {
  const {asked, arm, attempts, streamed, reply, arrivedMs, copy} = request;
  metrics.finished({
    model: asked,
    arm,
    deployment: attempts.deployment?.name ?? "",
    outcome,
    firstByteMs: streamed ? reply.firstByteMs : 0,
    totalMs: now() - arrivedMs,
  });
  if (outcome !== "cancelled") copy?.primary(outcome === "success", reply.firstByteMs);
}
