import type {Resource} from "../../cloud/resource.ts";
import type {Stack} from "../../cloud/stacks/stacks.ts";
import {isComponent, shortType} from "../../cloud/types.ts";
import {dollarsOf, purposeOf, round} from "../review/purpose-and-price.ts";

/** The contents of a page of docs/stacks. */
export interface Page {
  readonly title: string;
  readonly intro: string;
  readonly stack: Stack;
}

/**
 * Every type of resource in a stack, by component: how many, why, and at what cost. Throws for a type
 * without a purpose.
 */
export function stackPage({title, intro, stack}: Page): string {
  const root = stack.resources.find(({parent}) => parent === undefined);
  const resources = stack.resources.filter(({type}) => !isComponent(type));
  const byPart = Map.groupBy(resources, (resource) => partOf(resource, stack, root?.urn));
  const parts = [...byPart].toSorted(([a], [b]) => (a < b ? -1 : 1));
  const sections = parts.map(([part, members]) => section(part, members));
  return [`# ${title}`, intro, total(resources), ...sections].join("\n\n").concat("\n");
}

/** The topmost component that contains a resource; empty if none does. */
function partOf(resource: Resource, {resources}: Stack, root: string | undefined): string {
  let top = resource;
  for (let next: Resource | undefined = resource; next && next.urn !== root; ) {
    top = next;
    const parent: string | undefined = next.parent;
    next = resources.find(({urn}) => urn === parent);
  }
  return isComponent(top.type) ? shortType(top.type) : "";
}

function section(part: string, members: readonly Resource[]): string {
  const byType = [...Map.groupBy(members, ({type}) => type)];
  const rows = byType.map(([type, all]) => row(type, all)).toSorted();
  return [
    ...(part ? [`## ${part}`, ""] : []),
    "| resource | how many | why it is there | a month |",
    "|---|---|---|---|",
    ...rows,
  ].join("\n");
}

function row(type: string, all: readonly Resource[]): string {
  const {purpose, use} = purposeOf(type);
  const sum = all.reduce((sum, resource) => sum + dollarsOf(resource), 0);
  const cost = [sum > 0 ? `$${round(sum)}` : "", use].filter(Boolean).join(", ") || "nothing";
  return `| ${shortType(type)} | ${all.length} | ${purpose} | ${cost} |`;
}

function total(resources: readonly Resource[]): string {
  const sum = resources.reduce((sum, resource) => sum + dollarsOf(resource), 0);
  const fixed = sum > 0 ? `About $${round(sum)} a month, and what is paid by use.` : "Paid by use.";
  return `${fixed} List prices, rounded: they tell tens from thousands.`;
}
