import type {Endpoint} from "../../balancer.ts";
import type {Refusal} from "../azure-openai.ts";
import {realClock} from "../batching/clock.ts";
import {createEngine, type EngineState} from "../batching/engine.ts";
import {createModelServer} from "../batching/server.ts";
import type {Speed} from "../batching/speed.ts";
import {createForwarder} from "../forward.ts";
import {type HttpRequest, serveRequests} from "../http-request.ts";
import {answer, promptTokensOf} from "./answer.ts";
import type {Served} from "./arguments.ts";
import {createMetrics} from "./metrics.ts";
import {readOrder, refusals} from "./order.ts";

export interface VllmOptions extends Pick<Served, "name" | "maxLength" | "batch"> {
  readonly listen: Endpoint;
  readonly speed: Speed;
  /** How long a connection without a request is kept: VLLM_HTTP_TIMEOUT_KEEP_ALIVE. */
  readonly keepAliveMs: number;
  /** The family of its weights. */
  readonly family?: string | undefined;
  /** Address of an OpenAI-compatible server that completes instead. */
  readonly forward?: string | undefined;
}

export interface Vllm {
  readonly port: number;
  state(): EngineState;
  /** Refuses what comes anew, waits for what is under way, breaks it off after so long, and closes. */
  leave(withinMs: number): Promise<void>;
}

const BODY_LIMIT = 4 << 20;

/**
 * The stand-in for a vLLM server, over HTTP/1.1 without TLS: its answers take what its batch lets them take, and what
 * it counts is at /metrics. It listens from when its weights are there, as vLLM does
 * (vllm/entrypoints/openai/api_server.py, run_server).
 */
export async function startVllm(options: VllmOptions): Promise<Vllm> {
  const {name, batch, family, maxLength} = options;
  const engine = createModelServer(createEngine({...batch, speed: options.speed}), realClock);
  const metrics = createMetrics(name, engine.state);
  const forwarder = options.forward ? createForwarder(options.forward) : undefined;
  const broken = new AbortController();
  const underWay = new Set<Promise<void>>();
  let isLeaving = false;

  const pages: Readonly<Record<string, (request: HttpRequest) => Promise<void> | void>> = {
    "GET /health": (request) => send(request, isLeaving ? 503 : 200, ""),
    "GET /ping": (request) => send(request, isLeaving ? 503 : 200, ""),
    "GET /version": (request) => sendJson(request, {version: "0.30.0"}),
    "GET /metrics": async (request) => send(request, 200, await metrics.text(), "text/plain"),
    "GET /v1/models": (request) => sendJson(request, {object: "list", data: [modelOf(name)]}),
    "POST /v1/completions": (request) => {
      const whole = complete(request).finally(() => underWay.delete(whole));
      underWay.add(whole);
      return whole;
    },
  };

  async function serve(request: HttpRequest): Promise<void> {
    const [path = ""] = request.path.split("?");
    const page = pages[`${request.method} ${path}`];
    return page ? page(request) : refuse(request, refusals.pathUnknown);
  }

  async function complete(request: HttpRequest): Promise<void> {
    if (isLeaving) return refuse(request, refusals.leaving);
    const body = await request.read(BODY_LIMIT);
    if (body === undefined) return request.cut();
    const order = readOrder(body, {family, byPriority: batch.policy === "priority"});
    if ("status" in order) return refuse(request, order);
    if (order.model !== name) return refuse(request, refusals.modelUnknown(order.model));
    const {length} = promptTokensOf(order);
    if (length + order.maxTokens > maxLength)
      return refuse(request, refusals.tooLong(maxLength, length, order.maxTokens));
    const signal = AbortSignal.any([request.left, broken.signal]);
    if (forwarder) return forwarder.forward(request, "completions", body, signal);
    if (signal.aborted) return;
    return answer({
      ...{request, order, engine, metrics, blockSize: batch.blockSize},
      broken: broken.signal,
    });
  }

  const {listen, keepAliveMs} = options;
  const server = await serveRequests({listen, tls: undefined, http2: false, keepAliveMs, serve});
  return {
    port: server.port,
    state: engine.state,
    leave: async (withinMs) => {
      isLeaving = true;
      const timer = setTimeout(() => broken.abort(), withinMs);
      while (underWay.size > 0) await Promise.allSettled(underWay);
      clearTimeout(timer);
      server.close();
    },
  };
}

const modelOf = (id: string) => ({id, object: "model", owned_by: "vllm"});

function send(request: HttpRequest, status: number, text: string, type = "application/json") {
  request.begin(status, {"content-type": type});
  request.end(text);
}

const sendJson = (request: HttpRequest, body: object) => send(request, 200, JSON.stringify(body));

const refuse = (request: HttpRequest, {status, body}: Refusal) =>
  send(request, status, JSON.stringify(body));
