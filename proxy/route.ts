import type {Deployment, Policy} from "./policy.ts";

/**
 * The deployments to try for a model, in order: the region's own, drawn by weight without
 * replacement, then those of the fallback regions, nearest first. `random` is in [0, 1).
 */
export function candidates(policy: Policy, model: string, random = Math.random): Deployment[] {
  const own = policy.models[model];
  if (!own) return [];
  return [...drawByWeight(own.deployments, random), ...own.fallback];
}

function drawByWeight(deployments: readonly Deployment[], random: () => number): Deployment[] {
  const left = [...deployments];
  const drawn: Deployment[] = [];
  while (left.length > 1) drawn.push(...left.splice(pick(left, random()), 1));
  return [...drawn, ...left];
}

function pick(deployments: readonly Deployment[], point: number): number {
  let rest = point * deployments.reduce((sum, {weight}) => sum + weight, 0);
  const index = deployments.findIndex(({weight}) => {
    rest -= weight;
    return rest < 0;
  });
  return index < 0 ? deployments.length - 1 : index;
}
