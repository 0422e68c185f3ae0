import type {Deployment} from "../policy.ts";

/**
 * What is kept of each deployment, by the names that it has in every policy. Asked several times for each request: an
 * object that was seen before is found without its names being put together.
 */
export interface ByDeployment<State> {
  of(deployment: Deployment): State;
}

export function byDeployment<State>(
  create: (deployment: Deployment) => State,
): ByDeployment<State> {
  const byName = new Map<string, State>();
  const seen = new WeakMap<Deployment, State>();

  function find(deployment: Deployment): State {
    const key = `${deployment.upstream}/${deployment.name}`;
    const state = byName.get(key) ?? create(deployment);
    byName.set(key, state);
    seen.set(deployment, state);
    return state;
  }

  return {of: (deployment) => seen.get(deployment) ?? find(deployment)};
}
