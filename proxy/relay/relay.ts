import type {IncomingHttpHeaders, OutgoingHttpHeaders, ServerHttp2Stream} from "node:http2";
import type {Asker} from "../admit/client.ts";
import {decode} from "../admit/coding.ts";
import {modelNamed} from "../admit/models.ts";
import type {Quota} from "../admit/user-limits.ts";
import {askModel} from "../dialects/chat.ts";
import {errorBody, idHeaders, ProxyError} from "../errors.ts";
import type {Metrics} from "../observe/metrics.ts";
import type {Vote} from "../observe/vote.ts";
import type {Deployment, Policy} from "../policy.ts";
import {type Body, isObject, parseBody} from "../rewrite/body.ts";
import {assign} from "../rewrite/experiment.ts";
import {dropEditorParameters, rewrite} from "../rewrite/rewrite.ts";
import type {Health} from "../route/health.ts";
import type {Budget} from "../route/retry-budget.ts";
import {routeOf} from "../route/route.ts";
import type {Allowances} from "../route/upstream-quota.ts";
import type {Failure, Sink} from "../upstream/transport.ts";
import type {Upstreams} from "../upstream/upstream.ts";
import {createLengths} from "./answer-length.ts";
import {createEvents, errorIn, isComment} from "./ending.ts";
import {
  type Ask,
  type ClientStream,
  createExchange,
  type Exchange,
  lineOf,
  NO_BODY,
} from "./exchange.ts";
import {codingOf, lengthOf, mediaTypeOf, waitOf, wholeWait} from "./headers.ts";
import {createBag} from "./in-flight.ts";
import type {Mirrors} from "./mirror.ts";
import type {Outcome} from "./outcome.ts";
import {isOurs, verdictOf} from "./verdict.ts";

export interface Relay {
  /** Takes the request over: every end of it, good or bad, is answered from here. */
  begin(stream: ServerHttp2Stream, ask: Ask): void;
  close(): void;
}

const BODY_TIMEOUT_MS = 10_000;
const FIRST_BYTE_TIMEOUT_MS = 15_000;
/** Of a host that shows that it is at work, as a model that thinks. */
const FIRST_WORD_TIMEOUT_MS = 60_000;
/** An answer in one piece comes when all of it is made. Under the edge's own limit for a silent stream. */
const WHOLE_ANSWER_TIMEOUT_MS = 100_000;
const NEXT_BYTE_TIMEOUT_MS = 20_000;
/** A host may take so long to end a stream whose answer is whole; then it is told to. */
const LINGER_MS = 250;
const SWEEP_EVERY_MS = 250;
/** A request that hosts die of is not taken to all of them. */
const MAX_FAILURES = 3;
/** Of what went well one line in a hundred is logged; of the rest every one. */
const LOGGED_SHARE = 0.01;
const truncated = new Error("upstream ended in mid-answer");

