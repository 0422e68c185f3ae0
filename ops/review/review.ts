import type {Stack} from "../../cloud/stacks/stacks.ts";
import {type Difference, differenceOf} from "../../dns/difference.ts";
import {type Plan, planOf} from "../../dns/plan.ts";
import {privateChanges} from "../../dns/private.ts";
import {refusals} from "../../infra/policy-pack/judgement.ts";
import {isInside} from "../../regions/names.ts";
import type {World} from "../../regions/world.ts";
import {asJson} from "../preview/resource-tree.ts";
import {type CostChange, costChanges, type QuotaChange, quotaChanges} from "./demand.ts";
import {type StackChange, stackChanges} from "./difference.ts";
import {type ImageChange, imageChanges} from "./images.ts";
import {policyChanges} from "./policy.ts";

/** A regions.yaml and the stacks that it makes. */
export interface Side {
  readonly world: World;
  readonly stacks: readonly Stack[];
}

/** Everything that a change does, arranged for reviewers. */
export interface Review {
  readonly stacks: readonly StackChange[];
  /** Who is served where, by public names; empty where entrances are internal. */
  readonly dns: Difference;
  /** The same of internal entrances, a sentence each. */
  readonly networks: readonly string[];
  /** The plan as it will be. */
  readonly plan: Plan;
  readonly images: readonly ImageChange[];
  /** Changes of the policy, a sentence each. */
  readonly policy: readonly string[];
  readonly quotas: readonly QuotaChange[];
  readonly costs: readonly CostChange[];
  /** What the policy pack refuses of the stacks as they will be, a sentence each. */
  readonly refused: readonly string[];
}

export function reviewOf(before: Side, now: Side): Review {
  const after = {...now, stacks: asPlain(now.stacks)};
  const plan = planOf(after.world);
  return {
    stacks: stackChanges(before.stacks, after.stacks),
    ...servedBy(before.world, after.world, plan),
    plan,
    images: imageChanges(before.stacks, after.stacks),
    policy: policyChanges(before.world.traffic, after.world.traffic),
    quotas: quotaChanges(before.world, after.world),
    costs: costChanges(before.stacks, after.stacks),
    // Of what is not masked: a secret that is written out looks like one that is not.
    refused: refusals(
      now.world,
      now.stacks.flatMap(({resources}) => resources),
    ),
  };
}

/** The networks of a world whose entrances were public before are told by their zones and records. */
function servedBy(before: World, after: World, plan: Plan): Pick<Review, "dns" | "networks"> {
  if (!isInside(after)) return {dns: differenceOf(planOf(before), plan), networks: []};
  const dns = {moves: [], chains: [], warnings: []};
  return {dns, networks: isInside(before) ? privateChanges(before, after) : []};
}

/** Writes stacks as JSON and reads them back: masked, and without what JSON cannot say. */
const asPlain = (stacks: readonly Stack[]) => JSON.parse(asJson(stacks)) as Stack[];
