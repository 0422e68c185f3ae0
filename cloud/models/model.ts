import {createHash, timingSafeEqual} from "node:crypto";
import type {IncomingHttpHeaders} from "node:http2";
import type {Endpoint} from "../balancer.ts";
import {
  type Api,
  type Order,
  type Paths,
  parseBody,
  parsePath,
  type Refusal,
  refusals,
} from "./azure-openai.ts";
import {type Exchange, serveExchanges, type Tls} from "./exchange.ts";
import {createForwarder} from "./forward.ts";
import {tokensOf} from "./predictor.ts";
import {createMeter} from "./quota-headers.ts";
import {type Pace, speak} from "./stream-completion.ts";

export interface ModelOptions extends Partial<Pace> {
  readonly listen: Endpoint;
  readonly tls: Tls;
  /** Names of the account's deployments. */
  readonly deployments: readonly string[];
  /** Tokens a minute, by deployment; those without one tell of none. */
  readonly quotas?: Readonly<Record<string, number>> | undefined;
  /** Whose API it speaks; Azure's if not given. */
  readonly paths?: Paths;
  /** What `api-key` must be; undefined where the account takes no keys. */
  readonly key?: string | undefined;
  /** Bearers' tokens that it takes. Without key and tokens it is open. */
  readonly tokens?: readonly string[] | undefined;
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
  /** Tokens of streamed answers that were not made, for their clients had left. */
  readonly unsaid: number;
  /** Broken off by the host itself. */
  readonly lost: number;
  /** Never begun: answered with an error. */
  readonly refused: number;
  /** How often a request has crashed it. */
  readonly crashes: number;
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
  /** Each answer has a token that no user should see, unless its request forbids it by `logit_bias`. */
  stain(token: {readonly id: string; readonly text: string}): void;
  /** A request with this parameter crashes it: all answers break off, and it takes 2 s to return. */
  poison(parameter: string): void;
  restore(): void;
  close(): void;
}

type State = {
  readonly busyS?: number;
  readonly slowMs?: number;
  readonly isLost?: boolean;
  readonly stain?: {readonly id: string; readonly text: string};
  readonly poison?: string;
};

/** From a crash until it serves again: a process that is started anew, its weights still in memory. */
const RESTART_MS = 2000;

const BODY_LIMIT = 4 << 20;

/** The stand-in for an Azure OpenAI account: its data plane by HTTP/2 and HTTP/1.1 over TLS. */
export async function startModel(options: ModelOptions): Promise<Model> {
  const {listen, tls, deployments, onCancel = () => {}} = options;
  const {firstByteMs = 40, tokensPerSecond = 100} = options;
  const forwarder = options.forward ? createForwarder(options.forward) : undefined;
  const authorize = createCheck(options);
  const meter = createMeter(options.quotas ?? {});
  const counts = {begun: 0, finished: 0, cancelled: 0, unsaid: 0, lost: 0, refused: 0, crashes: 0};
  let lastCancel: Cancel | undefined;
  let state: State = {};
  let loss = new AbortController();
  let downUntilMs = 0;

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
    if (state.isLost || performance.now() < downUntilMs) return refusals.lost;
    const unauthorized = authorize(headers);
    if (unauthorized) return unauthorized;
    const target = parsePath(path, options.paths ?? "azure");
    if (!target || method !== "POST") return refusals.pathUnknown;
    const isKnown = ({deployment}: {deployment: string | undefined}) =>
      deployment === undefined || deployments.includes(deployment);
    if (!isKnown(target)) return refusals.deploymentUnknown;
    if (state.busyS !== undefined) return refusals.busy(target.api, target.version, state.busyS);
    const body = await exchange.read(BODY_LIMIT);
    if (body === undefined) return refusals.bodyLong;
    const order = parseBody(target.api, body);
    if ("status" in order) return order;
    if (state.poison !== undefined && order.parameters.includes(state.poison)) return crash();
    const {deployment = order.model} = target;
    return isKnown({deployment})
      ? {...target, deployment, order, body}
      : refusals.deploymentUnknown;
  }

  function complete(exchange: Exchange, {api, deployment, order, body}: Admitted): Promise<void> {
    const signal = AbortSignal.any([exchange.left, loss.signal]);
    if (forwarder) return forwarder.speak(exchange, api, body, signal);
    const pace = {firstByteMs: firstByteMs + (state.slowMs ?? 0), tokensPerSecond};
    const {id = "", text} = state.stain ?? {};
    const stain = order.forbidden.includes(id) ? undefined : text;
    const unsaid = (tokens: number) => {
      if (exchange.left.aborted) counts.unsaid += tokens;
    };
    const headers = meter.spend(deployment, costOf(order));
    return speak({exchange, api, deployment, order, headers, pace, stain, signal, unsaid});
  }

  function crash(): Refusal {
    counts.crashes++;
    downUntilMs = performance.now() + RESTART_MS;
    breakOff();
    return refusals.lost;
  }

  function breakOff() {
    loss.abort();
    loss = new AbortController();
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
      breakOff();
    },
    busy: (retryAfterS = 10) => {
      state = {busyS: retryAfterS};
    },
    slow: (byMs = 2000) => {
      state = {slowMs: byMs};
    },
    stain: (stain) => {
      state = {stain};
    },
    poison: (poison) => {
      state = {poison};
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

/** As Azure counts against a quota: the prompt, and all that may be answered. */
const costOf = ({prompt, maxTokens, choices}: Order): number =>
  tokensOf(prompt).length + maxTokens * choices;

function answer(exchange: Exchange, {status, body, headers}: Refusal): void {
  exchange.begin(status, {"content-type": "application/json", ...headers});
  exchange.end(JSON.stringify(body));
}

/** Takes the same time whatever was given. */
function createCheck({key, tokens}: Pick<ModelOptions, "key" | "tokens">) {
  if (key === undefined && tokens === undefined) return () => undefined;
  const hash = (text: string) => createHash("sha256").update(text).digest();
  const isOf = (wanted: readonly Buffer[], given: string) =>
    wanted.filter((one) => timingSafeEqual(one, hash(given))).length > 0;
  const keys = key === undefined ? [] : [hash(key)];
  const bearers = (tokens ?? []).map(hash);

  return (headers: IncomingHttpHeaders): Refusal | undefined => {
    const given = headers["api-key"];
    if (given !== undefined && key === undefined) return refusals.keysDisabled;
    if (given !== undefined) return isOf(keys, String(given)) ? undefined : refusals.keyWrong;
    const token = /^Bearer +(\S+)$/i.exec(headers.authorization ?? "")?.[1];
    return token !== undefined && isOf(bearers, token) ? undefined : refusals.tokenWrong;
  };
}
