import type {DeploymentState} from "../route/deployment-health.ts";
import {upstreamOf} from "../route/replica-name.ts";
import type {UpstreamQuota} from "../route/upstream-quota.ts";
import type {Reading, Register} from "./register.ts";
import type {Vote} from "./vote.ts";

/** What is looked up whenever metrics are read. */
export interface Sources {
  readonly healthy: () => boolean;
  readonly votes: () => Vote["subjects"];
  readonly sessions: () => number;
  readonly policyFault: () => string | undefined;
  readonly deployments: () => readonly DeploymentState[];
  /** How many there are of each upstream that has them. */
  readonly replicas: () => readonly {readonly upstream: string; readonly count: number}[];
  readonly quotas: () => readonly UpstreamQuota[];
  /** The keys that tokens are checked against; `iat` in seconds since 1970 says since when one signs. */
  readonly keys: () => readonly {readonly kid?: string; readonly iat?: unknown}[];
}

/** Registers what a proxy is at the moment, in contrast to what it has counted. */
export function createGauges(register: Register, sources: Sources): void {
  const gauge = <const Name extends string>(
    name: string,
    help: string,
    labelNames: readonly Name[],
    read: () => readonly Reading<Name>[],
  ) => register.gauge({name: `meridian_${name}`, help, labelNames}, read);
  const one = (name: string, help: string, read: () => number) =>
    gauge(name, help, [], () => [{labels: {}, value: read()}]);

  one("vote", "1 while this proxy holds itself fit to serve, else 0.", () =>
    Number(sources.healthy()),
  );
  gauge(
    "model_vote",
    "1 while this proxy keeps an objective of a model, else 0, which puts it out.",
    ["model", "objective"],
    () =>
      sources.votes().map(({model, objective, healthy}) => ({
        labels: {model, objective},
        value: Number(healthy),
      })),
  );
  one("upstream_sessions", "Connected sessions to model hosts.", sources.sessions);
  one(
    "policy_refused",
    "1 while the policy file is not valid and an earlier one is in force, else 0.",
    () => Number(sources.policyFault() !== undefined),
  );
  gauge(
    "deployment_share",
    "What a deployment may take now, of its weight: 1 when well, 0 while it is out or has no room.",
    ["model", "upstream", "deployment", "role"],
    () => byUpstream(sources.deployments(), shareOf, mean),
  );
  gauge(
    "deployment_gone",
    "1 while a model host says that it has no such deployment, or that its model was retired, else 0.",
    ["model", "upstream", "deployment", "role"],
    () => byUpstream(sources.deployments(), ({absence}) => Number(absence !== undefined), Math.min),
  );
  gauge(
    "replicas",
    "Model servers that an upstream's name leads to; each is asked by itself.",
    ["upstream"],
    () => sources.replicas().map(({upstream, count}) => ({labels: {upstream}, value: count})),
  );
  const quota = ["upstream", "deployment", "unit"];
  gauge("quota_left", "What a model host last said is left of this minute's quota.", quota, () =>
    sources.quotas().map(({left, ...of}) => ({labels: labelsOf(of), value: left})),
  );
  gauge("quota_limit", "That quota: tokens or requests a minute.", quota, () =>
    sources.quotas().map(({limit, ...of}) => ({labels: labelsOf(of), value: limit})),
  );
  gauge(
    "token_key_timestamp_seconds",
    "Since when the key signs tokens, in seconds since 1970.",
    ["kid"],
    () =>
      sources
        .keys()
        .flatMap(({kid = "", iat}) =>
          typeof iat === "number" ? [{labels: {kid}, value: iat}] : [],
        ),
  );
}

const shareOf = ({share, waitS}: DeploymentState) => (waitS > 0 ? 0 : share);

const mean = (...values: readonly number[]) =>
  values.reduce((sum, value) => sum + value) / values.length;

/** One reading for all replicas of a deployment: addresses come and go, and are no labels. */
function byUpstream(
  states: readonly DeploymentState[],
  readingOf: (state: DeploymentState) => number,
  together: (...values: readonly number[]) => number,
) {
  const groups = Map.groupBy(states, (one) => JSON.stringify(deploymentLabels(one)));
  return [...groups.values()].map((group) => ({
    labels: deploymentLabels(group[0]!),
    value: together(...group.map(readingOf)),
  }));
}

function deploymentLabels({model, upstream, name, isFallback}: DeploymentState) {
  return {
    model,
    upstream: upstreamOf(upstream),
    deployment: name,
    role: isFallback ? "fallback" : "own",
  };
}

const labelsOf = ({upstream, deployment, unit}: Omit<UpstreamQuota, "left" | "limit">) => ({
  upstream,
  deployment,
  unit,
});
