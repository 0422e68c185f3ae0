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
  type Target,
} from "./azure-openai.ts";
import {chatRefusal, operationRefusal} from "./chat-rules.ts";
import {createForwarder} from "./forward.ts";
import {type HttpRequest, serveRequests, type Tls} from "./http-request.ts";
import {tokensOf} from "./predictor.ts";
import {createQuotaHeaders} from "./quota-headers.ts";
import {type Pace, streamCompletion} from "./stream-completion.ts";
import {parseVllmBody} from "./vllm.ts";

export interface ModelOptions extends Partial<Pace> {
  readonly listen: Endpoint;
  readonly tls: Tls;
  /** The account's deployments by name, and the model of each. Models of Azure's refuse what they refuse there. */
  readonly deployments: Readonly<Record<string, string>>;
  /** Tokens a minute, by deployment. Responses of one without a quota have no quota headers. */
  readonly quotas?: Readonly<Record<string, number>> | undefined;
  /** Whose API it speaks; Azure's if not given. */
  readonly paths?: Paths;
  /** The family of its model, where it is a vLLM server. */
  readonly family?: string | undefined;
  /** Whether it speaks HTTP/2 too; it does if not given. */
  readonly http2?: boolean | undefined;
  /** What `api-key` must be; undefined where the account takes no keys. */
  readonly key?: string | undefined;
  /** Bearer tokens that it takes. With neither key nor tokens it is open to all. */
  readonly tokens?: readonly string[] | undefined;
  /** Address of an OpenAI-compatible server that completes instead. */
  readonly forward?: string | undefined;
  readonly onCancel?: (cancel: Cancel) => void;
}

/** A client that left before its response had ended. */
export interface Cancel {
  /** The request's `x-request-id`. */
  readonly id: string;
  /** The code that it reset its stream with; undefined when it closed the connection. */
  readonly code: number | undefined;
  /** Milliseconds since the epoch, with fractions. */
  readonly atMs: number;
}

/** Counts since the start. What has begun is under way until it is finished, cancelled or lost. */
export interface Stats {
  readonly begun: number;
  readonly finished: number;
  readonly cancelled: number;
  /** Tokens that were never generated, because the client had left. */
  readonly unsaid: number;
  /** Responses that the host itself broke off. */
  readonly lost: number;
  /** Requests that were answered with an error at once, and so never began. */
  readonly refused: number;
  /** How often a request has crashed the host. */
  readonly crashes: number;
  readonly lastCancel: Cancel | undefined;
}

export interface Model {
  readonly port: number;
  stats(): Stats;
  /** Breaks off every response under way, and answers each request with 500. */
  lose(): void;
  /** Answers each request with 429. */
  busy(retryAfterS?: number): void;
  /** Delays each first byte by this much. */
  slow(byMs?: number): void;
  /** Puts a token into each response that no user should see, unless the request forbids it by `logit_bias`. */
  stain(token: {readonly id: string; readonly text: string}): void;
  /** Has a request with this parameter crash the host: all responses break off, and it takes 2 s to return. */
  poison(parameter: string): void;
  /** Answers each request for these deployments with 410: their model has been retired. */
  retire(...deployments: readonly string[]): void;
  restore(): void;
  close(): void;
}

type State = {
  readonly busyS?: number;
  readonly slowMs?: number;
  readonly isLost?: boolean;
  readonly stain?: {readonly id: string; readonly text: string};
  readonly poison?: string;
  readonly retired?: readonly string[];
};

/** From a crash until it serves again: the process starts anew, with its weights still in memory. */
const RESTART_MS = 2000;

const BODY_LIMIT = 4 << 20;

