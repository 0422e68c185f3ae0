import {policyOf, proxyPorts} from "../../infra/cluster/proxy.ts";
import type {PolicyInput} from "../../proxy/policy.ts";
import type {World} from "../../regions/world.ts";
import type {Pod} from "../world/cluster.ts";
import type {RunningWorld} from "../world/world.ts";

const FILE = "policy/policy.json";

export const podsOf = ({regions}: RunningWorld, workload: string): Pod[] =>
  regions.flatMap(({cluster}) => cluster.pods.filter(({spec}) => spec.workload === workload));

/** Changes every proxy's policy as its stack wrote it, as an update of the regions' ConfigMaps does. */
export function changePolicy(running: RunningWorld, change: (policy: PolicyInput) => PolicyInput) {
  for (const pod of podsOf(running, "proxy"))
    pod.write(FILE, JSON.stringify(change(JSON.parse(pod.spec.files[FILE]!))));
}

/** Gives the proxies of each region the policy that its stack makes of a world. */
export function rollOut(running: RunningWorld, world: World) {
  for (const {name, cluster} of running.regions) {
    const region = world.regions.find((one) => one.name === name)!;
    const text = JSON.stringify(policyOf(world, region));
    for (const pod of cluster.pods) if (pod.spec.workload === "proxy") pod.write(FILE, text);
  }
}

/** Puts the same text in place of every proxy's policy. */
export function writePolicy(running: RunningWorld, text: string) {
  for (const pod of podsOf(running, "proxy")) pod.write(FILE, text);
}

/** Why each proxy refuses the policy that it was given last; null where it does not. */
export function refusalsOf(running: RunningWorld): Promise<(string | null)[]> {
  return Promise.all(
    podsOf(running, "proxy").map(async ({spec}) => {
      const answer = await fetch(`http://${spec.address}:${proxyPorts.admin}/policy`);
      return ((await answer.json()) as {refused: string | null}).refused;
    }),
  );
}
