import assert from "node:assert/strict";
import {test} from "node:test";
import {fullWorld, withImages} from "../../infra/fixture.ts";
import {gpuWorld} from "../../infra/gpus.ts";
import {tagOf} from "../../infra/stacks/pins.ts";
import {valueAt} from "../description.ts";
import {of} from "../kubernetes/pods.ts";
import type {Inputs} from "../resource.ts";
import {runStacks} from "./stacks.ts";

const TASK_RUN = "azure-native:containerregistry:TaskRun";

const [{replicas}] = gpuWorld.regions as [(typeof gpuWorld.regions)[number]];
const world = withImages(
  {
    ...fullWorld,
    models: {...gpuWorld.models, ...fullWorld.models},
    regions: fullWorld.regions.map((region, at) => (at === 1 ? {...region, replicas} : region)),
  },
  {keep: {days: 90, latest: 20}},
);

test("old images are removed after all regions, and none that a region or global names", async () => {
  const {stacks} = await runStacks(world);
  const runs = of<Inputs>(stacks.find(({name}) => name === "fallback")!.resources, TASK_RUN);
  assert.equal(runs.length, 1);
  const {runRequest, registryName} = runs[0]!;
  const global = stacks.find(({name}) => name === "global")!;
  const registry = global.resources.find(
    ({type}) => type === "azure-native:containerregistry:Registry",
  );
  assert.equal(registryName, registry?.inputs.registryName);
  const task = Buffer.from(String(valueAt(runRequest, "encodedTaskContent")), "base64").toString();
  const named = stacks.flatMap(({outputs}) =>
    ["image", "edgeImage", "cliImage", "vllmImage", "pluginImage"].flatMap(
      (name) => outputs[name] ?? [],
    ),
  );
  assert.equal(named.length, 3 * (1 + world.regions.length) + 2 * 2);
  for (const image of named) {
    const repository = String(image).split("/")[1]!.split(":")[0]!;
    const line = task.split("\n").find((one) => one.includes(`'${repository}:`)) ?? "";
    const [, filter = "^"] = /:(\^.+\$)'/.exec(line) ?? [];
    assert.ok(!new RegExp(filter).test(tagOf(String(image))!), String(image));
  }
});

test("nothing is removed where regions.yaml does not ask for it", async () => {
  const {stacks} = await runStacks(fullWorld);
  const {resources} = stacks.find(({name}) => name === "fallback")!;
  assert.deepEqual(of(resources, TASK_RUN), []);
});
