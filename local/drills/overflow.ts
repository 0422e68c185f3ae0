import {setTimeout as sleep} from "node:timers/promises";
import {replicasName} from "../../infra/cluster/replicas-name.ts";
import type {Model, Range, World} from "../../regions/world.ts";
import {read} from "../console/observed/reader.ts";
import {said, serversOf} from "../console/observed/servers.ts";
import type {RunningRegion} from "../world/region.ts";
import type {RunningWorld} from "../world/world.ts";
import {CODER, withReplicas} from "./gpu-world.ts";
import type {Drill} from "./stage.ts";

const COUNT: Range = {min: 1, max: 3};
const CALM_MS = 2000;

export const replicasCold: Drill = {
  name: "replicas-cold",
  holds:
    "When three times as many type as a replica has room for, others go over to a model of Azure's; once there are three replicas none does, and no request fails.",
  on: (world) => crowded(withReplicas(world, {[CODER]: COUNT})),
  async play({region, running, load, broke, detected, note, when, noneFailed}) {
    const first = await overflows(running, region);
    const few = load.people.length;
    load.join(2 * few);
    broke(`${3 * few} people type where ${few} did`);
    const gone = async () => (await overflows(running, region)) - first;
    await when("requests go over to Azure's model", async () => (await gone()) > 0);
    detected("the autoscaler starts two more replicas");
    await region.cluster.scale(replicasName({model: CODER}), COUNT.max);
    note("they have loaded their weights");
    const added = serversOf(region, CODER).slice(COUNT.min);
    await when("they answer", async () => (await said("request_success_total", added)) > 0);
    await when(`nothing has gone over for ${CALM_MS / 1000} s`, async () => {
      const before = await gone();
      await sleep(CALM_MS);
      return (await gone()) === before;
    });
    const [over, answered] = [await gone(), await said("request_success_total", added)];
    return [
      {what: `${over} went over, and the new ones were asked ${answered}`, held: answered > 0},
      noneFailed(),
    ];
  },
};

/** Its replicas have few slots, and what waits for one is late; a region that is late still serves. */
function crowded(world: World): World {
  const {models, regions} = world;
  const overflow = Object.keys(models).find((name) => models[name]!.host === "azure");
  if (overflow === undefined)
    throw new Error("NOT RUN: nothing can go over; add a model of Azure's to regions.yaml");
  const objective = {success: 0.2, firstByteMs: 300};
  return {
    ...world,
    models: {...models, [CODER]: {...(models[CODER] as Model), overflow, objective}},
    regions: regions.map(({replicas, ...region}) => ({
      ...region,
      replicas: replicas.map((own) => ({...own, engine: {...own.engine, "max-num-seqs": 2}})),
    })),
  };
}

/** How many requests the proxies of a region sent on to the overflow. */
async function overflows(running: RunningWorld, {name: region}: RunningRegion): Promise<number> {
  const {pods} = await read(running);
  return pods
    .filter((pod) => pod.region === region)
    .flatMap(({samples}) => samples)
    .filter(({name}) => name === "meridian_overflows_total")
    .reduce((sum, {value}) => sum + value, 0);
}
