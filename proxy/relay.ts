import type {IncomingHttpHeaders, OutgoingHttpHeaders, ServerHttp2Stream} from "node:http2";
import type {Allowances} from "./allowance.ts";
import {createBag} from "./bag.ts";
import {type Body, bodyOf, isObject, parseBody} from "./body.ts";
import type {Budget} from "./budget.ts";
import {askModel} from "./chat.ts";
import type {Asker, Client} from "./client.ts";
import {errorBody, idHeaders, ProxyError} from "./errors.ts";
import {assign} from "./experiment.ts";
import type {Health} from "./health.ts";
import {createLengths} from "./length.ts";
import type {Metrics} from "./metrics.ts";
import type {Copy, Mirrors} from "./mirror.ts";
import {modelNamed} from "./models.ts";
import type {Deployment, Policy} from "./policy.ts";
import type {Quota} from "./quota.ts";
import {dropEditorParameters, rewrite} from "./rewrite.ts";
import {routeOf} from "./route.ts";
import type {Claims} from "./token.ts";
import type {Call, Failure, Sink} from "./transport.ts";
import type {Api, Upstreams} from "./upstream.ts";
import type {Vote} from "./vote.ts";

/** What was asked, once the token has been checked. */
export interface Ask {
  readonly id: string;
  readonly api: Api;
  /** From the path; where the path has none, the body names it. */
  readonly model: string | undefined;
  readonly claims: Claims;
  readonly client: Client;
  readonly traceparent: string | undefined;
}

/** Where a request was when its client left it. */
export type Phase = "body" | "preflight" | "waiting" | "streaming" | "done";

/** One request's life. Handlers are shared; this is what they tell requests apart by. */
interface Exchange extends Ask {
  /** Among those under way. */
  place: number;
  readonly stream: ClientStream;
  readonly chunks: Buffer[];
  size: number;
  phase: Phase;
  /** When the last byte of the request was here: what the model takes is counted from then. */
  arrivedMs: number;
  deadlineMs: number;
  asked: string;
  /** Of its experiment; empty where it is in none. */
  arm: string;
  copy: Copy | undefined;
  body: Body;
  /** Deployments not tried yet, best first. */
  left: Deployment[];
  /** Other regions serve it, for the region's own model hosts have failed. */
  lost: boolean;
  /** The model that serves takes chats alone. */
  chats: boolean;
  deployment: Deployment | undefined;
  call: Call | undefined;
  /** The answer's head, kept until its first byte: until then another deployment may still answer. */
  head: IncomingHttpHeaders | undefined;
  status: number;
  events: boolean;
  tail: string;
  received: number;
  /** How often something was received: a host sends a token at a time. */
  frames: number;
  firstByteMs: number;
  /** Every deployment so far said 429; the shortest wait that one named, in seconds. */
  busy: boolean;
  retryAfterS: number;
}

/** Until it is closed: Node may keep it for longer, but not with all that was asked. */
type ClientStream = ServerHttp2Stream & {exchange?: Exchange | undefined};

export interface Relay {
  /** Takes the request over: every end of it, good or bad, is answered from here. */
  begin(stream: ServerHttp2Stream, ask: Ask): void;
  close(): void;
}

