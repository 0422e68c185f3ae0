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

/** A replica that stands still for so long, again and again. */
export interface Stalls {
  readonly everyMs: number;
  readonly forMs: number;
}

export interface ReplayOptions {
  readonly trace: readonly TracedRequest[];
  readonly router: MakeRouter;
  readonly replicas: number;
  readonly proxies: number;
  readonly engine: EngineOptions;
  /** Of the first replica; none if undefined. */
  readonly stalls?: Stalls | undefined;
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
  const first = options.stalls ? stalling(clock, options.stalls) : clock;
  const servers = Array.from({length: options.replicas}, (_, replica) =>
    createModelServer(createEngine(options.engine), replica === 0 ? first : clock),
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
  const all = () => {
    for (const [replica, {state}] of servers.entries()) said(replica, state());
  };
  for (let atMs = 0; atMs < untilMs; atMs += SAID_EVERY_MS) clock.after(atMs, all);
}

/** The first replica's time, if it stands still at times: what is to happen then happens when that is over. */
function stalling(clock: Clock, {everyMs, forMs}: Stalls): Clock {
  const restOf = (atMs: number) => Math.max(0, forMs - (atMs % everyMs));
  return {
    now: clock.now,
    after: (ms, run) => clock.after(ms + restOf(clock.now() + ms), run),
  };
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
