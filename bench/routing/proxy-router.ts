import {seeded} from "../../editor/strokes.ts";
import {type Policy, policySchema} from "../../proxy/policy.ts";
import {affinityKey} from "../../proxy/route/affinity.ts";
import {createDeploymentHealth} from "../../proxy/route/deployment-health.ts";
import {createLoads} from "../../proxy/route/loads.ts";
import {hasSpare} from "../../proxy/route/room.ts";
import {routeOf} from "../../proxy/route/route.ts";
import {createUpstreamQuotas} from "../../proxy/route/upstream-quota.ts";
import {createHedging} from "./hedging.ts";
import type {MakeRouter} from "./router.ts";

const MODEL = "coder";

/** What a proxy does by `balance: load`: proxy/route/route.ts itself. `hedge`: the share of requests, as in regions.yaml. */
export const proxyRouter =
  (hedge?: number): MakeRouter =>
  ({replicas, seed, clock}) => {
    const policy = policyFor(replicas);
    const {deployments} = policy.models[MODEL]!;
    const known = {
      health: createDeploymentHealth(clock.now),
      loads: createLoads(clock.now),
      quotas: createUpstreamQuotas(clock.now),
    };
    const random = seeded(seed);
    const at = (replica: number) => deployments[replica]!;
    const hasRoom = (replica: number) => hasSpare(at(replica), known);
    return {
      choose: ({person, opening}) => {
        const user = `${person}`;
        const key = affinityKey(user, opening);
        const route = routeOf(policy, MODEL, {...known, user, key, random});
        return route.deployments.map((deployment) => deployments.indexOf(deployment));
      },
      began: (replica) => known.loads.began(at(replica)),
      answered: (replica, firstByteMs) => known.loads.answered(at(replica), firstByteMs),
      ended: (replica, unansweredMs) => known.loads.ended(at(replica), unansweredMs),
      said: (replica, queue) => known.loads.said(at(replica), queue),
      hedging:
        hedge === undefined ? undefined : createHedging({share: hedge, clock, hasSpare: hasRoom}),
    };
  };

function policyFor(replicas: number): Policy {
  const names = Array.from({length: replicas}, (_, replica) => `replica-${replica}`);
  const upstream = {
    ...{url: "http://replica:8000", api: "openai", protocol: "http/1.1", replicas: true},
    credential: {kind: "none"},
  };
  const deployments = names.map((name) => ({upstream: name, name: MODEL, weight: 1}));
  return policySchema.parse({
    objective: {success: 0.99, firstByteMs: 400, windowMs: 60_000},
    upstreams: Object.fromEntries(names.map((name) => [name, upstream])),
    models: {[MODEL]: {balance: "load", deployments}},
  });
}
