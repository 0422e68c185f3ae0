import type {Deployment} from "../policy.ts";
import {homeOf} from "./affinity.ts";
import type {Candidate} from "./candidate.ts";
import {drawAt} from "./draw.ts";
import type {Loads} from "./loads.ts";
import type {UpstreamQuotas} from "./upstream-quota.ts";

/** By the weights that the policy gives them, drawn without replacement. */
export function byWeight(candidates: readonly Candidate[], random: () => number): Deployment[] {
  const left = candidates.slice();
  const drawn: Deployment[] = [];
  while (left.length > 0) {
    const next = drawAt(left, random());
    left.splice(left.indexOf(next), 1);
    drawn.push(next.deployment);
  }
  return drawn;
}

export interface LoadOrder {
  readonly loads: Loads;
  readonly quotas: UpstreamQuotas;
  /** Of a user's file, where one of them may have read it before: `affinityKey`. */
  readonly key: number | undefined;
  readonly random: () => number;
}

/** So many are chosen; a request fails before it has met more. */
const CHOSEN = 3;

/**
 * By what each has to do: first the one that has read the file before, while it has room; else the better of two at
 * random, which spreads as well as the best of all would, and does not send everybody to the same one (Mitzenmacher,
 * The Power of Two Choices in Randomized Load Balancing, 2001). Those whose quota is used up come last.
 */
export function byLoad(
  candidates: readonly Candidate[],
  {loads, quotas, key, random}: LoadOrder,
): Deployment[] {
  const left = candidates.slice();
  const end = spentLast(left, quotas);
  let next = 0;
  if (key !== undefined && end > 1) {
    const home = homeOf(end < left.length ? left.slice(0, end) : left, key, loads);
    if (home !== undefined) swap(left, next++, home);
  }
  for (; next < Math.min(CHOSEN, end - 1); next++)
    swap(left, next, betterOfTwo(left, next, end, loads, random));
  return left.map(({deployment}) => deployment);
}

/** Puts those that have no quota left behind the others; returns how many others there are, or all where there are none. */
function spentLast(candidates: Candidate[], quotas: UpstreamQuotas): number {
  let end = candidates.length;
  for (let at = candidates.length - 1; at >= 0; at--)
    if (quotas.isSpent(candidates[at]!.deployment)) swap(candidates, at, --end);
  return end === 0 ? candidates.length : end;
}

/** Of those from `start` to `end`, at least two. */
function betterOfTwo(
  candidates: readonly Candidate[],
  start: number,
  end: number,
  loads: Loads,
  random: () => number,
): number {
  const count = end - start;
  const one = Math.floor(random() * count);
  const other = (one + 1 + Math.floor(random() * (count - 1))) % count;
  const costs = (at: number) => costOf(candidates[start + at]!, loads);
  return start + (costs(other) < costs(one) ? other : one);
}

/** One on its return is given less, as if it were slower. */
const costOf = ({deployment, share}: Candidate, loads: Loads) => loads.costOf(deployment) / share;

function swap(candidates: Candidate[], one: number, other: number) {
  const kept = candidates[one]!;
  candidates[one] = candidates[other]!;
  candidates[other] = kept;
}
