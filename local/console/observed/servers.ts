import {isModelServer} from "../../../cloud/kubernetes/pods.ts";
import {REPLICAS_PORT, replicasName} from "../../../infra/cluster/replicas-name.ts";
import type {Pod} from "../../world/cluster.ts";
import type {RunningRegion} from "../../world/region.ts";
import type {RunningWorld} from "../../world/world.ts";
import {read} from "./reader.ts";
import type {DeploymentReading} from "./reading.ts";
import {parseSamples, type Sample} from "./samples.ts";

/** A region's replicas, of one model or of all; lost ones too. */
export function serversOf({cluster}: Pick<RunningRegion, "cluster">, model?: string): Pod[] {
  const servers = cluster.pods.filter(({spec}) => isModelServer(spec.image));
  if (model === undefined) return servers;
  return servers.filter(({spec}) => spec.workload === replicasName({model}));
}

/** What replicas count, by vLLM's name and without its prefix; of one that is lost it is nothing. */
export async function said(
  name: string,
  servers: readonly Pod[],
  having: Sample["labels"] = {},
): Promise<number> {
  const all = await Promise.all(servers.map(samplesOf));
  const isMeant = ({name: own, labels}: Sample) =>
    own === `vllm:${name}` &&
    Object.entries(having).every(([label, value]) => labels[label] === value);
  return all
    .flat()
    .filter(isMeant)
    .reduce((sum, {value}) => sum + value, 0);
}

async function samplesOf({spec}: Pod): Promise<Sample[]> {
  const page = `http://${spec.address}:${REPLICAS_PORT}/metrics`;
  const answer = await fetch(page, {signal: AbortSignal.timeout(1000)}).catch(() => undefined);
  return answer ? parseSamples(await answer.text()) : [];
}

/** A replica as each proxy of its region judges it; undefined where a proxy does not know it. Who does not answer is left out. */
export async function judged(
  {spec}: Pod,
  running: RunningWorld,
  {name}: RunningRegion,
): Promise<(DeploymentReading | undefined)[]> {
  const {pods} = await read(running);
  return pods
    .filter(({region, deployments}) => region === name && deployments.length > 0)
    .map(({deployments}) =>
      deployments.find(({upstream}) => upstream === `${spec.workload}@${spec.address}`),
    );
}
