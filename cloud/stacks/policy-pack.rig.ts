import {fullWorld} from "../../infra/fixture.ts";
import {gpuWorld} from "../../infra/gpus.ts";
import {specOf} from "../../infra/policy-pack/pod-specs.ts";
import type {Inputs, Subject} from "../../infra/policy-pack/policy.ts";
import {valuesAt} from "../../infra/policy-pack/values.ts";
import type {World} from "../../regions/world.ts";
import {isComponent} from "../types.ts";
import {others} from "./policy-pack.cases.ts";
import {runStacks} from "./stacks.ts";

/** A region names addresses, and another's cluster is private and has GPUs. */
export const world: World = {
  ...fullWorld,
  models: {...gpuWorld.models, ...fullWorld.models},
  regions: fullWorld.regions.map((region) =>
    region.name === "westeurope"
      ? {
          ...region,
          cluster: {...region.cluster, private: true},
          replicas: gpuWorld.regions[0]!.replicas,
        }
      : region,
  ),
};
/** What its stacks ask for, and what they might. */
export async function subjectsOf(): Promise<readonly Subject[]> {
  const {stacks} = await runStacks(world);
  const own = stacks.flatMap(({resources}) => resources).filter(({type}) => !isComponent(type));
  const deployment = own.find(({type}) => type.endsWith("apps/v1:Deployment"))!;
  return [...own, ...others(specIn(deployment))].map(withFirstContainers);
}

const specIn = ({type, inputs}: Subject) => valuesAt(inputs, specOf(type)!)[0]!.value as Inputs;

/** Its containers run twice: before the others too. */
function withFirstContainers(subject: Subject): Subject {
  const spec = specOf(subject.type);
  if (!spec) return subject;
  const containers = specIn(subject).containers;
  return {...subject, inputs: changed(subject.inputs, [...spec, "initContainers"], containers)};
}

/** The tree with another value at a place; undefined takes it out. `*` is the first there is. */
export function changed(tree: unknown, [key, ...rest]: readonly string[], value: unknown): Inputs {
  if (key === undefined) return value as Inputs;
  if (key === "*" && (tree === undefined || Array.isArray(tree))) {
    const [first, ...others] = (tree as unknown[] | undefined) ?? [];
    return [changed(first, rest, value), ...others] as unknown as Inputs;
  }
  const node = {...(tree as Inputs | undefined)};
  const at = key === "*" ? (Object.keys(node)[0] ?? "first") : key;
  const inner = changed(node[at], rest, value);
  if (inner === undefined) delete node[at];
  else node[at] = inner;
  return node;
}
