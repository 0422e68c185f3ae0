import type {Deployment, Policy} from "../policy.ts";
import {byLoad, byWeight} from "./balance.ts";
import type {Candidate} from "./candidate.ts";
import type {DeploymentHealth} from "./deployment-health.ts";
import type {Loads} from "./loads.ts";
import {hasSpare} from "./room.ts";
import type {UpstreamQuotas} from "./upstream-quota.ts";

/** Where a request may go. */
export interface Route {
  /** Deployments to try, in order. */
  readonly deployments: Deployment[];
  /** Seconds until the first that has no room may be asked again; infinite where all have. */
  readonly waitS: number;
  /** The region's own have failed, and other regions serve: users had better go there. */
  readonly lost: boolean;
}

/** What a route is found by. */
export interface Routing {
  readonly health: DeploymentHealth;
  readonly loads: Loads;
  readonly quotas: UpstreamQuotas;
  readonly user: string;
  /** Of the user's file: `affinityKey`. Left out where no replica can have read it. */
  readonly key?: number | undefined;
  /** In [0, 1). */
  readonly random?: () => number;
}

/**
 * The deployments to try for a model: the region's own that are well, those of a smaller priority first, of the same
 * one in the order that the model's balance gives; then those of the fallback regions, nearest first; those that
 * failed of late come last, as even they are better than nothing. While none of a priority may take all of its weight
 * yet, those after it take the rest. A deployment that failed `user` alone comes last for that user alone; one that said
 * 429 is left out until the wait that it named is over, and one that is gone until it is back.
 */
export function routeOf(policy: Policy, model: string, routing: Routing): Route {
  const {deployments = [], fallback = []} = policy.models[model] ?? {};
  const {health, user} = routing;
  const home = seenOf(deployments, health, user);
  const away = seenOf(fallback, health, user);
  const abroad = away.well.map(({deployment}) => deployment);
  const well = inOrder(home.well, abroad, balanceOf(policy, model, routing));
  return {
    deployments: well.concat(home.out, away.out),
    // Those that are well may take requests, whoever asks.
    lost: home.well.length === 0 && abroad.length > 0 && areLost(home.out, health),
    waitS: Math.min(home.waitS, away.waitS),
  };
}

/** How those of one priority are ordered. */
interface Balance {
  readonly order: (candidates: readonly Candidate[]) => Deployment[];
  readonly random: () => number;
}

function balanceOf(policy: Policy, model: string, routing: Routing): Balance {
  const {loads, quotas, key, random = Math.random} = routing;
  if (policy.models[model]?.balance !== "load")
    return {random, order: (candidates) => byWeight(candidates, random)};
  return {
    random,
    order: (candidates) =>
      byLoad(candidates, {
        ...{loads, quotas, random},
        key: candidates.every((one) => isReplica(policy, one)) ? key : undefined,
      }),
  };
}

const isReplica = ({upstreams}: Policy, {deployment: {upstream}}: Candidate) =>
  upstreams[upstream]?.replicas === true;

/** Those that are well, priority by priority, and `then` what comes after them. */
function inOrder(well: readonly Candidate[], then: Deployment[], balance: Balance): Deployment[] {
  if (well.length === 0) return then;
  let least = Number.POSITIVE_INFINITY;
  for (const one of well) least = Math.min(least, priorityOf(one));
  const first = well.filter((one) => priorityOf(one) === least);
  const ordered = balance.order(first);
  const isPassed = isReturning(first) && balance.random() >= mostShare(first);
  const rest =
    first.length === well.length
      ? then
      : inOrder(
          well.filter((one) => priorityOf(one) !== least),
          then,
          balance,
        );
  return isPassed ? rest.concat(ordered) : ordered.concat(rest);
}

/** As proxies take a policy that says none. */
const priorityOf = ({deployment: {priority = 1}}: Candidate) => priority;

const mostShare = (candidates: readonly Candidate[]) =>
  Math.max(...candidates.map(({share}) => share));

const isReturning = (candidates: readonly Candidate[]) => candidates.every(({share}) => share < 1);

/** Deployments as they are for one user. */
interface Seen {
  readonly well: Candidate[];
  /** They have room, and have failed of late. */
  readonly out: Deployment[];
  waitS: number;
}

/** Those that are gone are not seen. */
function seenOf(all: readonly Deployment[], health: DeploymentHealth, user: string): Seen {
  const seen: Seen = {well: [], out: [], waitS: Number.POSITIVE_INFINITY};
  for (const deployment of all) {
    if (isGone(deployment, health)) continue;
    const waitS = health.waitS(deployment);
    const share = waitS > 0 ? 0 : health.share(deployment, user);
    if (waitS > 0) seen.waitS = Math.min(seen.waitS, waitS);
    else if (share === 0) seen.out.push(deployment);
    else seen.well.push({deployment, share, weight: deployment.weight * share});
  }
  return seen;
}

/** Out for all, not for one user alone. */
const areLost = (out: readonly Deployment[], health: DeploymentHealth) =>
  out.length > 0 && out.every((deployment) => health.share(deployment) === 0);

const isGone = (deployment: Deployment, {absences}: DeploymentHealth) =>
  absences.of(deployment) !== undefined;

/**
 * The one deployment that a call ahead of a person may go to: the region's own, wholly well and with room to spare.
 * None where there is none: such a call is neither tried again nor sent to other regions.
 */
export function spareOf(policy: Policy, model: string, routing: Routing): Deployment[] {
  const {health, user} = routing;
  const {deployments = []} = policy.models[model] ?? {};
  const spare = seenOf(deployments, health, user).well.filter(({deployment}) =>
    hasSpare(deployment, routing),
  );
  return inOrder(spare, [], balanceOf(policy, model, routing)).slice(0, 1);
}
