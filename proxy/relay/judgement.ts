import {objectiveNameOf} from "../admit/kind.ts";
import type {ProxyError} from "../errors.ts";
import type {Subject} from "../observe/vote.ts";
import type {Deployment} from "../policy.ts";
import type {Outcome} from "./outcome.ts";
import type {Parts} from "./parts.ts";
import {lineOf, type RelayedRequest} from "./relayed-request.ts";

/** One in a hundred requests that went well is logged; every other one is. */
const LOGGED_SHARE = 0.01;

/** Counts for the vote on the model that served. A region that others serve for votes against itself; its users are served. */
export function judge(relay: Parts, request: RelayedRequest, succeeded: boolean): void {
  const {attempts, claims, streamed} = request;
  const {lost, blameless} = attempts;
  const subject = subjectOf(request);
  relay.vote.record(subject, {
    succeeded: succeeded && !lost,
    firstByteMs: streamed ? waitedMs(relay, request) : 0,
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
  const deployment = request.attempts.deployment as Deployment;
  judge(relay, request, true);
  if (isLate(relay, request)) relay.health.failed(deployment, request.claims.user);
  else relay.health.succeeded(deployment);
}

/** An answer in one piece is never late: it takes as long as its client wants it to be. */
export function isLate(relay: Parts, request: RelayedRequest): boolean {
  return request.streamed && waitedMs(relay, request) > request.objective.firstByteMs;
}

/** Until the first byte, or until now where there is none. */
const waitedMs = ({now}: Parts, {reply, arrivedMs}: RelayedRequest) =>
  reply.firstByteMs || now() - arrivedMs;

/** Counts and logs how a request ended. */
export function record(
  {metrics, now}: Parts,
  request: RelayedRequest,
  outcome: Outcome,
  error?: ProxyError,
): void {
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
  const isWell = outcome === "success" || outcome === "cancelled";
  if (!isWell || Math.random() < LOGGED_SHARE)
    metrics.log.info(lineOf(request, outcome, error?.code.toLowerCase()), "request");
}
