import type {Deployment, Policy} from "../policy.ts";
import type {DeploymentHealth} from "./deployment-health.ts";
import {drawAt} from "./draw.ts";
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

/**
 * The deployments to try for a model: the region's own that are well, drawn by weight without
 * replacement, then those of the fallback regions, nearest first; those that failed of late come
 * last, as even they are better than nothing. While no own one may take all of its weight yet, fallback
 * regions take the rest. A deployment that failed `user` alone comes last for that user alone; one that said
 * 429 is left out until the wait that it named is over, and one that is gone until it is back. `random` is in
 * [0, 1).
 */
export function routeOf(
  policy: Policy,
  model: string,
  {
    health,
    user,
    random = Math.random,
  }: {health: DeploymentHealth; user: string; random?: () => number},
): Route {
  const {deployments = [], fallback = []} = policy.models[model] ?? {};
  const home = seenOf(deployments, health, user);
  const away = seenOf(fallback, health, user);
  const own = drawByWeight(home.well, random);
  const abroad = away.well.map(({deployment}) => deployment);
  const isAbroad = home.share < 1 && random() >= home.share;
  const well = isAbroad ? abroad.concat(own) : own.concat(abroad);
  return {
    deployments: well.concat(home.out, away.out),
    // Those that are well may take requests, whoever asks.
    lost: own.length === 0 && abroad.length > 0 && areLost(home.out, health),
    waitS: Math.min(home.waitS, away.waitS),
  };
}

/** Deployments as they are for one user. */
interface Seen {
  readonly well: Weighed[];
  /** They have room, and have failed of late. */
  readonly out: Deployment[];
  /** The most that one of them may take of its weight. */
  share: number;
  waitS: number;
}

/** Those that are gone are not seen. */
function seenOf(all: readonly Deployment[], health: DeploymentHealth, user: string): Seen {
  const seen: Seen = {well: [], out: [], share: 0, waitS: Number.POSITIVE_INFINITY};
  for (const deployment of all) {
    if (isGone(deployment, health)) continue;
    const waitS = health.waitS(deployment);
    const share = waitS > 0 ? 0 : health.share(deployment, user);
    if (waitS > 0) seen.waitS = Math.min(seen.waitS, waitS);
    else if (share === 0) seen.out.push(deployment);
    else seen.well.push({deployment, weight: deployment.weight * share});
    seen.share = Math.max(seen.share, share);
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
export function spareOf(
  policy: Policy,
  model: string,
  {
    health,
    quotas,
    user,
    random = Math.random,
  }: {health: DeploymentHealth; quotas: UpstreamQuotas; user: string; random?: () => number},
): Deployment[] {
  const {deployments = []} = policy.models[model] ?? {};
  const spare = deployments.filter((one) => hasSpare(one, {health, quotas, user}));
  return spare.length > 0 ? [drawAt(spare, random())] : [];
}

interface Weighed {
  readonly deployment: Deployment;
  readonly weight: number;
}

function drawByWeight(weighed: readonly Weighed[], random: () => number): Deployment[] {
  const left = [...weighed];
  const drawn: Deployment[] = [];
  while (left.length > 0) {
    const next = drawAt(left, random());
    left.splice(left.indexOf(next), 1);
    drawn.push(next.deployment);
  }
  return drawn;
}
