import {cacheSaltOf} from "../admit/cache-salt.ts";
import {priorityOf, URGENCY} from "../admit/kind.ts";
import {askModel, type ModelRequest} from "../dialects/asking.ts";
import {createSpeech, type Form, type Speech} from "../dialects/speech.ts";
import {ProxyError} from "../errors.ts";
import type {Fields} from "../http2/fields.ts";
import type {Deployment} from "../policy.ts";
import type {Absence} from "../route/absences.ts";
import {absenceOf, servingModel} from "../route/successor.ts";
import type {Failure} from "../upstream/transport.ts";
import {refuse, stopHost, truncate} from "./ends.ts";
import {createEvents} from "./events.ts";
import {codingOf, EVENTS, JSON_TYPE, mediaTypeOf, waitOf} from "./headers.ts";
import type {Hedge} from "./hedge/hedge.ts";
import {takeHedge} from "./hedge/turns.ts";
import {NO_LEGS} from "./overflow/legs.ts";
import {setRoute, takeLeg} from "./overflow/way.ts";
import type {Parts} from "./parts.ts";
import {createRefusal} from "./refusal.ts";
import {type RelayedRequest, UNSAID} from "./relayed-request.ts";
import {FAILURE, isOfChats, isOurs, type Verdict, verdictOn} from "./verdict.ts";

export const FIRST_BYTE_TIMEOUT_MS = 15_000;
/** An answer in one piece comes when all of it is made. Under the edge's own limit for a silent stream. */
const WHOLE_ANSWER_TIMEOUT_MS = 100_000;
/** A request that hosts die of is not taken to all of them. */
const MAX_FAILURES = 3;

/** Asks the next deployment, or has the one go on that is asked already; when none is left, says why. */
export function attempt(relay: Parts, request: RelayedRequest) {
  const {attempts, hedge, streamed} = request;
  if (hedge) return goOnWith(relay, request, hedge);
  const deployment = attempts.left.shift();
  if (!deployment) return attemptFurther(relay, request);
  const upstream = relay.upstreams.get(deployment.upstream);
  if (!upstream || relay.health.absences.of(deployment)) return attempt(relay, request);
  attempts.deployment = deployment;
  attempts.hedgedMs = 0;
  attempts.sentMs = relay.now();
  request.deadlineMs =
    attempts.sentMs + (streamed ? FIRST_BYTE_TIMEOUT_MS : WHOLE_ANSWER_TIMEOUT_MS);
  request.hostOpen = true;
  relay.loads.began(deployment);
  attempts.call = askModel(
    {upstream, asking: attempts.asking},
    questionFor(request, deployment),
    relay.sink,
    request,
  );
}

/** What a deployment is asked. */
export function questionFor(request: RelayedRequest, {name}: Deployment): ModelRequest {
  const {api, id, kind, claims, traceparent, body, files, leastEffort, streamed} = request;
  return {
    api,
    deployment: name,
    id,
    traceparent,
    priority: priorityOf(kind, streamed),
    urgency: URGENCY[kind],
    salt: cacheSaltOf(claims),
    body,
    files,
    leastEffort,
  };
}

function goOnWith(relay: Parts, request: RelayedRequest, hedge: Hedge) {
  request.deadlineMs = relay.now() + FIRST_BYTE_TIMEOUT_MS;
  takeHedge(relay, request, hedge, "rescued");
}

/**
 * The model's successor, where all of its deployments have turned out to be gone, or what takes what it has no room
 * for. What nobody waits for is not tried again.
 */
function attemptFurther(relay: Parts, request: RelayedRequest) {
  const goesOn = request.kind !== "ahead" && (succeeds(relay, request) || takeLeg(relay, request));
  if (goesOn) attempt(relay, request);
  else refuse(relay, request, exhausted(relay, request));
}

function succeeds(relay: Parts, request: RelayedRequest): boolean {
  const {served, attempts} = request;
  const successor = servingModel(relay.policy(), served, relay.health);
  if (successor === served || attempts.passed.includes(successor)) return false;
  attempts.passed = [...attempts.passed, served];
  setRoute(relay, request, successor);
  return true;
}

/** The head of an answer: it is kept, or the next deployment is asked. */
export function answered(relay: Parts, request: RelayedRequest, status: number, headers: Fields) {
  const deployment = request.attempts.deployment as Deployment;
  relay.quotas.read(deployment, headers);
  const verdict = verdictFor(relay, request, deployment, status);
  if (verdict.kind === "busy") return spill(relay, request, headers);
  if (verdict.kind === "gone") return leave(relay, request, status, verdict.absence);
  if (verdict.kind === "failure" || !isReadable(verdict.kind, headers)) {
    stopHost(relay, request);
    return passOn(relay, request, `${status}`, isBlameless(request, status));
  }
  const {reply, body, dialect} = request;
  if (verdict.kind === "refusal")
    reply.refusal = createRefusal(dialect ? body.names() : body.written());
  reply.status = verdict.kind === "refusal" ? verdict.status : status;
  reply.head = headers;
  reply.events = mediaTypeOf(headers) === EVENTS ? createEvents() : undefined;
  const form = verdict.kind === "refusal" ? verdict.kind : reply.events ? "events" : "whole";
  reply.speech = speechFor(request, form, reply.status);
}

