import {createSimulatedClock} from "../../cloud/models/batching/clock.ts";
import type {EngineState} from "../../cloud/models/batching/engine.ts";
import {createEngine, type EngineOptions} from "../../cloud/models/batching/engine.ts";
import {createModelServer} from "../../cloud/models/batching/server.ts";
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

/** What became of a request. */
export interface Answer {
  readonly request: TracedRequest;
  /** Undefined where its person had typed on before. */
  readonly firstByteMs: number | undefined;
  readonly isWhole: boolean;
}

export interface Replay {
  readonly answers: readonly Answer[];
  /** Of all replicas, from `fromMs` on. */
  readonly spent: Pick<EngineState, "promptTokens" | "cachedTokens" | "busyMs" | "preemptions">;
}

/** Plays a trace to replicas by way of proxies, in simulated time. People keep to the proxy that they are connected to. */
export function replay({trace, fromMs, ...options}: ReplayOptions): Replay {
  const clock = createSimulatedClock();
  const servers = Array.from({length: options.replicas}, () =>
    createModelServer(createEngine(options.engine), clock),
  );
  const routers = Array.from({length: options.proxies}, (_, proxy) =>
    options.router({replicas: options.replicas, seed: proxy + 1, now: clock.now}),
  );
  const answers: Answer[] = [];
  const total = () => sumOf(servers.map(({state}) => state()));
  let before = total();

  function ask(request: TracedRequest) {
    const router = routers[request.person % routers.length]!;
    const replica = router.choose(request)[0]!;
    const server = servers[replica]!;
    let firstByteMs: number | undefined;
    let isWhole = false;
    const end = () => {
      router.ended(replica, firstByteMs === undefined ? clock.now() - request.atMs : 0);
      if (request.atMs >= fromMs) answers.push({request, firstByteMs, isWhole});
    };
    router.began(replica);
    server.ask({...request, priority: 0}, ({token, isLast}) => {
      if (token === 0) {
        firstByteMs = clock.now() - request.atMs;
        router.answered(replica, firstByteMs);
      }
      isWhole = isLast;
      if (isLast) end();
    });
    clock.after(request.leavesMs - request.atMs, () => void (server.abort(request.id) && end()));
  }

  clock.after(fromMs, () => {
    before = total();
  });
  for (const request of trace) clock.after(request.atMs, () => ask(request));
  clock.run();
  return {answers, spent: sumOf([total()], before)};
}

type Spent = Replay["spent"];

function sumOf(all: readonly Spent[], less?: Spent): Spent {
  const sum = (key: keyof Spent) => all.reduce((sum, one) => sum + one[key], -(less?.[key] ?? 0));
  return {
    promptTokens: sum("promptTokens"),
    cachedTokens: sum("cachedTokens"),
    busyMs: sum("busyMs"),
    preemptions: sum("preemptions"),
  };
}
