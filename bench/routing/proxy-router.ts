import {seeded} from "../../editor/strokes.ts";
import type {Deployment, Policy} from "../../proxy/policy.ts";
import {policySchema} from "../../proxy/policy.ts";
import {affinityKey} from "../../proxy/route/affinity.ts";
import {createDeploymentHealth} from "../../proxy/route/deployment-health.ts";
import {createLoads} from "../../proxy/route/loads.ts";
import {routeOf} from "../../proxy/route/route.ts";
import {createUpstreamQuotas} from "../../proxy/route/upstream-quota.ts";
import type {MakeRouter} from "./router.ts";

const MODEL = "coder";

/** What a proxy does by `balance: load`: proxy/route/route.ts itself, with replicas for deployments. */
export const proxyRouter: MakeRouter = ({replicas, seed, now}) => {
  const policy = policyFor(replicas);
  const deployments = policy.models[MODEL]!.deployments;
  const [health, loads, quotas] = [
    createDeploymentHealth(now),
    createLoads(now),
    createUpstreamQuotas(now),
  ];
  const random = seeded(seed);
  const at = (replica: number) => deployments[replica]!;
  return {
    choose: ({person, opening}) => {
      const user = `${person}`;
      const key = affinityKey(user, opening);
      const route = routeOf(policy, MODEL, {health, loads, quotas, user, key, random});
      return route.deployments.map((deployment) => deployments.indexOf(deployment));
    },
    began: (replica) => loads.began(at(replica)),
    answered: (replica, firstByteMs) => loads.answered(at(replica), firstByteMs),
    ended: (replica, unansweredMs) => loads.ended(at(replica), unansweredMs),
  };
};

function policyFor(replicas: number): Policy {
  const names = Array.from({length: replicas}, (_, replica) => `replica-${replica}`);
  const upstream = {
    url: "http://replica:8000",
    api: "openai",
    protocol: "http/1.1",
    credential: {kind: "none"},
    replicas: true,
  };
  return policySchema.parse({
    objective: {success: 0.99, firstByteMs: 400, windowMs: 60_000},
    upstreams: Object.fromEntries(names.map((name) => [name, upstream])),
    models: {
      [MODEL]: {
        balance: "load",
        deployments: names.map((upstream): Deployment => ({upstream, name: MODEL, weight: 1})),
      },
    },
  });
}
