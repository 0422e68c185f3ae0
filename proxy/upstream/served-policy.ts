import type {Deployment, Policy, Upstream as Spec} from "../policy.ts";
import {replicaName} from "../route/replica-name.ts";

/** An upstream that is asked at one address, whatever else its name leads to. */
export interface Reached extends Spec {
  readonly address?: string | undefined;
}

/** A policy as it is served. */
export interface ServedPolicy extends Policy {
  readonly upstreams: Record<string, Reached>;
}

/**
 * The policy with each upstream of replicas, and each of its deployments, in as many as there are addresses behind its
 * name; each of them takes an equal part of the weight.
 */
export function servedPolicy(
  policy: Policy,
  addressesOf: (hostname: string) => readonly string[],
): ServedPolicy {
  const replicas = new Map<string, readonly string[]>();
  for (const [upstream, {url, replicas: has}] of Object.entries(policy.upstreams))
    if (has) replicas.set(upstream, addressesOf(hostnameOf(url)));
  if (replicas.size === 0) return policy;
  const models = Object.entries(policy.models).map(([model, asked]) => {
    const [deployments, fallback] = [asked.deployments, asked.fallback].map((all) =>
      all.flatMap((one) => eachOf(one, replicas.get(one.upstream))),
    );
    return [model, {...asked, deployments, fallback}];
  });
  const upstreams = Object.entries(policy.upstreams).flatMap(([name, spec]) =>
    hostsOf(name, spec, replicas.get(name)),
  );
  return {
    ...policy,
    upstreams: Object.fromEntries(upstreams),
    models: Object.fromEntries(models),
  };
}

function eachOf(deployment: Deployment, addresses: readonly string[] | undefined): Deployment[] {
  if (!addresses) return [deployment];
  const weight = deployment.weight / addresses.length;
  const {upstream} = deployment;
  return addresses.map((one) => ({...deployment, weight, upstream: replicaName(upstream, one)}));
}

function hostsOf(
  name: string,
  spec: Spec,
  addresses: readonly string[] | undefined,
): (readonly [string, Reached])[] {
  if (!addresses) return [[name, spec]];
  return addresses.map((address) => [replicaName(name, address), {...spec, address}]);
}

/** As it is looked up: an address of IPv6 without its brackets. */
export const hostnameOf = (url: string): string => new URL(url).hostname.replace(/^\[|\]$/g, "");