export function createRelay({
  policy,
  upstreams,
  quota,
  health,
  allowances,
  budget,
  mirrors,
  vote,
  metrics,
  region,
  now = () => performance.now(),
}: {
  policy: () => Policy;
  upstreams: Upstreams;
  quota: Quota;
  health: Health;
  allowances: Allowances;
  budget: Budget;
  mirrors: Mirrors;
  vote: Vote;
  metrics: Metrics;
  region: string;
  now?: (() => number) | undefined;
}): Relay {
  const exchanges = createBag<Exchange>();
  const lengths = createLengths();
  const sink: Sink<Exchange> = {
    answered: guarded(answered),
    alive: guarded(alive),
    data: guarded(data),
    ended: guarded(ended),
    failed: guarded(failed),
  };
  const onBody = ofStream(guarded(received));
  const onBodyEnd = ofStream(guarded(bodyEnded));
  const onDrain = ofStream(guarded(drained));
  const onClose = ofStream(guarded(clientLeft));
  const forward = guarded(prepareAndSend);
  const sweeper = setInterval(sweep, SWEEP_EVERY_MS).unref();

  /** Whatever goes wrong in a step is the end of its request, and of nothing else. */
  function guarded<Rest extends unknown[]>(step: Step<Rest>): Step<Rest> {
    const both = step as Step<unknown[]>;
    return function safely(exchange: Exchange, first: unknown, second: unknown) {
      try {
        both(exchange, first, second);
      } catch (cause) {
        end(exchange, cause);
      }
    } as unknown as Step<Rest>;
  }

  function end(exchange: Exchange, cause: unknown) {
    try {
      if (exchange.phase === "done") metrics.fault(cause);
      else refuse(exchange, cause);
    } catch (second) {
      metrics.fault(second);
      exchange.stream.destroy(truncated);
    }
  }

  function begin(stream: ClientStream, ask: Ask) {
    quota.enter(ask.claims.user);
    const exchange = createExchange(stream, ask, now());
    exchange.deadlineMs = now() + BODY_TIMEOUT_MS;
    exchange.asked = known(ask.model) ?? "";
    stream.exchange = exchange;
    exchanges.add(exchange);
    stream.on("data", onBody);
    stream.on("end", onBodyEnd);
    stream.on("drain", onDrain);
    stream.on("close", onClose);
  }

  function known(model: string | undefined): string | undefined {
    return model === undefined ? undefined : modelNamed(policy(), model);
  }

  function received(exchange: Exchange, chunk: Buffer) {
    if (exchange.phase !== "body") return;
    exchange.size += chunk.length;
    if (exchange.size > policy().limits.bodyBytes) throw new ProxyError("BODY_LARGE");
    hold(exchange, chunk.length);
    exchange.chunks.push(chunk);
  }

  function hold(exchange: Exchange, bytes: number) {
    quota.hold(exchange.claims.user, bytes);
    exchange.held += bytes;
  }

  function release(exchange: Exchange) {
    quota.release(exchange.claims.user, exchange.held);
    exchange.held = 0;
    exchange.chunks = [];
    exchange.body = NO_BODY;
  }

  /**
   * When a request and its cancel arrive in one segment, neither a microtask nor nextTick has seen
   * the cancel yet; one turn of the loop has. A third of a keystroke's requests end here.
   */
  function bodyEnded(exchange: Exchange) {
    if (exchange.phase !== "body") return;
    exchange.phase = "preflight";
    exchange.arrivedMs = now();
    setImmediate(exchange.coding === "" ? forward : decodeFirst, exchange);
  }

  function decodeFirst(exchange: Exchange) {
    decode(Buffer.concat(exchange.chunks), exchange.coding, policy().limits.bodyBytes).then(
      (plain) => {
        exchange.chunks = [plain];
        forward(exchange);
      },
      (cause) => exchange.phase === "preflight" && refuse(exchange, cause),
    );
  }

  function prepareAndSend(exchange: Exchange) {
    if (exchange.phase !== "preflight") return;
    const asker = prepare(exchange);
    exchange.phase = "waiting";
    budget.earn();
    attempt(exchange);
    if (exchange.phase === "waiting") exchange.copy = mirrors.copy(asker, exchange);
  }

  /** Makes the body that is sent on and the deployments to try; says who asks for what. */
  function prepare(exchange: Exchange): Asker {
    const {claims, client, chunks} = exchange;
    const text = Buffer.concat(chunks);
    quota.weigh(claims.user, text.length);
    hold(exchange, text.length - exchange.held);
    const body = parseBody(text);
    exchange.chunks = [];
    exchange.body = body;
    exchange.streamed = body.get("stream") === true;
    const name = exchange.model ?? body.get("model");
    if (typeof name !== "string") throw new ProxyError("MODEL_MISSING");
    const {mutations, experiments} = policy();
    const model = known(name);
    if (!model) throw new ProxyError("MODEL_UNKNOWN");
    if (!claims.models.includes(model)) throw new ProxyError("MODEL_FORBIDDEN");
    const asker = {model, user: claims.user, client, language: languageOf(body)};
    const {label, arm} = assign(experiments, asker) ?? {label: ""};
    const served = {...asker, model: known(arm?.model) ?? model};
    rewrite(body, served, mutations);
    if (arm) rewrite(body, served, arm.mutations);
    dropEditorParameters(body);
    exchange.asked = model;
    exchange.arm = label;
    const route = routeOf(policy(), served.model, {health, user: claims.user});
    exchange.chats = policy().models[served.model]?.api === "chat";
    exchange.left = arm?.deployment
      ? preferring(arm.deployment, route.deployments)
      : route.deployments;
    exchange.lost = route.lost;
    exchange.retryAfterS = route.waitS;
    return served;
  }

  /** Tries the next deployment; when none is left, says why. */
  function attempt(exchange: Exchange) {
    const deployment = exchange.left.shift();
    if (!deployment) return refuse(exchange, exhausted(exchange));
    const upstream = upstreams.get(deployment.upstream);
    if (!upstream) return attempt(exchange);
    const {api, id, traceparent, body, chats, streamed} = exchange;
    exchange.deployment = deployment;
    exchange.deadlineMs = now() + (streamed ? FIRST_BYTE_TIMEOUT_MS : WHOLE_ANSWER_TIMEOUT_MS);
    exchange.hostOpen = true;
    exchange.call = askModel(
      {upstream, chats},
      {api, deployment: deployment.name, id, traceparent, body},
      sink,
      exchange,
    );
  }

  function answered(exchange: Exchange, status: number, headers: IncomingHttpHeaders) {
    allowances.read(exchange.deployment as Deployment, headers);
    const verdict = verdictOf(status);
    if (verdict.kind === "busy") return spill(exchange, headers);
    if (verdict.kind === "failure" || !isReadable(verdict.kind, headers)) {
      stopHost(exchange);
      return passOn(exchange, `${status}`, isOurs(status));
    }
    exchange.status = verdict.kind === "refusal" ? verdict.status : status;
    exchange.head = headers;
    exchange.events = mediaTypeOf(headers) === EVENTS ? createEvents() : undefined;
  }

  /** No room there. It costs nothing to ask the next. */
  function spill(exchange: Exchange, headers: IncomingHttpHeaders) {
    const wait = waitOf(headers);
    stopHost(exchange);
    exchange.retryAfterS = Math.min(exchange.retryAfterS, wait);
    health.cool(exchange.deployment as Deployment, wait);
    metrics.spilled(exchange.asked, exchange.deployment, "429");
    attempt(exchange);
  }

  /** A failure costs: the next is asked only while the budgets last. */
  function passOn(exchange: Exchange, reason: string, blameless: boolean) {
    const {user} = exchange.claims;
    exchange.busy = false;
    exchange.blameless ||= blameless;
    exchange.failures++;
    health.failed(exchange.deployment as Deployment, blameless ? undefined : user);
    metrics.spilled(exchange.asked, exchange.deployment, reason);
    const mayGoOn = exchange.failures < MAX_FAILURES && quota.mayRetry(user) && budget.spend();
    if (!mayGoOn) exchange.left = [];
    attempt(exchange);
  }

  /** The host is at work, and has nothing to say yet. */
  function alive(exchange: Exchange) {
    const {phase, arrivedMs} = exchange;
    if (phase === "streaming") exchange.deadlineMs = now() + NEXT_BYTE_TIMEOUT_MS;
    if (phase === "waiting" && exchange.streamed)
      exchange.deadlineMs = Math.min(
        now() + FIRST_BYTE_TIMEOUT_MS,
        arrivedMs + FIRST_WORD_TIMEOUT_MS,
      );
  }

  function data(exchange: Exchange, chunk: Buffer) {
    if (exchange.phase === "done") return;
    exchange.received += chunk.length;
    if (exchange.events) return passEvents(exchange, exchange.events.plain(chunk));
    pass(exchange, chunk, exchange.received === lengthOf(exchange.head ?? {}));
  }

  function passEvents(exchange: Exchange, chunk: Buffer) {
    const error = errorIn(chunk);
    if (error) return failWithin(exchange, error);
    if (exchange.phase === "waiting" && isComment(chunk)) return alive(exchange);
    exchange.frames++;
    pass(exchange, chunk, exchange.events?.isLast(chunk) ?? false);
  }

  /** Until its first word another deployment may still answer. */
  function failWithin(exchange: Exchange, error: "busy" | "failed") {
    if (error === "busy" && exchange.phase === "waiting") return spill(exchange, {});
    stopHost(exchange);
    brokeOff(exchange, "reset");
  }

  function pass(exchange: Exchange, chunk: Buffer, isLast: boolean) {
    if (exchange.phase === "waiting") sendHead(exchange);
    exchange.deadlineMs = now() + NEXT_BYTE_TIMEOUT_MS;
    if (isLast) return finish(exchange, chunk);
    if (!exchange.stream.write(chunk)) exchange.call?.pause();
  }

  function sendHead(exchange: Exchange) {
    const {status, head, id, stream, arrivedMs} = exchange;
    exchange.phase = "streaming";
    exchange.firstByteMs = now() - arrivedMs;
    release(exchange);
    stream.respond({
      ":status": status,
      "content-type": typeOf(head ?? {}),
      "x-meridian-region": region,
      ...(exchange.arm && {"x-meridian-arm": exchange.arm}),
      ...idHeaders(id),
    });
  }

  /** END_STREAM goes with the last event: when it lags behind, clients reset a stream that is done. */
  function finish(exchange: Exchange, lastChunk?: Buffer) {
    const {status} = exchange;
    exchange.phase = "done";
    exchange.deadlineMs = now() + LINGER_MS;
    exchange.stream.end(lastChunk);
    if (exchange.events) lengths.whole(exchange.asked, exchange.frames);
    if (status === 200) served(exchange);
    record(exchange, status === 200 ? "success" : "client_error");
  }

  function served(exchange: Exchange) {
    const deployment = exchange.deployment as Deployment;
    judge(exchange, true);
    if (isLate(exchange)) health.failed(deployment, exchange.claims.user);
    else health.succeeded(deployment);
  }

  function ended(exchange: Exchange) {
    closed(exchange, "hostOpen");
    if (exchange.phase === "done") return;
    if (!isWhole(exchange)) return brokeOff(exchange, "reset");
    finish(exchange);
  }

  function failed(exchange: Exchange, failure: Failure) {
    closed(exchange, "hostOpen");
    if (exchange.phase !== "done") brokeOff(exchange, failure);
  }

  function brokeOff(exchange: Exchange, failure: Failure) {
    if (exchange.phase === "streaming") return truncate(exchange, isNobodys(failure));
    exchange.head = undefined;
    exchange.received = 0;
    passOn(exchange, failure, isNobodys(failure));
  }

  /** A clean end would be shown to the user as a complete suggestion; only INTERNAL_ERROR is dropped. */
  function truncate(exchange: Exchange, blameless: boolean) {
    exchange.phase = "done";
    exchange.blameless ||= blameless;
    exchange.stream.destroy(truncated);
    judge(exchange, false);
    const user = blameless ? undefined : exchange.claims.user;
    health.failed(exchange.deployment as Deployment, user);
    record(exchange, "truncated");
  }

  /**
   * Before the first byte every fault is a status, never a reset: clients hang on those. A fault of ours
   * says nothing for the vote: another region's proxies are the same.
   */
  function refuse(exchange: Exchange, cause: unknown) {
    const error = asError(cause);
    exchange.phase = "done";
    exchange.deadlineMs = now() + LINGER_MS;
    release(exchange);
    if (error.code === "INTERNAL") metrics.fault(error.cause);
    if (exchange.stream.headersSent) exchange.stream.destroy(truncated);
    else answerError(exchange.stream, exchange.id, error);
    if (error.code.startsWith("UPSTREAM_")) judge(exchange, false);
    record(exchange, error.status >= 500 ? "error" : "client_error", error);
    stopHost(exchange);
  }

  function drained(exchange: Exchange) {
    exchange.deadlineMs = now() + NEXT_BYTE_TIMEOUT_MS;
    exchange.call?.resume();
  }

  function clientLeft(exchange: Exchange) {
    exchange.stream.exchange = undefined;
    release(exchange);
    quota.leave(exchange.claims.user);
    closed(exchange, "clientOpen");
    if (exchange.phase !== "done") cancel(exchange);
  }

  /**
   * Any reset before the end is a cancel, whatever its code: editors send 0 and 8, the edge 2. It says
   * nothing of us, unless the first byte is late by then: of a slow model nobody waits for the end.
   */
  function cancel(exchange: Exchange) {
    metrics.cancelled(exchange.asked, exchange.phase);
    if (exchange.phase === "preflight") metrics.spared(exchange.asked, exchange.size);
    if (exchange.call && [0, 200].includes(exchange.status) && isLate(exchange)) served(exchange);
    exchange.phase = "done";
    if (stopHost(exchange)) metrics.stopped(exchange.asked, unsaid(exchange));
    exchange.copy?.cancel();
    record(exchange, "cancelled");
  }

  const unsaid = ({streamed, asked, frames}: Exchange) =>
    streamed ? lengths.unsaid(asked, frames) : 0;

  /** Whether the host was told. It is not heard of again. */
  function stopHost(exchange: Exchange): boolean {
    const isTold = exchange.call?.cancel() ?? false;
    closed(exchange, "hostOpen");
    return isTold;
  }

  /** A request is under way for as long as either side of it is open. */
  function closed(exchange: Exchange, side: "clientOpen" | "hostOpen") {
    if (!exchange[side]) return;
    exchange[side] = false;
    if (!exchange.clientOpen && !exchange.hostOpen) exchanges.remove(exchange);
  }

  /** By the objective. A region that others serve for votes against itself; its users are served. */
  function judge(exchange: Exchange, succeeded: boolean) {
    const {lost, blameless, claims} = exchange;
    vote.record({
      succeeded: succeeded && !lost,
      firstByteMs: exchange.streamed ? waitedMs(exchange) : 0,
      user: lost || (blameless && !succeeded) ? undefined : claims.user,
    });
    metrics.judged(succeeded ? (isLate(exchange) ? "late" : "good") : "failed");
  }

  /** An answer in one piece is as long in the making as its client wants it to be. */
  const isLate = (exchange: Exchange) =>
    exchange.streamed && waitedMs(exchange) > policy().objective.firstByteMs;

  /** Until the first byte, or until now where there is none. */
  const waitedMs = ({firstByteMs, arrivedMs}: Exchange) => firstByteMs || now() - arrivedMs;

  function record(exchange: Exchange, outcome: Outcome, error?: ProxyError) {
    const {asked, arm, deployment, streamed, firstByteMs, arrivedMs} = exchange;
    metrics.finished({
      model: asked,
      arm,
      deployment: deployment?.name ?? "",
      outcome,
      firstByteMs: streamed ? firstByteMs : 0,
      totalMs: now() - arrivedMs,
    });
    if (outcome !== "cancelled") exchange.copy?.primary(outcome === "success", firstByteMs);
    const isWell = outcome === "success" || outcome === "cancelled";
    if (!isWell || Math.random() < LOGGED_SHARE)
      metrics.log.info(lineOf(exchange, outcome, error?.code.toLowerCase()), "request");
  }

  /** What did not go on: the client's doing where it does not read, else the host's. */
  function leave(exchange: Exchange) {
    stopHost(exchange);
    if (!exchange.stream.writableNeedDrain) return truncate(exchange, false);
    exchange.phase = "done";
    exchange.stream.destroy(truncated);
    record(exchange, "client_error");
  }

  function sweep() {
    const time = now();
    for (const exchange of exchanges.all()) if (time >= exchange.deadlineMs) expire(exchange);
  }

  const expire = guarded((exchange) => {
    if (exchange.phase === "body") refuse(exchange, new ProxyError("BODY_SLOW"));
    else if (exchange.phase === "streaming") leave(exchange);
    else if (exchange.phase === "waiting") {
      health.failed(exchange.deployment as Deployment, exchange.claims.user);
      refuse(exchange, new ProxyError("UPSTREAM_SLOW"));
    } else if (exchange.phase === "done") {
      stopHost(exchange);
      if (now() >= exchange.deadlineMs + NEXT_BYTE_TIMEOUT_MS) exchange.stream.destroy(truncated);
    }
  });

  return {begin, close: () => clearInterval(sweeper)};
}

