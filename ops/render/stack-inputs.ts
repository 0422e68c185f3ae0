import {Document, isCollection, isPair, isScalar, type Node, visit} from "yaml";
import type {Resource} from "../../cloud/resource.ts";
import type {Stack} from "../../cloud/stacks/stacks.ts";
import {maskedStack} from "../preview/mask.ts";

/**
 * All that a stack asks for, as YAML that reads well as a difference: each resource by its place in the
 * tree of components, what is made before it, how Pulumi holds it, and its inputs. Secrets are masked.
 */
export function stackInputs(stack: Stack): string {
  const {resources, outputs} = maskedStack(stack);
  const byUrn = new Map(resources.map((resource) => [resource.urn, resource]));
  const entries = resources
    .filter((resource) => !isRoot(resource))
    .map((resource) => [placeOf(resource, byUrn), entryOf(resource, byUrn)] as const)
    .toSorted(([a], [b]) => (a < b ? -1 : 1));
  return yaml({...Object.fromEntries(entries), outputs: shown(outputs)});
}

/** YAML with a line for each small collection. */
export function yaml(value: object): string {
  const document = new Document(value, {aliasDuplicateObjects: false});
  visit(document, {
    Collection: (_, node) => {
      node.flow = isSmall(node);
    },
  });
  return document.toString({lineWidth: 0, flowCollectionPadding: false});
}

const isSmall = (node: Node) =>
  isCollection(node) &&
  node.items.every((item) => isScalar(isPair(item) ? item.value : item)) &&
  JSON.stringify(node).length <= 90;

type ByUrn = ReadonlyMap<string, Resource>;

const isRoot = ({type}: Resource) => type.startsWith("pulumi:pulumi:");

/** `Edge edge / Workload edge / Deployment edge`. */
function placeOf(resource: Resource, byUrn: ByUrn): string {
  const parent = resource.parent === undefined ? undefined : byUrn.get(resource.parent);
  if (!parent || isRoot(parent)) return titleOf(resource);
  return `${placeOf(parent, byUrn)} / ${titleOf(resource)}`;
}

const titleOf = ({type, name}: Resource) => `${type.split(":").at(-1)} ${name}`;

function entryOf(resource: Resource, byUrn: ByUrn) {
  const {type, protect, deleteBeforeReplace, dependencies = [], ignoreChanges = []} = resource;
  const provider = byUrn.get(resource.provider ?? "");
  const after = dependencies.flatMap((urn) => byUrn.get(urn) ?? []).map(titleOf);
  return {
    type,
    ...(provider && {provider: titleOf(provider)}),
    ...(after.length > 0 && {after: after.toSorted()}),
    ...(protect && {protect}),
    ...(deleteBeforeReplace && {deleteBeforeReplace}),
    ...(ignoreChanges.length > 0 && {ignoreChanges}),
    ...(Object.keys(resource.inputs).length > 0 && {inputs: shown(resource.inputs)}),
  };
}

/** With JSON texts taken apart, under keys that say so. */
function shown(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(shown);
  if (typeof value !== "object" || value === null) return value;
  return Object.fromEntries(
    Object.entries(value).map(([key, inner]) =>
      JSON_KEY.test(key) ? [`${key} (JSON)`, JSON.parse(inner)] : [key, shown(inner)],
    ),
  );
}

const JSON_KEY = /\.json$|^policy$|^jwks$/;
