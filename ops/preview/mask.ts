import type {Inputs, Resource} from "../../cloud/resource.ts";
import type {Stack} from "../../cloud/stacks/stacks.ts";
import {kindOf} from "../../cloud/types.ts";

export const MASK = "[secret]";

/** The stack as it may be printed. Whatever leaves the process goes through here. */
export function maskedStack({name, resources, outputs, secretOutputs}: Stack): Stack {
  return {
    name,
    resources: resources.map(masked),
    outputs: mask(outputs, secretOutputs),
    secretOutputs,
  };
}

/** The resource as it may be printed: without what the program, or its type, says is secret. */
export function masked(resource: Resource): Resource {
  const paths = [...resource.secrets, ...secretsOf(resource.type)];
  return {
    ...resource,
    inputs: mask(resource.inputs, paths),
    outputs: mask(resource.outputs, paths),
  };
}

/** Dotted paths of what a type's inputs keep secret, whether or not a program says so. */
export const secretsOf = (type: string) => kindOf(type)?.secret ?? [];

export const mask = (tree: Inputs, paths: readonly string[]) =>
  paths.reduce((tree, path) => maskAt(tree, path.split(".")) as Inputs, tree);

/** Keys may hold dots: the longest run of the path that is a key is taken. */
function maskAt(tree: unknown, path: readonly string[]): unknown {
  if (path.length === 0) return MASK;
  if (typeof tree !== "object" || tree === null) return tree;
  for (let length = path.length; length > 0; length--) {
    const key = path.slice(0, length).join(".");
    if (!Object.hasOwn(tree, key)) continue;
    const value = maskAt(tree[key as keyof typeof tree], path.slice(length));
    return Array.isArray(tree) ? tree.with(Number(key), value) : {...tree, [key]: value};
  }
  return tree;
}
