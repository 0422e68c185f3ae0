import type {IncomingHttpHeaders} from "node:http2";
import type {Endpoint} from "../balancer.ts";
import {type Asked, askedOf} from "./asked.ts";
import {
  type Api,
  type Order,
  type Paths,
  parsePath,
  type Refusal,
  refusals,
  type Target,
} from "./azure-openai.ts";
import {chatRefusal, operationRefusal} from "./chat-rules.ts";
import {computedIn} from "./computing.ts";
import {type Credentials, createCheck} from "./credentials.ts";
import {createForwarder} from "./forward.ts";
import {type HttpRequest, serveRequests, type Tls} from "./http-request.ts";
import {orderIn} from "./operations.ts";
import {costOf, createQuota, type Judgement} from "./quota.ts";
import {responsesRefusal} from "./responses.ts";
import {EVENT_STREAM, type Filters, streamCompletion} from "./stream-completion.ts";
import {thoughtsOf} from "./thinking.ts";

export interface ModelOptions extends Credentials {
  readonly listen: Endpoint;
  readonly tls: Tls;
  /** The account's deployments by name, and the model of each. Models of Azure's refuse what they refuse there. */
  readonly deployments: Readonly<Record<string, string>>;
  /** Units of standard capacity, by deployment. One without a quota is never full, and says nothing of it. */
  readonly capacities?: Readonly<Record<string, number>> | undefined;
  /** The sku of each deployment: where it computes. */
  readonly skus?: Readonly<Record<string, string>> | undefined;
  /** Where the account is. */
  readonly location?: string | undefined;
  /** Deployments whose models have been retired for good. */
  readonly retired?: readonly string[] | undefined;
  /** How Azure's filters look at what chats say; by default if not given. */
  readonly filters?: Filters | undefined;
  /** Whose API it speaks; Azure's if not given. */
  readonly paths?: Paths;
  /** The family of its model, where it is a vLLM server. */
  readonly family?: string | undefined;
  /** Whether it speaks HTTP/2 too; it does if not given. */
  readonly http2?: boolean | undefined;
  /** Address of an OpenAI-compatible server that completes instead. */
  readonly forward?: string | undefined;
  /** Until a first byte; quick if not given. */
  readonly firstByteMs?: number | undefined;
  /** For each choice. */
  readonly tokensPerSecond?: number | undefined;
  readonly onCancel?: (cancel: Cancel) => void;
  readonly onAsked?: (asked: Asked) => void;
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
  /** Names of the first ones, in the order that they were given in. */
  readonly deployments: readonly string[];
  stats(): Stats;
  /** Breaks off every response under way, and answers each request with 500. */
  lose(): void;
  /** Answers each request with 429; with `within` after a 200, as the first event of each stream. */
  busy(retryAfterS?: number, options?: {readonly within: boolean}): void;
  /** Delays each first byte by this much. */
  slow(byMs?: number): void;
  /** Puts a token into each response that no user should see, unless the request forbids it by `logit_bias`. */
  stain(token: {readonly id: string; readonly text: string}): void;
  /** Has a request with this parameter crash the host: all responses break off, and it takes 2 s to return. */
  poison(parameter: string): void;
  /** Has these deployments besides, by name the model of each; without a quota. */
  deploy(deployments: Readonly<Record<string, string>>): void;
  /** Answers each request for these deployments with 410: their model has been retired. */
  retire(...deployments: readonly string[]): void;
  restore(): void;
  close(): void;
}