/** Of at most two things beside its request: each piece of each answer comes this way, and makes no list. */
type Step<Rest extends unknown[]> = (exchange: Exchange, ...rest: Rest) => void;

/** Streams tell their handlers what happened by `this`. */
const ofStream = <Given>(step: (exchange: Exchange, given: Given) => void) =>
  function handle(this: ClientStream, given: Given) {
    if (this.exchange) step(this.exchange, given);
  };

const EVENTS = "text/event-stream";
const JSON_TYPE = "application/json";

/** An answer that says what it is, as far as it says anything, and is coded in no way: none was asked for. */
function isReadable(kind: "answer" | "refusal", headers: IncomingHttpHeaders): boolean {
  if (codingOf(headers) !== "") return false;
  return kind === "refusal" || ["", EVENTS, JSON_TYPE].includes(mediaTypeOf(headers));
}

/** As the host names it where clients can be told so. */
function typeOf(headers: IncomingHttpHeaders): string {
  const type = headers["content-type"] ?? "";
  return /^[\x20-\x7e]{1,100}$/.test(type) ? type : JSON_TYPE;
}

/** Nothing that is asked for takes the way to a host away. */
const isNobodys = (failure: Failure) => failure === "connect" || failure === "lost";

const asError = (cause: unknown): ProxyError =>
  cause instanceof ProxyError ? cause : new ProxyError("INTERNAL", {cause});

