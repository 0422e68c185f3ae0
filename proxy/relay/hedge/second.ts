import type {Fields} from "../../http2/fields.ts";
import type {Deployment} from "../../policy.ts";
import type {Failure, Sink} from "../../upstream/transport.ts";
import {createEvents, errorIn, isComment} from "../events.ts";
import {EVENTS, mediaTypeOf, waitOf} from "../headers.ts";
import {isLate} from "../judgement.ts";
import type {Parts} from "../parts.ts";
import type {RelayedRequest} from "../relayed-request.ts";
import {isBlameless, isNobodys, isReadable, speechFor, verdictFor} from "../waiting-phase.ts";
import type {Hedge, Said} from "./hedge.ts";
import {dropHedge, takeHedge} from "./turns.ts";

/** A hedge, and whose it is. */
export interface Second extends Hedge {
  readonly request: RelayedRequest;
}

/** Of a host that has said so much, and nothing for the client, no more is waited for. */
const KEPT_BYTES = 64 << 10;

/** What goes wrong here is the end of the second host's part, and of nothing else. */
export function guard(relay: Parts, request: RelayedRequest, step: () => void) {
  try {
    step();
  } catch (cause) {
    relay.metrics.fault(cause);
    dropHedge(relay, request, "failed");
  }
}

/** What a second host says is kept until it counts; from then on it goes the ordinary way. */
export function createSecondSink(relay: Parts): Sink<Second> {
  const own = relay.sink;
  const guarded = (second: Second, step: () => void) => guard(relay, second.request, step);
  return {
    answered(second, status, head) {
      if (second.taken) own.answered(second.request, status, head);
      else guarded(second, () => answered(relay, second, status, head));
    },
    alive(second) {
      if (second.taken) own.alive(second.request);
    },
    data(second, chunk) {
      if (second.taken) own.data(second.request, chunk);
      else guarded(second, () => data(relay, second, chunk));
    },
    ended(second) {
      if (second.taken) own.ended(second.request);
      else guarded(second, () => fail(relay, second, "reset"));
    },
    failed(second, failure, cause) {
      if (second.taken) own.failed(second.request, failure, cause);
      else guarded(second, () => fail(relay, second, failure));
    },
  };
}

function answered(relay: Parts, second: Second, status: number, head: Fields) {
  const {request, deployment} = second;
  relay.quotas.read(deployment, head);
  const verdict = verdictFor(relay, request, deployment, status);
  if (verdict.kind === "busy") return lacksRoom(relay, second, head);
  if (verdict.kind === "gone") relay.health.absences.note(deployment, verdict.absence);
  if (verdict.kind === "gone" || verdict.kind === "refusal") return giveUp(relay, second);
  if (verdict.kind === "failure" || !isReadable(verdict.kind, head))
    return blame(relay, second, isBlameless(request, status));
  if (mediaTypeOf(head) !== EVENTS) return giveUp(relay, second);
  second.said = {
    status,
    head,
    chunks: [],
    events: createEvents(),
    speech: speechFor(request, "events", status),
  };
}

function data(relay: Parts, second: Second, chunk: Buffer) {
  const {said} = second;
  if (!said) return;
  said.chunks.push(chunk);
  const plain = said.events.plain(chunk);
  const error = errorIn(plain);
  if (error === "busy") return lacksRoom(relay, second, said.head);
  const hasContent = error ? undefined : hasContentIn(said, plain);
  if (hasContent === undefined) return fail(relay, second, "reset");
  if (hasContent) return win(relay, second);
  const kept = said.chunks.reduce((sum, {length}) => sum + length, 0);
  if (kept > KEPT_BYTES) giveUp(relay, second);
}

/** Whether the client would be sent a piece; undefined where that is of no answer. */
function hasContentIn({speech, events}: Said, plain: Buffer): boolean | undefined {
  if (isComment(plain)) return false;
  if (!speech) return true;
  try {
    return speech.push(plain) !== "" || events.isLast(plain);
  } catch {
    return undefined;
  }
}

/** The first host is told to stop; it is at least as late as the second. */
function win(relay: Parts, second: Second) {
  const {request} = second;
  const {attempts, claims, asked, lane, arrivedMs} = request;
  const nowMs = relay.now();
  const first = attempts.deployment as Deployment;
  attempts.call?.cancel();
  relay.loads.ended(first, nowMs - attempts.sentMs);
  if (isLate(relay, request)) relay.health.failed(first, claims.user);
  relay.metrics.gained(asked, lane?.pace.laterMs(nowMs - arrivedMs) ?? 0);
  takeHedge(relay, request, second, "won");
}

function fail(relay: Parts, second: Second, failure: Failure) {
  if (failure === "busy") return giveUp(relay, second);
  blame(relay, second, isNobodys(failure));
}

function blame(relay: Parts, second: Second, blameless: boolean) {
  const {request, deployment} = second;
  request.attempts.failures++;
  relay.health.failed(deployment, blameless ? undefined : request.claims.user);
  giveUp(relay, second);
}

function lacksRoom(relay: Parts, second: Second, head: Fields) {
  relay.health.cool(second.deployment, waitOf(head));
  second.request.lane?.budget.rest();
  giveUp(relay, second);
}

/** The first host goes on alone. */
function giveUp({loads, metrics, now}: Parts, {request, deployment, call, startedMs}: Second) {
  request.hedge = undefined;
  call?.cancel();
  loads.ended(deployment, now() - startedMs);
  metrics.hedged(request.asked, "failed");
}
