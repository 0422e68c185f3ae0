import {type Clock, createSimulatedClock} from "../../cloud/models/batching/clock.ts";
import {
  createEngine,
  type EngineOptions,
  type EngineState,
} from "../../cloud/models/batching/engine.ts";
import {createModelServer, type ModelServer} from "../../cloud/models/batching/server.ts";
import {type Answer, createAsking} from "./asking.ts";
import type {MakeRouter} from "./router.ts";
import type {TracedRequest} from "./trace.ts";

export interface ReplayOptions {
  readonly trace: readonly TracedRequest[];
  readonly router: MakeRouter;
  readonly replicas: number;
  readonly proxies: number;
  readonly engine: EngineOptions;
  /** Requests before it fill the caches, and are not counted. */
  readonly fromMs: number;
}

export interface Replay {
  readonly answers: readonly Answer[];
  /** From the beginning on: what was saved up before may be spent later. */
  readonly hedged: number;
  /** Of all replicas, from `fromMs` on. */
  readonly spent: Spent;
}

type Spent = Pick<EngineState, "promptTokens" | "cachedTokens" | "busyMs" | "preemptions">;

/** As a proxy asks replicas for their metrics. */
const SAID_EVERY_MS = 1000;

/** Plays a trace to replicas by way of proxies, in simulated time. People keep to the proxy that they are connected to. */
export function replay({trace, fromMs, ...options}: ReplayOptions): Replay {
  const clock = createSimulatedClock();
  const servers = Array.from({length: options.replicas}, () =>
    createModelServer(createEngine(options.engine), clock),
  );
  const proxies = Array.from({length: options.proxies}, (_, proxy) => {
    const router = options.router({replicas: options.replicas, seed: proxy + 1, clock});
    hear(clock, servers, {untilMs: trace.at(-1)?.atMs ?? 0, said: router.said});
    return createAsking({clock, servers, router});
  });
  const asked = trace.map((request) => {
    const answer: Answer = {request, hedges: 0, cancelled: 0, begun: 0, isWhole: false};
    const {ask} = proxies[request.person % proxies.length]!;
    clock.after(request.atMs, () => ask(answer));
    return answer;
  });
  const total = () => sumOf(servers.map(({state}) => state()));
  let before = total();
  clock.after(fromMs, () => {
    before = total();
  });
  clock.run();
  const answers = asked.filter(({request}) => request.atMs >= fromMs);
  const hedged = asked.filter(({hedges}) => hedges > 0).length / asked.length;
  return {answers, hedged, spent: sumOf([total()], before)};
}

function hear(
  clock: Clock,
  servers: readonly ModelServer[],
  {untilMs, said}: {untilMs: number; said: (replica: number, state: EngineState) => void},
) {
  for (let atMs = 0; atMs < untilMs; atMs += SAID_EVERY_MS)
    clock.after(atMs, () => {
      for (const [replica, {state}] of servers.entries()) said(replica, state());
    });
}

function sumOf(all: readonly Spent[], less?: Spent): Spent {
  const sum = (key: keyof Spent) => all.reduce((sum, one) => sum + one[key], -(less?.[key] ?? 0));
  return {
    promptTokens: sum("promptTokens"),
    cachedTokens: sum("cachedTokens"),
    busyMs: sum("busyMs"),
    preemptions: sum("preemptions"),
  };
}
