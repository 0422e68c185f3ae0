import type {Logger} from "pino";
import type {Clock} from "../clock.ts";
import type {Policy} from "../policy.ts";
import {verdictOn} from "../relay/verdict.ts";
import type {DeploymentHealth} from "../route/deployment-health.ts";
import type {Call, Sink} from "../upstream/transport.ts";
import type {Upstreams} from "../upstream/upstream.ts";
import {put, type Target} from "./question.ts";

const LOOK_EVERY_MS = 1000;

interface Asked extends Target {
  call: Call | undefined;
}

/**
 * Asks deployments that are gone, each once in a while, whether they still are: no user's request does. One is back
 * once it answers anything that only a deployment can.
 */
export function createReturns({
  policy,
  upstreams,
  health: {absences},
  log,
  clock,
}: {
  policy: () => Policy;
  upstreams: Upstreams;
  health: DeploymentHealth;
  log: Logger;
  clock: Clock;
}): {close(): void} {
  const underWay = new Set<Asked>();
  const stopLooking = clock.every(LOOK_EVERY_MS, look);
  const sink: Sink<Asked> = {
    answered: (asked, status) => {
      const {deployment} = asked;
      const {kind} = verdictOn(policy(), deployment, status);
      if (["answer", "busy", "refusal"].includes(kind)) {
        absences.back(deployment);
        log.info(deployment, "deployment back");
      }
      leave(asked);
    },
    alive() {},
    data() {},
    ended: (asked) => void underWay.delete(asked),
    failed: (asked) => void underWay.delete(asked),
  };

  function look() {
    for (const asking of Object.values(policy().models))
      for (const deployment of [...asking.deployments, ...asking.fallback])
        if (absences.isDue(deployment)) ask({deployment, asking});
  }

  /** A host that never answered the question before is not waited for. */
  function ask(target: Target) {
    const {upstream, name} = target.deployment;
    for (const one of underWay)
      if (one.deployment.upstream === upstream && one.deployment.name === name) leave(one);
    const asked: Asked = {...target, call: undefined};
    underWay.add(asked);
    asked.call = put(upstreams, target, sink, asked);
  }

  function leave(asked: Asked) {
    asked.call?.cancel();
    underWay.delete(asked);
  }

  return {
    close: () => {
      stopLooking();
      for (const asked of underWay) leave(asked);
    },
  };
}
