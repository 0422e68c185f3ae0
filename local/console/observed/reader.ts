import {proxyPorts} from "../../../infra/cluster/proxy.ts";
import type {Pod} from "../../world/cluster.ts";
import type {RunningWorld} from "../../world/world.ts";
import type {DeploymentReading, PodReading, Reading} from "./reading.ts";
import {parseSamples} from "./samples.ts";

const TIMEOUT_MS = 900;

/** Asks the admin page of every proxy. */
export async function read({regions}: RunningWorld): Promise<Reading> {
  const asked = regions.flatMap(({name, cluster}) =>
    cluster.pods.filter(({spec}) => spec.workload === "proxy").map((pod) => readPod(name, pod)),
  );
  return {pods: await Promise.all(asked), atMs: Date.now()};
}

async function readPod(region: string, {spec, pid, ready}: Pod): Promise<PodReading> {
  const page = (path: string) =>
    fetch(`http://${spec.address}:${proxyPorts.admin}${path}`, {
      signal: AbortSignal.timeout(TIMEOUT_MS),
    });
  const pod = {region, name: spec.name, pid, ready};
  try {
    const pages = ["/metrics", "/deployments", "/healthz"].map(page);
    const [metrics, deployments, vote] = (await Promise.all(pages)) as [
      Response,
      Response,
      Response,
    ];
    return {
      ...pod,
      missed: /^out: misses (.*)/.exec(await vote.text())?.[1] ?? "",
      samples: parseSamples(await metrics.text()),
      deployments: (await deployments.json()) as DeploymentReading[],
    };
  } catch {
    return {...pod, samples: [], deployments: [], missed: ""};
  }
}
