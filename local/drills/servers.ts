import {REPLICAS_PORT, replicasName} from "../../infra/cluster/replicas-name.ts";
import {read} from "../console/observed/reader.ts";
import type {DeploymentReading} from "../console/observed/reading.ts";
import {parseSamples, type Sample} from "../console/observed/samples.ts";
import type {Pod} from "../world/cluster.ts";
import type {RunningRegion} from "../world/region.ts";
import type {RunningWorld} from "../world/world.ts";

/** A region's replicas of a model, lost ones too. */
export function serversOf({cluster}: RunningRegion, model: string): Pod[] {
  const workload = replicasName({model});
  return cluster.pods.filter(({spec}) => spec.workload === workload);
}

/** What replicas count, by vLLM's name and without its prefix; of one that is lost it is nothing. */
export async function said(name: string, servers: readonly Pod[]): Promise<number> {
  const all = await Promise.all(servers.map(samplesOf));
  return all
    .flat()
    .filter((sample) => sample.name === `vllm:${name}`)
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
