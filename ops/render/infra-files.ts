import {join} from "node:path";
import {isDeepStrictEqual} from "node:util";
import {parse} from "yaml";
import {runStacks, type Stack} from "../../cloud/stacks/stacks.ts";
import {deployerCondition} from "../../infra/azure/deployer.ts";
import {fullWorld, smallWorld} from "../../infra/fixture.ts";
import {gpuWorld} from "../../infra/gpus.ts";
import {guardedWorld} from "../../infra/guarded.ts";
import {tagOf} from "../../infra/stacks/pins.ts";
import type {World} from "../../regions/world.ts";
import {exampleKey} from "../preview/example-key.ts";
import {stackInputs, yaml} from "./stack-inputs.ts";

/** Stacks by the names of their files: regions differ by what their entries say alone. */
const files = {global: "global", region: "eastus2", fallback: "fallback", dns: "dns"};

/** Every file of infra/rendered by its path: what the stacks of a world that shows all of it ask for. */
export async function infraFiles(): Promise<Record<string, string>> {
  const {stacks} = await runStacks(fullWorld, {signingKey: exampleKey(), now: () => 0});
  const named = (name: string) => stacks.find((stack) => stack.name === name)!;
  const image = String(named("global").outputs.image);
  const entries = Object.entries(files).map(([file, name]) => [
    `infra/rendered/${file}.yaml`,
    stackInputs(steadied(withoutEnvoy(named(name)), image, root)),
  ]);
  return {
    ...Object.fromEntries(entries),
    "infra/rendered/guarded.yaml": await changedFile(guardedWorld),
    "infra/rendered/gpus.yaml": await changedFile(gpuWorld),
    "infra/rendered/deployer-condition.txt": deployerCondition(),
    "infra/rendered/envoy.yaml": yaml(JSON.parse(envoyOf(named(files.region)))),
  };
}

/** What a world adds to `global` and to a region, or changes of them, and nothing of the rest. */
async function changedFile(world: World): Promise<string> {
  const [plain, other] = await Promise.all([smallWorld, world].map(entriesOf));
  const changed = Object.entries(other!).map(([stack, entries]) => [
    stack,
    Object.fromEntries(
      Object.entries(entries).filter(
        ([place, entry]) => !isDeepStrictEqual(entry, plain![stack]![place]),
      ),
    ),
  ]);
  return yaml(Object.fromEntries(changed));
}

/** What a world's registry and first region are made of, by stack and place. */
async function entriesOf(world: World): Promise<Record<string, Record<string, unknown>>> {
  const names = ["global", "eastus2"];
  const options = {signingKey: exampleKey(), now: () => 0, stacks: names};
  const {stacks} = await runStacks(world, options);
  const image = String(stacks[0]!.outputs.image);
  const texts = stacks.map((stack) => stackInputs(steadied(withoutEnvoy(stack), image, root)));
  return Object.fromEntries(names.map((name, at) => [name, parse(texts[at]!)]));
}

const ENVOY = "envoy.json";

interface Data {
  readonly [ENVOY]?: string;
}

const dataOf = ({inputs}: {inputs: {data?: unknown}}) => inputs.data as Data | undefined;

/** What the edge's pods are told. */
const envoyOf = ({resources}: Stack): string =>
  resources.map((resource) => dataOf(resource)?.[ENVOY]).find((text) => text !== undefined)!;

/** It has a file of its own. */
function withoutEnvoy(stack: Stack): Stack {
  const resources = stack.resources.map((resource) => {
    const data = dataOf(resource);
    if (data?.[ENVOY] === undefined) return resource;
    const elsewhere = {...data, [ENVOY]: JSON.stringify("envoy.yaml")};
    return {...resource, inputs: {...resource.inputs, data: elsewhere}};
  });
  return {...stack, resources};
}

/**
 * Without what changes with every line of the proxy, its image's hash, and by machine: where its context is
 * written. Before it is rendered, as how long a text is decides how it is laid out.
 */
export const steadied = (stack: Stack, image: string, root: string): Stack =>
  JSON.parse(
    JSON.stringify(stack)
      .replaceAll(image.split("@")[1]!, "DIGEST")
      .replaceAll(tagOf(image)!, "IMAGE")
      .replaceAll(root, ""),
  );

const root = join(import.meta.dirname, "../../");
