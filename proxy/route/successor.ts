import type {Policy} from "../policy.ts";
import type {Absence} from "./absences.ts";
import type {DeploymentHealth} from "./deployment-health.ts";

/**
 * The model whose deployments serve what is asked of `model`: itself, or where all of its own are gone, the first
 * of its successors that has one left. Where none has, the last of them.
 */
export function servingModel(policy: Policy, model: string, health: DeploymentHealth): string {
  const next = policy.models[model]?.successor;
  return next !== undefined && absenceOf(policy, model, health)
    ? servingModel(policy, next, health)
    : model;
}

/** Why a model has no deployment left, here or elsewhere; undefined where it has one. Who says that it was retired speaks for all. */
export function absenceOf(
  {models}: Policy,
  model: string,
  {absences}: DeploymentHealth,
): Absence | undefined {
  const {deployments = [], fallback = []} = models[model] ?? {};
  const all = [...deployments, ...fallback].map((one) => absences.of(one));
  if (all.length === 0 || all.includes(undefined)) return undefined;
  return all.includes("retired") ? "retired" : "missing";
}