const BODY_TIMEOUT_MS = 10_000;
const FIRST_BYTE_TIMEOUT_MS = 15_000;
const NEXT_BYTE_TIMEOUT_MS = 20_000;
const SWEEP_EVERY_MS = 250;
/** Of what went well one line in a hundred is logged; of the rest every one. */
const LOGGED_SHARE = 0.01;
const LAST_EVENT = /(?:^|\n)data: ?\[DONE\]\s*\n\s*\n$/;
/** Of a host that ends without the blank line. */
const LAST_LINE = /(?:^|\n)data: ?\[DONE\]\s*$/;
const LAST_EVENT_BYTES = 24;
const NO_BODY = bodyOf({});
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
  now?: () => number;
}): Relay {
  const exchanges = createBag<Exchange>();
  const lengths = createLengths();
  const sink: Sink<Exchange> = {answered, data, ended, failed};
  const sweeper = setInterval(sweep, SWEEP_EVERY_MS).unref();

  function begin(stream: ClientStream, ask: Ask) {
    quota.enter(ask.claims.user);
    const exchange: Exchange = {
      ...ask,
      place: 0,
      stream,
      chunks: [],
      size: 0,
      phase: "body",
      arrivedMs: now(),
      deadlineMs: now() + BODY_TIMEOUT_MS,
      asked: known(ask.model) ?? "",
      arm: "",
      copy: undefined,
      body: NO_BODY,
      left: [],
      lost: false,
      chats: false,
      deployment: undefined,
      call: undefined,
      head: undefined,
      status: 0,
      events: false,
      tail: "",
      received: 0,
      frames: 0,
      firstByteMs: 0,
      busy: true,
      retryAfterS: Number.POSITIVE_INFINITY,
    };
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

  function onBody(this: ClientStream, chunk: Buffer) {
    const exchange = this.exchange as Exchange;
    if (exchange.phase !== "body") return;
    exchange.size += chunk.length;
    if (exchange.size > policy().limits.bodyBytes)
      return refuse(exchange, new ProxyError("BODY_LARGE"));
    exchange.chunks.push(chunk);
  }

  /**
   * When a request and its cancel arrive in one segment, neither a microtask nor nextTick has seen
   * the cancel yet; one turn of the loop has. A third of a keystroke's requests end here.
   */
  function onBodyEnd(this: ClientStream) {
    const exchange = this.exchange as Exchange;
    if (exchange.phase !== "body") return;
    exchange.phase = "preflight";
    exchange.arrivedMs = now();
    setImmediate(forward, exchange);
  }

  function forward(exchange: Exchange) {
    if (exchange.phase !== "preflight") return;
    try {
      const asker = prepare(exchange);
      exchange.phase = "waiting";
      budget.earn();
      attempt(exchange);
      if (exchange.phase === "waiting") exchange.copy = mirrors.copy(asker, exchange);
    } catch (error) {
      refuse(exchange, error);
    }
  }

  /** Makes the body that is sent on and the deployments to try; says who asks for what. */
  function prepare(exchange: Exchange): Asker {
    const body = parseBody(Buffer.concat(exchange.chunks));
    const name = exchange.model ?? body.get("model");
    if (typeof name !== "string") throw new ProxyError("MODEL_MISSING");
    const {mutations, experiments} = policy();
    const model = known(name);
    if (!model) throw new ProxyError("MODEL_UNKNOWN");
    if (!exchange.claims.models.includes(model)) throw new ProxyError("MODEL_FORBIDDEN");
    const {claims, client} = exchange;
    const asker = {model, user: claims.user, client, language: languageOf(body)};
    const {label, arm} = assign(experiments, asker) ?? {label: ""};
    const served = {...asker, model: known(arm?.model) ?? model};
    rewrite(body, served, mutations);
    if (arm) rewrite(body, served, arm.mutations);
    dropEditorParameters(body);
    exchange.asked = model;
    exchange.arm = label;
    const route = routeOf(policy(), served.model, health);
    exchange.chats = policy().models[served.model]?.api === "chat";
    exchange.left = arm?.deployment
      ? preferring(arm.deployment, route.deployments)
      : route.deployments;
    exchange.lost = route.lost;
    exchange.retryAfterS = route.waitS;
    exchange.body = body;
    return served;
  }

  /** Tries the next deployment; when none is left, says why. */
  function attempt(exchange: Exchange) {
    const deployment = exchange.left.shift();
    if (!deployment) return refuse(exchange, exhausted(exchange));
    const upstream = upstreams.get(deployment.upstream);
    exchange.deployment = deployment;
    exchange.deadlineMs = now() + FIRST_BYTE_TIMEOUT_MS;
    if (!upstream) return attempt(exchange);
    const {api, id, traceparent, body, chats} = exchange;
    exchange.call = askModel(
      {upstream, chats},
      {api, deployment: deployment.name, id, traceparent, body},
      sink,
      exchange,
    );
  }

  function answered(exchange: Exchange, status: number, headers: IncomingHttpHeaders) {
    allowances.read(exchange.deployment as Deployment, headers);
    if (spills(status)) return spill(exchange, status, headers);
    exchange.status = status;
    exchange.head = headers;
    exchange.events = headers["content-type"]?.startsWith("text/event-stream") ?? false;
  }

  function spill(exchange: Exchange, status: number, headers: IncomingHttpHeaders) {
    exchange.call?.cancel();
    if (status !== 429) return passOn(exchange, `${status}`);
    const wait = waitOf(headers);
    exchange.retryAfterS = Math.min(exchange.retryAfterS, wait);
    health.cool(exchange.deployment as Deployment, wait);
    metrics.spilled(exchange.asked, exchange.deployment, "429");
    attempt(exchange);
  }

  /** A failure, unlike a 429, costs: the next is asked only while the budget lasts. */
  function passOn(exchange: Exchange, reason: string) {
    exchange.busy = false;
    health.failed(exchange.deployment as Deployment);
    metrics.spilled(exchange.asked, exchange.deployment, reason);
    if (!budget.spend()) exchange.left = [];
    attempt(exchange);
  }

  function data(exchange: Exchange, chunk: Buffer) {
    if (exchange.phase === "done") return;
    if (exchange.phase === "waiting") sendHead(exchange);
    exchange.deadlineMs = now() + NEXT_BYTE_TIMEOUT_MS;
    exchange.received += chunk.length;
    exchange.frames++;
    if (exchange.events && isLast(exchange, chunk)) return finish(exchange, chunk);
    if (!exchange.stream.write(chunk)) exchange.call?.pause();
  }

  function sendHead(exchange: Exchange) {
    const {status, head, id, stream, arrivedMs} = exchange;
    exchange.phase = "streaming";
    exchange.firstByteMs = now() - arrivedMs;
    stream.respond({
      ":status": status,
      "content-type": head?.["content-type"] ?? "application/json",
      "x-meridian-region": region,
      ...(exchange.arm && {"x-meridian-arm": exchange.arm}),
      ...idHeaders(id),
    });
  }

  /** END_STREAM goes with the last event: when it lags behind, clients reset a stream that is done. */
  function finish(exchange: Exchange, lastChunk?: Buffer) {
    const {status} = exchange;
    exchange.phase = "done";
    exchange.stream.end(lastChunk);
    if (exchange.events) lengths.whole(exchange.asked, exchange.frames);
    if (status < 400) served(exchange);
    record(exchange, status < 400 ? "success" : "client_error");
  }

  function served(exchange: Exchange) {
    judge(exchange, true);
    health[isLate(exchange) ? "failed" : "succeeded"](exchange.deployment as Deployment);
  }

  function ended(exchange: Exchange) {
    if (exchange.phase === "done") return;
    if (!isWhole(exchange)) return failed(exchange, "lost");
    if (exchange.phase === "waiting") sendHead(exchange);
    finish(exchange);
  }

  function failed(exchange: Exchange, failure: Failure) {
    if (exchange.phase === "done") return;
    if (exchange.phase === "streaming") return truncate(exchange);
    exchange.head = undefined;
    passOn(exchange, failure);
  }

  /** A clean end would be shown to the user as a complete suggestion; only INTERNAL_ERROR is dropped. */
  function truncate(exchange: Exchange) {
    exchange.phase = "done";
    exchange.stream.destroy(truncated);
    judge(exchange, false);
    health.failed(exchange.deployment as Deployment);
    record(exchange, "truncated");
  }

  /** Before the first byte every fault is a status, never a reset: clients hang on those. */
  function refuse(exchange: Exchange, cause: unknown) {
    const error = cause instanceof ProxyError ? cause : new ProxyError("INTERNAL", {cause});
    exchange.phase = "done";
    answerError(exchange.stream, exchange.id, error);
    if (error.status >= 500 || error.code === "UPSTREAM_BUSY") judge(exchange, false);
    record(exchange, error.status >= 500 ? "error" : "client_error", error);
  }

  function onDrain(this: ClientStream) {
    const exchange = this.exchange as Exchange;
    exchange.deadlineMs = now() + NEXT_BYTE_TIMEOUT_MS;
    exchange.call?.resume();
  }

  /**
   * Any reset before the end is a cancel, whatever its code: editors send 0 and 8, the edge 2. It says
   * nothing of us, unless the first byte is late by then: of a slow model nobody waits for the end.
   */
  function onClose(this: ClientStream) {
    const exchange = this.exchange as Exchange;
    exchanges.remove(exchange);
    this.exchange = undefined;
    quota.leave(exchange.claims.user);
    if (exchange.phase === "done") return;
    metrics.cancelled(exchange.asked, exchange.phase);
    if (exchange.phase === "preflight") metrics.spared(exchange.asked, exchange.size);
    if (exchange.call && exchange.status < 400 && isLate(exchange)) served(exchange);
    exchange.phase = "done";
    if (exchange.call?.cancel()) metrics.stopped(exchange.asked, unsaid(exchange));
    exchange.copy?.cancel();
    record(exchange, "cancelled");
  }

  const unsaid = ({body, asked, frames}: Exchange) =>
    body.get("stream") === true ? lengths.unsaid(asked, frames) : 0;

  /** By the objective. A region that others serve for votes against itself; its users are served. */
  function judge(exchange: Exchange, succeeded: boolean) {
    vote.record(succeeded && !exchange.lost, waitedMs(exchange));
    metrics.judged(succeeded ? (isLate(exchange) ? "late" : "good") : "failed");
  }

  const isLate = (exchange: Exchange) => waitedMs(exchange) > policy().objective.firstByteMs;

  /** Until the first byte, or until now where there is none. */
  const waitedMs = ({firstByteMs, arrivedMs}: Exchange) => firstByteMs || now() - arrivedMs;

  function record(exchange: Exchange, outcome: Outcome, error?: ProxyError) {
    const {asked, arm, deployment, firstByteMs, arrivedMs} = exchange;
    metrics.finished({
      model: asked,
      arm,
      deployment: deployment?.name ?? "",
      outcome,
      firstByteMs,
      totalMs: now() - arrivedMs,
    });
    if (outcome !== "cancelled") exchange.copy?.primary(outcome === "success", firstByteMs);
    if (error?.status === 500)
      metrics.log.error({id: exchange.id, err: error.cause}, "request failed");
    const isWell = outcome === "success" || outcome === "cancelled";
    if (!isWell || Math.random() < LOGGED_SHARE)
      metrics.log.info(lineOf(exchange, outcome, error), "request");
  }

  /** What did not go on: the client's doing where it does not read, else the host's. */
  function leave(exchange: Exchange) {
    if (!exchange.stream.writableNeedDrain) return truncate(exchange);
    exchange.phase = "done";
    exchange.stream.destroy(truncated);
    record(exchange, "client_error");
  }

  function sweep() {
    const time = now();
    for (const exchange of exchanges.all()) {
      if (time < exchange.deadlineMs) continue;
      exchange.call?.cancel();
      if (exchange.phase === "body") refuse(exchange, new ProxyError("BODY_SLOW"));
      else if (exchange.phase === "waiting") {
        health.failed(exchange.deployment as Deployment);
        refuse(exchange, new ProxyError("UPSTREAM_SLOW"));
      } else if (exchange.phase === "streaming") leave(exchange);
      else exchange.stream.destroy(truncated);
    }
  }

  return {begin, close: () => clearInterval(sweeper)};
}

export type Outcome = "success" | "cancelled" | "client_error" | "error" | "truncated";

/** Editors show the body of this one as it stands. */
const UPGRADE = 466;

/** Answers with the error and ends the stream; a body still on its way is read and thrown away. */
export function answerError(stream: ServerHttp2Stream, id: string, error: ProxyError): void {
  if (stream.destroyed || stream.headersSent) return;
  const {status, message, retryAfterS} = error;
  const isText = status === UPGRADE;
  const headers: OutgoingHttpHeaders = {
    ":status": status,
    "content-type": isText ? "text/plain; charset=utf-8" : "application/json",
    ...idHeaders(id),
  };
  if (retryAfterS !== undefined) headers["retry-after"] = `${retryAfterS}`;
  stream.respond(headers);
  stream.end(isText ? message : errorBody(error));
  stream.resume();
}

/** Our credential, our deployment names and the host's health are our affair; a 400 is the client's. */
function spills(status: number): boolean {
  return status >= 500 || [401, 403, 404, 408, 409, 429].includes(status);
}

/** An experiment fails nobody: where its deployment has no room, the others serve. */
function preferring(name: string, deployments: readonly Deployment[]): Deployment[] {
  const isPreferred = (deployment: Deployment) => deployment.name === name;
  return [
    ...deployments.filter(isPreferred),
    ...deployments.filter((deployment) => !isPreferred(deployment)),
  ];
}

/** Seconds that a 429 names, where it names them as seconds; else one. */
function waitOf(headers: IncomingHttpHeaders): number {
  const seconds = Number.parseInt(headers["retry-after"] ?? "", 10);
  return Number.isNaN(seconds) ? 1 : Math.max(0, seconds);
}

function exhausted({busy, retryAfterS}: Exchange): ProxyError {
  if (!busy) return new ProxyError("UPSTREAM_LOST");
  return new ProxyError("UPSTREAM_BUSY", Number.isFinite(retryAfterS) ? {retryAfterS} : {});
}

/** What the log says of a request: never a prompt, a completion or a credential. */
function lineOf(exchange: Exchange, outcome: Outcome, error: ProxyError | undefined) {
  const {id, claims, api, asked, arm, deployment, firstByteMs} = exchange;
  return {
    id,
    user: claims.user,
    api,
    model: asked,
    arm: arm || undefined,
    upstream: deployment?.upstream,
    deployment: deployment?.name,
    outcome,
    code: error?.code.toLowerCase(),
    firstByteMs: Math.round(firstByteMs),
  };
}

/** Editors name the language of the file beside the prompt. */
function languageOf(body: Body): string | undefined {
  const extra = body.get("extra");
  const language = isObject(extra) ? extra.language : undefined;
  return typeof language === "string" ? language : undefined;
}

function isLast(exchange: Exchange, chunk: Buffer): boolean {
  const end = chunk.toString("latin1", Math.max(0, chunk.length - LAST_EVENT_BYTES));
  exchange.tail = (exchange.tail + end).slice(-LAST_EVENT_BYTES);
  return LAST_EVENT.test(exchange.tail);
}

/** A host that ends cleanly in mid-answer, or resets with code 0, has still not finished it. */
function isWhole({head, events, tail, received}: Exchange): boolean {
  if (!head) return false;
  if (events) return LAST_LINE.test(tail);
  const length = head["content-length"];
  return length === undefined || Number(length) === received;
}