/** What a status means of a deployment that was asked for a request. */
export const verdictFor = (
  {policy}: Parts,
  request: RelayedRequest,
  deployment: Deployment,
  status: number,
): Verdict => (isOfChats(status, request) ? FAILURE : verdictOn(policy(), deployment, status));

/** Whether no request can be to blame for a failure by this status. */
export const isBlameless = (request: RelayedRequest, status: number): boolean =>
  !isOfChats(status, request) && isOurs(status);

/** None where the host speaks the client's dialect. */
export function speechFor(request: RelayedRequest, form: Form, status: number): Speech | undefined {
  const {dialect} = request;
  if (!dialect || speaksAsClient(request)) return undefined;
  return createSpeech(dialect, form, status);
}

/** A successor may be asked otherwise than the model that the body was made for. */
const speaksAsClient = ({dialect, api, attempts}: RelayedRequest) =>
  api === dialect?.hosted?.api && attempts.asking.api === dialect.hosted.by;

/** The deployment has no room. It costs nothing to ask the next. */
export function spill(relay: Parts, request: RelayedRequest, headers: Fields) {
  const {attempts, asked, kind} = request;
  const wait = waitOf(headers);
  request.lane?.budget.rest();
  stopHost(relay, request);
  forget(request);
  attempts.retryAfterS = Math.min(attempts.retryAfterS, wait);
  relay.health.cool(attempts.deployment as Deployment, wait);
  if (kind !== "ahead") relay.metrics.spilled(asked, attempts.deployment, "429");
  attempt(relay, request);
}

/** The deployment is gone, whoever asks: it is left out from now on, and it costs nothing to ask the next. */
function leave(relay: Parts, request: RelayedRequest, status: number, absence: Absence) {
  const {attempts, asked, kind} = request;
  const deployment = attempts.deployment as Deployment;
  stopHost(relay, request);
  if (kind !== "ahead") relay.metrics.spilled(asked, deployment, `${status}`);
  if (relay.health.absences.note(deployment, absence))
    relay.metrics.log.warn({model: request.served, ...deployment, absence}, "deployment gone");
  attempt(relay, request);
}

/** The host's answer broke off. Before its first byte another deployment may still answer. */
export function brokeOff(relay: Parts, request: RelayedRequest, failure: Failure) {
  if (failure === "busy") return spill(relay, request, request.reply.head ?? {});
  if (request.phase === "streaming") return truncate(relay, request, isNobodys(failure));
  forget(request);
  passOn(relay, request, failure, isNobodys(failure));
}

/** What a host has said that another takes over from. */
const forget = ({reply}: RelayedRequest) => void Object.assign(reply, UNSAID);

/** A failure costs: the next deployment is asked only while the budgets last. */
function passOn(relay: Parts, request: RelayedRequest, reason: string, blameless: boolean) {
  const {attempts, asked, claims, kind} = request;
  attempts.busy = false;
  if (kind === "ahead") return attempt(relay, request);
  attempts.blameless ||= blameless;
  attempts.failures++;
  relay.health.failed(attempts.deployment as Deployment, blameless ? undefined : claims.user);
  relay.metrics.spilled(asked, attempts.deployment, reason);
  const mayGoOn =
    attempts.failures < MAX_FAILURES && relay.users.mayRetry(claims.user) && relay.retries.spend();
  if (!mayGoOn) [attempts.left, attempts.legs] = [[], NO_LEGS];
  attempt(relay, request);
}

/** An answer that says what it is, as far as it says anything, and has no coding: none was asked for. */
export function isReadable(kind: "answer" | "refusal", headers: Fields): boolean {
  if (codingOf(headers) !== "") return false;
  return kind === "refusal" || ["", EVENTS, JSON_TYPE].includes(mediaTypeOf(headers));
}

/** No request can take the way to a host away. */
export const isNobodys = (failure: Failure) => failure === "connect" || failure === "lost";

function exhausted({policy, health}: Parts, request: RelayedRequest): ProxyError {
  const {served, attempts} = request;
  const {busy, retryAfterS} = attempts;
  const absence = absenceOf(policy(), served, health);
  const isNoneThere = noneThere(request);
  attempts.blameless ||= isNoneThere || absence !== undefined;
  if (absence === "retired") return new ProxyError("MODEL_RETIRED");
  if (absence || isNoneThere || !busy) return new ProxyError("UPSTREAM_LOST");
  return new ProxyError("UPSTREAM_BUSY", Number.isFinite(retryAfterS) ? {retryAfterS} : {});
}

/** No replica has been found yet: that is no want of room, and no request's doing. */
const noneThere = ({kind, attempts}: RelayedRequest): boolean =>
  kind !== "ahead" && attempts.deployment === undefined && !Number.isFinite(attempts.retryAfterS);
