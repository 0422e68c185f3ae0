import {execFileSync} from "node:child_process";
import {mkdirSync, rmSync, symlinkSync} from "node:fs";
import {join} from "node:path";
import type {Cloud} from "../../cloud/cloud.ts";
import type {Resource} from "../../cloud/resource.ts";
import {tagOf} from "../../infra/stacks/pins.ts";
import type {Pod} from "./cluster.ts";
import type {RunningWorld} from "./world.ts";

interface Build {
  readonly imageNames: readonly string[];
  readonly sourceLocation: string;
}

interface Deployment {
  readonly template: {readonly spec: {readonly containers: readonly {readonly image: string}[]}};
}

/**
 * A cloud whose running world does what the engine writes to it, as clusters do: proxies are replaced
 * one after the other by those of another image, and a policy is put into their files. A write is over
 * when the world has followed. Other workloads run on as they are.
 */
export function follow({
  cloud,
  folder,
  world,
  uploaded,
}: {
  readonly cloud: Cloud;
  /** The world's own. */
  readonly folder: string;
  /** Undefined before it runs. */
  readonly world: () => RunningWorld | undefined;
  /** What was put into a place of the registry. */
  readonly uploaded: (location: string) => Uint8Array;
}): Cloud {
  /** Where each image's context is, by its tag. */
  const sources = new Map<string, string>();
  const podsOf = (region: string) =>
    (world()?.regions.find(({name}) => name === region)?.cluster.pods ?? []).filter(
      ({spec}) => spec.workload === "proxy",
    );

  async function roll({stack, inputs}: Resource): Promise<void> {
    const {template} = inputs.spec as Deployment;
    const tag = tagOf(template.spec.containers[0]!.image)!;
    const program = join(folder, `image-${tag}`);
    unpack(uploaded(sources.get(tag)!), program);
    for (const pod of podsOf(stack)) {
      relink(join(folder, stack, pod.spec.name), program);
      await pod.replace();
    }
  }

  function note({inputs}: Resource): void {
    const {imageNames, sourceLocation} = inputs.runRequest as Build;
    for (const name of imageNames) sources.set(tagOf(name)!, sourceLocation);
  }

  function write({stack, inputs}: Resource): void {
    const data = inputs.data as Readonly<Record<string, string>>;
    const files = Object.entries(data);
    for (const pod of podsOf(stack)) for (const file of files) put(pod, file);
  }

  return {
    ...cloud,
    write: async (order, now) => {
      const made = await cloud.write(order, now);
      if (order.type === "azure-native:containerregistry:TaskRun") note(made);
      const isNamed = (type: string, name: string) =>
        order.type === `kubernetes:${type}` && order.name === name && now !== undefined;
      if (isNamed("apps/v1:Deployment", "proxy")) await roll(made);
      if (isNamed("core/v1:ConfigMap", "policy")) write(made);
      return made;
    },
  };
}

function unpack(archive: Uint8Array, folder: string): void {
  mkdirSync(folder, {recursive: true});
  execFileSync("tar", ["-xzf", "-", "-C", folder], {input: archive});
}

function relink(podFolder: string, program: string): void {
  for (const file of ["main.js", "issuer.js", "package.json"]) {
    rmSync(join(podFolder, file));
    symlinkSync(join(program, file), join(podFolder, file));
  }
}

const put = (pod: Pod, [name, text]: readonly [string, string]) =>
  pod.write(`policy/${name}`, text);
