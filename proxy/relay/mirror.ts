import {cacheSaltOf} from "../admit/cache-salt.ts";
import {type Asker, concerns} from "../admit/client.ts";
import {priorityOf, URGENCY} from "../admit/kind.ts";
import type {Claims} from "../admit/token.ts";
import type {Clock} from "../clock.ts";
import {askModel, type ModelRequest} from "../dialects/asking.ts";
import type {Metrics} from "../observe/metrics.ts";
import type {Deployment, Mirror, Policy} from "../policy.ts";
import type {DeploymentHealth} from "../route/deployment-health.ts";
import type {Loads} from "../route/loads.ts";
import {hasSpare} from "../route/room.ts";
import type {UpstreamQuotas} from "../route/upstream-quota.ts";
import type {Call, Sink} from "../upstream/transport.ts";
import type {Upstreams} from "../upstream/upstream.ts";

/** A copy of a request, whose answer is read and thrown away. */
export interface Copy {
  /** The client left: what it no longer waits for is not measured either. */
  cancel(): void;
  /** How the request itself ended, to be seen beside the copy's end. */
  primary(succeeded: boolean, firstByteMs: number): void;
}

export interface Mirrors {
  /** Copies a request to the first mirror that concerns it, if its share, its budget and its deployment's room say so. */
  copy(asker: Asker, request: Original): Copy | undefined;
  close(): void;
}

/** What is copied: a copy is asked of another deployment, and is less urgent. */
type Original = Omit<ModelRequest, "deployment" | "priority" | "urgency" | "salt"> & {
  readonly claims: Claims;
};

interface State extends Copy {
  readonly mirror: Mirror;
  readonly deployment: Deployment;
  readonly startedMs: number;
  call: Call | undefined;
  status: number;
  firstByteMs: number;
  done: boolean;
}

const SWEEP_EVERY_MS = 250;

/** Copies a share of requests to another deployment. Nothing of it is seen by the client or the vote. */
export function createMirrors({
  policy,
  upstreams,
  health,
  loads,
  quotas,
  metrics,
  random = Math.random,
  clock: {now, every},
}: {
  policy: () => Policy;
  upstreams: Upstreams;
  health: DeploymentHealth;
  loads: Loads;
  quotas: UpstreamQuotas;
  metrics: Metrics;
  random?: () => number;
  clock: Clock;
}): Mirrors {
  const states = new Set<State>();
  const known = {health, loads, quotas};
  const stopSweeping = every(SWEEP_EVERY_MS, sweep);
  const sink: Sink<State> = {
    answered: (state, status, headers) => {
      state.status = status;
      quotas.read(state.deployment, headers);
    },
    alive() {},
    data: (state) => {
      state.firstByteMs ||= now() - state.startedMs;
    },
    ended: (state) => settle(state, state.status < 300 ? "success" : "error"),
    failed: (state) => settle(state, "error"),
  };

  function copy(asker: Asker, request: Original): Copy | undefined {
    const mirror = policy().mirrors.find(({name, when}) => concerns(when, asker, name));
    if (!mirror || random() * 100 >= mirror.share) return undefined;
    const {deployment, asking} = targetOf(mirror, asker.model);
    const upstream = deployment && upstreams.get(deployment.upstream);
    if (!asking || !upstream || running(mirror) >= mirror.streams) return undefined;
    const state: State = {
      mirror,
      deployment,
      startedMs: now(),
      call: undefined,
      status: 0,
      firstByteMs: 0,
      done: false,
      cancel: () => {
        state.call?.cancel();
        settle(state, "cancelled");
      },
      primary: (succeeded, firstByteMs) =>
        metrics.mirrored(mirror.name, "primary", succeeded ? "success" : "error", firstByteMs),
    };
    states.add(state);
    try {
      const priority = priorityOf("mirror", false);
      const salt = cacheSaltOf(request.claims);
      const less = {priority, urgency: URGENCY.mirror};
      const copied = {...request, ...less, deployment: deployment.name, salt};
      state.call = askModel({upstream, asking}, copied, sink, state);
    } catch {
      settle(state, "error");
    }
    return state;
  }

  function targetOf(mirror: Mirror, asked: string) {
    const {models} = policy();
    const name = mirror.model ?? asked;
    const asking = Object.hasOwn(models, name) ? models[name] : undefined;
    const isMeant = ({name}: Deployment) => [undefined, name].includes(mirror.deployment);
    const meant = asking?.deployments.filter((one) => isMeant(one) && hasSpare(one, known)) ?? [];
    return {deployment: asking?.balance === "load" ? cheapestOf(meant) : meant[0], asking};
  }

  /** Of servers that are alike: its first would have all copies. */
  const cheapestOf = (deployments: readonly Deployment[]): Deployment | undefined =>
    deployments.toSorted((one, other) => loads.costOf(one) - loads.costOf(other))[0];

  function running({name}: Mirror): number {
    let count = 0;
    for (const {mirror} of states) if (mirror.name === name) count++;
    return count;
  }

  function settle(state: State, outcome: "success" | "error" | "cancelled" | "timeout") {
    if (state.done) return;
    state.done = true;
    states.delete(state);
    metrics.mirrored(state.mirror.name, "mirror", outcome, state.firstByteMs);
  }

  function sweep() {
    for (const state of states) {
      if (now() < state.startedMs + state.mirror.timeoutMs) continue;
      state.call?.cancel();
      settle(state, "timeout");
    }
  }

  return {
    copy,
    close: () => {
      stopSweeping();
      for (const state of states) state.cancel();
    },
  };
}
