import {randomUUID} from "node:crypto";
import {askModel} from "../dialects/asking.ts";
import type {Asking, Deployment, Policy} from "../policy.ts";
import {bodyOf} from "../rewrite/body.ts";
import type {DeploymentHealth} from "../route/deployment-health.ts";
import type {Call, Sink} from "../upstream/transport.ts";
import type {Upstreams} from "../upstream/upstream.ts";
import type {Subject, Vote} from "./vote.ts";

const EVERY_MS = 1000;
const TIMEOUT_MS = 5000;
/** The smallest completion that shows that the model completes. */
const QUESTION = bodyOf({prompt: "x = ", max_tokens: 1});

interface Target {
  readonly subject: Subject;
  readonly deployment: Deployment;
  readonly asking: Asking;
}

interface Probe {
  readonly subject: Subject;
  readonly startedMs: number;
  call: Call | undefined;
  status: number;
  firstByteMs: number;
  done: boolean;
}

/**
 * While the proxy is out of rotation, asks the deployments of the models that put it out in turn for a
 * completion, one at a time, and tells the vote. Those that failed users are held until then, and come back
 * with their model: were others to serve for longer, it would put the proxy out again.
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
    const all = vote.missed.flatMap(targetsOf);
    for (const {deployment} of all) health.hold(deployment, 2 * everyMs);
    if (!probe && all.length > 0) ask(all[turn++ % all.length] as Target);
  }

  /** What the region has of its own. Where a model has none here, all that it is judged by is others'. */
  function targetsOf(subject: Subject): Target[] {
    const asking = policy().models[subject.model];
    if (!asking) return [];
    const {deployments, fallback} = asking;
    const asked = deployments.length > 0 ? deployments : fallback;
    return asked.map((deployment) => ({subject, deployment, asking}));
  }

  function ask({subject, deployment, asking}: Target) {
    const upstream = upstreams.get(deployment.upstream);
    const asked: Probe = {
      subject,
      startedMs: now(),
      call: undefined,
      status: 0,
      firstByteMs: 0,
      done: false,
    };
    probe = asked;
    const id = randomUUID();
    const request = {api: "completions", deployment: deployment.name, id, body: QUESTION} as const;
    if (upstream)
      asked.call = askModel({upstream, asking}, {...request, traceparent: undefined}, sink, asked);
  }

  function settle(settled: Probe, succeeded: boolean) {
    if (settled.done) return;
    settled.done = true;
    probe = undefined;
    const {subject, startedMs, firstByteMs} = settled;
    const isBack = vote.probed(subject, succeeded, firstByteMs || now() - startedMs);
    if (!isBack || vote.missed.some(({model}) => model === subject.model)) return;
    for (const {deployment} of targetsOf(subject)) health.back(deployment);
  }

  return {
    close: () => {
      clearInterval(timer);
      probe?.call?.cancel();
    },
  };
}
