import type {Policy} from "../policy.ts";
import type {DeploymentHealth} from "../route/deployment-health.ts";
import type {Call, Sink} from "../upstream/transport.ts";
import type {Upstreams} from "../upstream/upstream.ts";
import {put, type Target, targetsOf} from "./question.ts";
import type {Vote} from "./vote.ts";

const EVERY_MS = 1000;
const TIMEOUT_MS = 5000;

interface Probe {
  readonly startedMs: number;
  call: Call | undefined;
  status: number;
  firstByteMs: number;
  done: boolean;
}

/**
 * While the proxy is out of rotation, asks the region's own deployments in turn for a completion, one
 * at a time, and tells the vote. Those that failed users are held until then, and come back with the proxy:
 * were others to serve for longer, it would vote itself out again.
 */
export function createProbe({
  policy,
  upstreams,
  health,
  vote,
  everyMs = EVERY_MS,
  now = () => performance.now(),
}: {
  policy: () => Policy;
  upstreams: Upstreams;
  health: DeploymentHealth;
  vote: Vote;
  everyMs?: number;
  now?: () => number;
}): {close(): void} {
  const timer = setInterval(tick, everyMs).unref();
  const sink: Sink<Probe> = {
    answered: (probe, status) => {
      probe.status = status;
    },
    alive() {},
    data: (probe) => {
      probe.firstByteMs ||= now() - probe.startedMs;
    },
    ended: (probe) => settle(probe, probe.status < 300),
    failed: (probe) => settle(probe, false),
  };
  let probe: Probe | undefined;
  let turn = 0;

  function tick() {
    if (probe && now() > probe.startedMs + TIMEOUT_MS) {
      probe.call?.cancel();
      settle(probe, false);
    }
    if (vote.healthy) return;
    for (const {deployment} of targets()) health.hold(deployment, 2 * everyMs);
    if (!probe) ask();
  }

  /** Where a region has no deployment of its own, all that it is judged by is others'. One that is gone tells nothing. */
  function targets(): Target[] {
    const isThere = ({deployment}: Target) => health.absences.of(deployment) === undefined;
    const {own, fallback} = targetsOf(policy());
    const there = [own.filter(isThere), fallback.filter(isThere), own, fallback];
    return there.find(({length}) => length > 0) ?? [];
  }

  function ask() {
    const all = targets();
    const asked: Probe = {
      startedMs: now(),
      call: undefined,
      status: 0,
      firstByteMs: 0,
      done: false,
    };
    probe = asked;
    asked.call = put(upstreams, all[turn++ % all.length] as Target, sink, asked);
  }

  function settle(settled: Probe, succeeded: boolean) {
    if (settled.done) return;
    settled.done = true;
    probe = undefined;
    const isBack = vote.probed(succeeded, settled.firstByteMs || now() - settled.startedMs);
    if (isBack) for (const {deployment} of targets()) health.back(deployment);
  }

  return {
    close: () => {
      clearInterval(timer);
      probe?.call?.cancel();
    },
  };
}
