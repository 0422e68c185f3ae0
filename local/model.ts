import {createHash, timingSafeEqual} from "node:crypto";
import type {IncomingHttpHeaders} from "node:http2";
import {
  type Api,
  type Order,
  parseBody,
  parsePath,
  type Refusal,
  refusals,
} from "./azure-openai.ts";
import type {Endpoint} from "./balancer.ts";
import {type Exchange, serveExchanges, type Tls} from "./exchange.ts";
import {createForwarder} from "./forward.ts";
import {type Pace, speak} from "./speech.ts";

export interface ModelOptions extends Partial<Pace> {
  readonly listen: Endpoint;
  readonly tls: Tls;
  /** Names of the account's deployments. */
  readonly deployments: readonly string[];
  /** What `api-key`, or the bearer's token, must be. */
  readonly key: string;
  /** Address of an OpenAI-compatible server that completes instead. */
  readonly forward?: string | undefined;
  readonly onCancel?: (cancel: Cancel) => void;
}

/** A client that left before the end of its answer. */
export interface Cancel {
  /** The request's `x-request-id`. */
  readonly id: string;
  /** The code that it reset its stream with; undefined when it closed the connection. */
  readonly code: number | undefined;
  /** Milliseconds since the epoch, with fractions. */
  readonly atMs: number;
}

/** Since the start. What has begun is under way until it is finished, cancelled or lost. */
export interface Stats {
  readonly begun: number;
  readonly finished: number;
  readonly cancelled: number;
  /** Broken off by the host itself. */
  readonly lost: number;
  /** Never begun: answered with an error. */
  readonly refused: number;
  readonly lastCancel: Cancel | undefined;
}

export interface Model {
  readonly port: number;
  stats(): Stats;
  /** Breaks off all answers under way; each request is answered 500. */
  lose(): void;
  /** Each request is answered 429. */
  busy(retryAfterS?: number): void;
  /** Each first byte comes this much later. */
  slow(byMs?: number): void;
  restore(): void;
  close(): void;
}

type State = {readonly busyS?: number; readonly slowMs?: number; readonly isLost?: boolean};

const BODY_LIMIT = 4 << 20;

/** The stand-in for an Azure OpenAI account: its data plane by HTTP/2 and HTTP/1.1 over TLS. */
export async function startModel(options: ModelOptions): Promise<Model> {
  const {listen, tls, deployments, onCancel = () => {}} = options;
  const {firstByteMs = 40, tokensPerSecond = 100} = options;
  const forwarder = options.forward ? createForwarder(options.forward) : undefined;
  const isKey = createCheck(options.key);
  const counts = {begun: 0, finished: 0, cancelled: 0, lost: 0, refused: 0};
  let lastCancel: Cancel | undefined;
  let state: State = {};
  let loss = new AbortController();

  async function serve(exchange: Exchange): Promise<void> {
    const admitted = await admit(exchange);
    if (exchange.left.aborted) return;
    if ("status" in admitted) {
      counts.refused++;
      return answer(exchange, admitted);
    }
    counts.begun++;
    exchange.left.addEventListener("abort", () => cancelled(exchange));
    try {
      await complete(exchange, admitted);
      counts.finished++;
    } catch (cause) {
      if (!exchange.left.aborted) fail(exchange, cause);
    }
  }

  async function admit(exchange: Exchange): Promise<Admitted | Refusal> {
    const {method, path, headers} = exchange;
    if (state.isLost) return refusals.lost;
    const unauthorized = authorize(headers, isKey);
    if (unauthorized) return unauthorized;
    const target = parsePath(path);
    if (!target || method !== "POST") return refusals.pathUnknown;
    if (!deployments.includes(target.deployment)) return refusals.deploymentUnknown;
    if (state.busyS !== undefined) return refusals.busy(target.api, target.version, state.busyS);
    const body = await exchange.read(BODY_LIMIT);
    if (body === undefined) return refusals.bodyLong;
    const order = parseBody(target.api, body);
    return "status" in order ? order : {...target, order, body};
  }

  function complete(exchange: Exchange, {api, deployment, order, body}: Admitted): Promise<void> {
    const signal = AbortSignal.any([exchange.left, loss.signal]);
    if (forwarder) return forwarder.speak(exchange, api, body, signal);
    const pace = {firstByteMs: firstByteMs + (state.slowMs ?? 0), tokensPerSecond};
    return speak({exchange, api, deployment, order, pace, signal});
  }

  function cancelled({headers, code}: Exchange) {
    counts.cancelled++;
    const id = String(headers["x-request-id"] ?? "");
    lastCancel = {id, code, atMs: performance.timeOrigin + performance.now()};
    onCancel(lastCancel);
  }

  function fail(exchange: Exchange, cause: unknown) {
    counts.lost++;
    const error = cause instanceof Error ? cause : new Error(String(cause));
    if (error.name !== "AbortError") console.error(`model: ${error.message}`);
    if (exchange.hasBegun) exchange.cut();
    else answer(exchange, refusals.lost);
  }

  const server = await serveExchanges({listen, tls, serve});
  return {
    port: server.port,
    stats: () => ({...counts, lastCancel}),
    lose: () => {
      state = {isLost: true};
      loss.abort();
      loss = new AbortController();
    },
    busy: (retryAfterS = 10) => {
      state = {busyS: retryAfterS};
    },
    slow: (byMs = 2000) => {
      state = {slowMs: byMs};
    },
    restore: () => {
      state = {};
    },
    close: server.close,
  };
}

interface Admitted {
  readonly api: Api;
  readonly deployment: string;
  readonly order: Order;
  readonly body: string;
}

function answer(exchange: Exchange, {status, body, headers}: Refusal): void {
  exchange.begin(status, {"content-type": "application/json", ...headers});
  exchange.end(JSON.stringify(body));
}

function authorize(
  headers: IncomingHttpHeaders,
  isKey: (given: string) => boolean,
): Refusal | undefined {
  const key = headers["api-key"];
  if (key !== undefined) return isKey(String(key)) ? undefined : refusals.keyWrong;
  const token = /^Bearer +(\S+)$/i.exec(headers.authorization ?? "")?.[1];
  return token !== undefined && isKey(token) ? undefined : refusals.tokenWrong;
}

/** Takes the same time whatever was given. */
function createCheck(key: string): (given: string) => boolean {
  const hash = (text: string) => createHash("sha256").update(text).digest();
  const wanted = hash(key);
  return (given) => timingSafeEqual(hash(given), wanted);
}