/** The stand-in for an Azure OpenAI account: its data plane, over TLS, by HTTP/2 and HTTP/1.1. */
export async function startModel(options: ModelOptions): Promise<Model> {
  const {listen, tls, deployments, paths = "azure", onCancel = () => {}} = options;
  const {firstByteMs = 40, tokensPerSecond = 100} = options;
  const forwarder = options.forward ? createForwarder(options.forward) : undefined;
  const authorize = createCheck(options);
  const quotaHeaders = createQuotaHeaders(options.quotas ?? {});
  const counts = {begun: 0, finished: 0, cancelled: 0, unsaid: 0, lost: 0, refused: 0, crashes: 0};
  let lastCancel: Cancel | undefined;
  let state: State = {};
  let loss = new AbortController();
  let downUntilMs = 0;

  async function serve(request: HttpRequest): Promise<void> {
    const admitted = await admit(request);
    if (request.left.aborted) return;
    if ("status" in admitted) {
      counts.refused++;
      return refuse(request, admitted);
    }
    counts.begun++;
    request.left.addEventListener("abort", () => cancelled(request));
    try {
      await complete(request, admitted);
      counts.finished++;
    } catch (cause) {
      if (!request.left.aborted) fail(request, cause);
    }
  }

  /** Each line is one thing that may stand in the way. */
  async function admit(request: HttpRequest): Promise<Admitted | Refusal> {
    if (state.isLost || performance.now() < downUntilMs) return refusals.lost;
    const target = authorize(request.headers) ?? targetOf(request);
    if ("status" in target) return target;
    if (state.busyS !== undefined) return refusals.busy(target.api, target.version, state.busyS);
    const body = await request.read(BODY_LIMIT);
    if (body === undefined) return refusals.bodyLong;
    const order =
      options.family !== undefined && target.api === "completions"
        ? parseVllmBody(body, options.family)
        : parseBody(target.api, body);
    if ("status" in order) return order;
    if (state.poison !== undefined && Object.hasOwn(order.parameters, state.poison)) return crash();
    const {deployment = order.model} = target;
    if (!Object.hasOwn(deployments, deployment)) return refusals.deploymentUnknown;
    return modelRefusal(target, order) ?? {...target, deployment, order, body};
  }

  /** Other hosts' models take what OpenAI's API has. */
  function modelRefusal({deployment, api}: Target, {parameters}: Order): Refusal | undefined {
    if (deployment === undefined) return undefined;
    const model = deployments[deployment]!;
    if (state.retired?.includes(deployment)) return refusals.retired(deployment);
    return api === "completions"
      ? operationRefusal("completion", model)
      : (operationRefusal("chatCompletion", model) ?? chatRefusal(model, parameters));
  }

  /** What a path asks for. Where it names the deployment, an unknown one is refused before the body is read. */
  function targetOf({method, path}: HttpRequest): Target | Refusal {
    const target = method === "POST" ? parsePath(path, paths) : undefined;
    if (!target) return refusals.pathUnknown;
    const {deployment} = target;
    const isKnown = deployment === undefined || Object.hasOwn(deployments, deployment);
    return isKnown ? target : refusals.deploymentUnknown;
  }

  function complete(request: HttpRequest, {api, deployment, order, body}: Admitted): Promise<void> {
    const signal = AbortSignal.any([request.left, loss.signal]);
    if (forwarder) return forwarder.forward(request, api, body, signal);
    const pace = {firstByteMs: firstByteMs + (state.slowMs ?? 0), tokensPerSecond};
    const {id = "", text} = state.stain ?? {};
    const stain = order.forbidden.includes(id) ? undefined : text;
    const unsaid = (tokens: number) => {
      if (request.left.aborted) counts.unsaid += tokens;
    };
    const headers = quotaHeaders.spend(deployment, costOf(order));
    const how = {headers, pace, stain, signal, unsaid};
    return streamCompletion({request, api, deployment, order, filtered: paths === "azure", ...how});
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

  function cancelled({headers, code}: HttpRequest) {
    counts.cancelled++;
    const id = String(headers["x-request-id"] ?? "");
    lastCancel = {id, code, atMs: performance.timeOrigin + performance.now()};
    onCancel(lastCancel);
  }

  function fail(request: HttpRequest, cause: unknown) {
    counts.lost++;
    const error = cause instanceof Error ? cause : new Error(String(cause));
    if (error.name !== "AbortError") console.error(`model: ${error.message}`);
    if (request.hasBegun) request.cut();
    else refuse(request, refusals.lost);
  }

  function become(next: State) {
    state = next;
  }

  const server = await serveRequests({listen, tls, http2: options.http2 ?? true, serve});
  return {
    port: server.port,
    stats: () => ({...counts, lastCancel}),
    lose: () => {
      become({isLost: true});
      breakOff();
    },
    busy: (busyS = 10) => become({busyS}),
    slow: (slowMs = 2000) => become({slowMs}),
    stain: (stain) => become({stain}),
    poison: (poison) => become({poison}),
    retire: (...retired) => become({retired}),
    restore: () => become({}),
    close: server.close,
  };
}

interface Admitted {
  readonly api: Api;
  readonly deployment: string;
  readonly order: Order;
  readonly body: string;
}

/** What Azure counts against a quota: the prompt, and the most that may be generated. */
const costOf = ({prompt, maxTokens, choices}: Order): number =>
  tokensOf(prompt).length + maxTokens * choices;

function refuse(request: HttpRequest, {status, body, headers}: Refusal): void {
  request.begin(status, {"content-type": "application/json", ...headers});
  request.end(JSON.stringify(body));
}

/** Compares in constant time. */
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
