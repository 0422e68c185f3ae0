import type {Resource} from "../../cloud/resource.ts";
import type {Stack} from "../../cloud/stacks/stacks.ts";
import {isComponent, shortType} from "../../cloud/types.ts";
import {maskedStack} from "./mask.ts";
import {summaryOf} from "./resource-summary.ts";

/** Every stack as a tree, then how much there is in all and how long it took. */
export function report(stacks: readonly Stack[], tookMs: number): string {
  const total = count(stacks.flatMap(({resources}) => resources));
  const noun = stacks.length === 1 ? "stack" : "stacks";
  const summary = `${stacks.length} ${noun}: ${total} resources, in ${(tookMs / 1000).toFixed(1)} s. Nothing was created.`;
  return `${[...stacks.map(treeOf), summary].join("\n\n")}\n`;
}

/** Everything that is known about the stacks, secrets masked. */
export const asJson = (stacks: readonly Stack[]) =>
  `${JSON.stringify(stacks.map(maskedStack), null, 2)}\n`;

/** The resources of a stack as a tree under its name, each with its summary; secrets masked. */
export function treeOf(stack: Stack): string {
  const {name, resources, outputs} = maskedStack(stack);
  const root = resources.find(({parent}) => parent === undefined);
  const title = `${name}  (${count(resources)})`;
  return [title, ...branches(resources, root?.urn), ...outputLines(outputs)].join("\n");
}

/**
 * How many resources there are, by cloud. Components and stacks are not counted: nothing is made for them.
 */
function count(resources: readonly Resource[]): string {
  const of = (prefix: string) => resources.filter(({type}) => type.startsWith(prefix)).length;
  const [azure, kubernetes] = [of("azure-native:"), of("kubernetes:")];
  return [azure && `${azure} Azure`, kubernetes && `${kubernetes} Kubernetes`]
    .filter(Boolean)
    .join(", ");
}

function branches(resources: readonly Resource[], parent: string | undefined): string[] {
  const children = resources.filter((resource) => resource.parent === parent).sort(byPlace);
  return children.flatMap((child, at) => {
    const isLast = at === children.length - 1;
    const below = [...details(child), ...branches(resources, child.urn)];
    const [fork, rail] = isLast ? ["└─ ", "   "] : ["├─ ", "│  "];
    return [`${fork}${titleOf(child)}`, ...below.map((line) => `${rail}${line}`)];
  });
}

/** Resources come before components, then by type and name: the order in which they are made varies. */
const byPlace = (a: Resource, b: Resource) =>
  Number(isComponent(a.type)) - Number(isComponent(b.type)) ||
  compare(shortType(a.type), shortType(b.type)) ||
  compare(a.name, b.name);

const compare = (a: string, b: string) => (a < b ? -1 : a > b ? 1 : 0);

function titleOf(resource: Resource): string {
  if (isComponent(resource.type)) return componentTitle(shortType(resource.type), resource.name);
  const {name, facts} = summaryOf(resource);
  const title = [`${shortType(resource.type)} ${name}`, facts.join(", ")]
    .filter(Boolean)
    .join(": ");
  return resource.protect ? `${title} (protected)` : title;
}

/** An only child need not say its name. */
const componentTitle = (kind: string, name: string) =>
  kind.toLowerCase() === name ? kind : `${kind} ${name}`;

const details = (resource: Resource) => summaryOf(resource).lines.map((line) => `  ${line}`);

function outputLines(outputs: Readonly<Record<string, unknown>>): string[] {
  const lines = Object.entries(outputs).map(([name, value]) => `  ${name} = ${short(value)}`);
  return lines.length > 0 ? ["outputs", ...lines] : [];
}

const short = (value: unknown) => {
  const text = typeof value === "string" ? value : JSON.stringify(value);
  return text.length > 100 ? `${text.slice(0, 99)}…` : text;
};
