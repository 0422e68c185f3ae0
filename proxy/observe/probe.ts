import type {Deployment, Policy} from "../policy.ts";
import {verdictOn} from "../relay/verdict.ts";
import type {DeploymentHealth} from "../route/deployment-health.ts";
import {absenceOf} from "../route/successor.ts";
import type {Call, Sink} from "../upstream/transport.ts";
import type {Upstreams} from "../upstream/upstream.ts";
import {put, type Target} from "./question.ts";
import type {Subject, Vote} from "./vote.ts";

const EVERY_MS = 1000;
const TIMEOUT_MS = 5000;

interface Aim extends Target {
  readonly subject: Subject;
}

interface Probe extends Aim {
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
      const verdict = verdictOn(policy(), probe.deployment, status);
      if (verdict.kind === "gone") health.absences.note(probe.deployment, verdict.absence);
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
    // No region does better by a model that was retired: it keeps nobody out.
    for (const subject of vote.missed.filter(isRetired)) vote.probed(subject, true, 0);
    const all = vote.missed.flatMap(aimsAt);
    for (const {deployment} of all) health.hold(deployment, 2 * everyMs);
    if (!probe && all.length > 0) ask(all[turn++ % all.length] as Aim);
  }

  /**
   * What the region has of its own. Where a model has none here, all that it is judged by is others'. One that is
   * gone tells nothing while another is there, and nothing at all where its model was retired.
   */
  function aimsAt(subject: Subject): Aim[] {
    const asking = policy().models[subject.model];
    if (!asking || isRetired(subject)) return [];
    const {deployments, fallback} = asking;
    const isThere = (one: Deployment) => health.absences.of(one) === undefined;
    const there = [deployments.filter(isThere), fallback.filter(isThere), deployments, fallback];
    const aims = there.find(({length}) => length > 0) ?? [];
    return aims.map((deployment) => ({subject, deployment, asking}));
  }

  const isRetired = ({model}: Subject) => absenceOf(policy(), model, health) === "retired";

  function ask(aim: Aim) {
    const asked: Probe = {
      ...aim,
      startedMs: now(),
      call: undefined,
      status: 0,
      firstByteMs: 0,
      done: false,
    };
    probe = asked;
    asked.call = put(upstreams, aim, sink, asked);
  }

  function settle(settled: Probe, succeeded: boolean) {
    if (settled.done) return;
    settled.done = true;
    probe = undefined;
    const {subject, startedMs, firstByteMs} = settled;
    const isBack = vote.probed(subject, succeeded, firstByteMs || now() - startedMs);
    if (!isBack || vote.missed.some(({model}) => model === subject.model)) return;
    for (const {deployment} of aimsAt(subject)) health.back(deployment);
  }

  return {
    close: () => {
      clearInterval(timer);
      probe?.call?.cancel();
    },
  };
}