type State = {
  readonly busy?: {readonly waitMs: number; readonly within: boolean};
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
  const {listen, tls, paths = "azure"} = options;
  const deployments: Record<string, string> = {...options.deployments};
  const {onCancel = () => {}, onAsked = () => {}} = options;
  const {firstByteMs = 40, tokensPerSecond = 100} = options;
  const forwarder = options.forward ? createForwarder(options.forward) : undefined;
  const authorize = createCheck(options);
  const {skus = {}, location = "eastus2", capacities = {}} = options;
  const quota = createQuota({models: deployments, capacities});
  const counts = {begun: 0, finished: 0, cancelled: 0, unsaid: 0, lost: 0, refused: 0, crashes: 0};
  let lastCancel: Cancel | undefined;
  let state: State = {};
  let loss = new AbortController();
  let downUntilMs = 0;

  async function serve(request: HttpRequest): Promise<void> {
    const admitted = await admit(request);
    if (request.left.aborted) return;
    onAsked(askedOf(request, admitted, {paths, family: options.family}));
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
    const body = await request.read(BODY_LIMIT);
    if (body === undefined) return refusals.bodyLong;
    const order = orderIn(target.api, body, options.family);
    if ("status" in order) return withQuota(target, order);
    if (state.poison !== undefined && Object.hasOwn(order.parameters, state.poison)) return crash();
    const {deployment = order.model} = target;
    if (!Object.hasOwn(deployments, deployment)) return refusals.deploymentUnknown;
    return withQuota({...target, deployment}, {...target, deployment, order, body, headers: {}});
  }

  /** Azure judges the quota first, and counts what it refuses for other reasons. */
  function withQuota<Outcome extends Admitted | Refusal>(target: Target, outcome: Outcome) {
    const {deployment = ""} = target;
    const order = "order" in outcome ? outcome.order : undefined;
    const said = quota.judge(deployment, order ? costOf(order) : 0);
    const refusal = fullness(target, order, said) ?? (order && modelRefusal(target, order));
    const headers = {...said?.headers, ...(refusal ?? outcome).headers};
    return {...(refusal ?? outcome), headers};
  }

  function fullness(target: Target, order: Order | undefined, said: Judgement | undefined) {
    const {deployment = ""} = target;
    const {busy} = state;
    if (busy?.within && order?.stream)
      return refusals.busyWithin(deployments[deployment] ?? "", deployment, location);
    if (busy) return refusals.busy(target, {exceeded: "token", waitMs: busy.waitMs});
    const {exceeded, waitMs = 0} = said ?? {};
    return exceeded && refusals.busy(target, {exceeded, waitMs});
  }

  /** Other hosts' models take what OpenAI's API has. */
  function modelRefusal({deployment, api}: Target, {parameters}: Order): Refusal | undefined {
    if (deployment === undefined || paths === "openai") return undefined;
    const model = deployments[deployment]!;
    if (state.retired?.includes(deployment) || options.retired?.includes(deployment))
      return refusals.retired(deployment);
    if (api === "responses")
      return operationRefusal("responses", model) ?? responsesRefusal(model, parameters);
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

  function complete(request: HttpRequest, admitted: Admitted): Promise<void> {
    const {api, deployment, order, body} = admitted;
    const signal = AbortSignal.any([request.left, loss.signal]);
    if (forwarder) return forwarder.forward(request, api, body, signal);
    const pace = {firstByteMs: firstByteMs + (state.slowMs ?? 0), tokensPerSecond};
    const {id = "", text} = state.stain ?? {};
    const stain = order.forbidden.includes(id) ? undefined : text;
    const unsaid = (tokens: number) => {
      if (request.left.aborted) counts.unsaid += tokens;
    };
    const isAzure = paths === "azure";
    return streamCompletion({
      ...{request, api, deployment, order, pace, stain, signal, unsaid},
      headers: {...admitted.headers, ...(isAzure && {"x-ms-region": computing(deployment)})},
      filters: isAzure ? (options.filters ?? "default") : undefined,
      thoughts: thoughtsOf(deployments[deployment]!, order.parameters.reasoning_effort),
    });
  }

  const computing = (deployment: string) =>
    computedIn({location, sku: skus[deployment]}, counts.begun);

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
    lastCancel = {id: idOf(headers), code, atMs: performance.timeOrigin + performance.now()};
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
    deployments: Object.keys(deployments),
    stats: () => ({...counts, lastCancel}),
    lose: () => {
      become({isLost: true});
      breakOff();
    },
    busy: (retryAfterS = 10, {within} = {within: false}) =>
      become({busy: {waitMs: 1000 * retryAfterS, within}}),
    slow: (slowMs = 2000) => become({slowMs}),
    stain: (stain) => become({stain}),
    poison: (poison) => become({poison}),
    deploy: (more) => void Object.assign(deployments, more),
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
  readonly headers: Readonly<Record<string, string>>;
}

const idOf = (headers: IncomingHttpHeaders) => String(headers["x-request-id"] ?? "");

function refuse(request: HttpRequest, {status, body, headers, within}: Refusal): void {
  const text = JSON.stringify(body);
  const form = within ? EVENT_STREAM : {"content-type": "application/json"};
  request.begin(within ? 200 : status, {...form, ...headers});
  request.end(within ? `data: ${text}\n\n` : text);
}