/** Editors show the body of this one as it stands. */
const UPGRADE = 466;

/** Answers with the error and ends the stream; a body still on its way is read and thrown away. */
export function answerError(stream: ServerHttp2Stream, id: string, error: ProxyError): void {
  if (stream.destroyed || stream.headersSent) return;
  const {status, message, retryAfterS} = error;
  const isText = status === UPGRADE;
  const headers: OutgoingHttpHeaders = {
    ":status": status,
    "content-type": isText ? "text/plain; charset=utf-8" : JSON_TYPE,
    ...error.headers,
    ...idHeaders(id),
  };
  if (retryAfterS !== undefined) headers["retry-after"] = `${wholeWait(retryAfterS)}`;
  stream.respond(headers);
  // To a HEAD there is no body: Node has ended the stream.
  if (!stream.writableEnded) stream.end(isText ? message : errorBody(error));
  stream.resume();
}

/** An experiment fails nobody: where its deployment has no room, the others serve. */
function preferring(name: string, deployments: readonly Deployment[]): Deployment[] {
  const isPreferred = (deployment: Deployment) => deployment.name === name;
  return [
    ...deployments.filter(isPreferred),
    ...deployments.filter((deployment) => !isPreferred(deployment)),
  ];
}

function exhausted({busy, retryAfterS}: Exchange): ProxyError {
  if (!busy) return new ProxyError("UPSTREAM_LOST");
  return new ProxyError("UPSTREAM_BUSY", Number.isFinite(retryAfterS) ? {retryAfterS} : {});
}

/** Editors name the language of the file beside the prompt. */
function languageOf(body: Body): string | undefined {
  const extra = body.get("extra");
  const language = isObject(extra) ? extra.language : undefined;
  return typeof language === "string" ? language : undefined;
}

/** A host that ends cleanly in mid-answer, or resets with code 0, has still not finished it. */
function isWhole({head, events, received}: Exchange): boolean {
  if (!head || received === 0) return false;
  return events ? events.isWhole : (lengthOf(head) ?? received) === received;
}
