import {shortType} from "../../cloud/types.ts";
import {describe} from "../../dns/difference.ts";
import {listed} from "../../dns/table.ts";
import {summaryOf} from "../preview/resource-summary.ts";
import type {QuotaChange} from "./demand.ts";
import type {ResourceChange, StackChange} from "./difference.ts";
import type {ImageChange} from "./images.ts";
import {lossOf} from "./losses.ts";
import {round} from "./purpose-and-price.ts";
import type {Review} from "./review.ts";
import {sentence} from "./values.ts";

/**
 * A part of a review, with a title. Lines about a resource begin with a sign that says what happens to it.
 */
export interface Section {
  readonly title: string;
  readonly lines: readonly string[];
}

const signs = {added: "+", changed: "~", replaced: "!", refused: "!", removed: "-"} as const;

/** A section for each stack that comes or goes; then the changes of others, those that are alike together. */
export function stackSections({stacks}: Review): Section[] {
  const whole = stacks.filter(({change}) => change === "added" || change === "removed");
  const changed = stacks.filter(({change}) => change === "changed");
  return [...whole.map(wholeSection), ...sharedSections(changed)];
}

function wholeSection({stack, change, resources}: StackChange): Section {
  const nature = change === "added" ? "new" : "no longer in regions.yaml";
  return {title: `${stack}: ${nature}, ${resources.length} resources`, lines: kindLines(resources)};
}

/** Resources that change alike are shown once, under the names of all their stacks. */
function sharedSections(stacks: readonly StackChange[]): Section[] {
  const blocks = stacks.flatMap((change) =>
    blocksOf(change).map((text) => ({text, stack: change.stack})),
  );
  const stacksOf = Map.groupBy(blocks, ({text}) => text);
  const shared = [...stacksOf].map(([text, all]) => ({text, in: all.map(({stack}) => stack)}));
  const sections = [...Map.groupBy(shared, (block) => block.in.join(", "))];
  const told = new Set<string>();
  return sections
    .toSorted(([, [a]], [, [b]]) => b!.in.length - a!.in.length)
    .map(([names, members]) => {
      const besides = members[0]!.in.every((stack) => told.has(stack)) ? ", besides" : "";
      for (const stack of members[0]!.in) told.add(stack);
      return {title: `${names}${besides}`, lines: members.flatMap(({text}) => text.split("\n"))};
    });
}

/** The changes of each resource, as one text each. */
const blocksOf = ({resources, outputs}: StackChange): string[] => [
  ...resources.map(resourceBlock),
  ...outputs.map((value) => `~ output ${sentence(value)}`),
];

function kindLines(resources: readonly ResourceChange[]): string[] {
  const kinds = Map.groupBy(resources, ({resource}) => resource.type);
  return [...kinds].map(([type, all]) => {
    const names = all.map(
      ({resource, protect}) => `${resource.name}${protect ? " (protected)" : ""}`,
    );
    return `${signs[all[0]!.change]} ${shortType(type)}: ${names.join(", ")}`;
  });
}

function resourceBlock(change: ResourceChange): string {
  const {resource, values, protect} = change;
  const {facts} = summaryOf(resource);
  const about = values.length === 0 && facts.length > 0 ? `: ${facts.join(", ")}` : "";
  const guarded = protect ? " (protected)" : "";
  return [
    `${signs[change.change]} ${shortType(resource.type)} ${resource.name}${guarded}${about}${fateOf(change)}`,
    ...values.map((value) => `    ${sentence(value)}`),
  ].join("\n");
}

/** What happens to a resource beyond the change of its properties. */
function fateOf(of: ResourceChange): string {
  const {change, resource, forcedBy, deletedFirst, frozen, drained} = of;
  if (frozen.length > 0) return `, refused by Azure for ${paths(frozen)}`;
  const why = `replaced for ${forcedBy.join(", ")}`;
  if (change === "refused") return `, refused: ${why} by one of its own name`;
  if (change !== "replaced") return drained.length > 0 ? `, drains ${drained.join("; ")}` : "";
  if (!deletedFirst) return `, ${why}, its successor first`;
  return `, ${why}, and gone until its successor is there: ${lossOf(resource.type).text}`;
}

const paths = (frozen: ResourceChange["frozen"]) => frozen.map(({path}) => path).join(", ");

/** The other sections; those with nothing to say are left out. */
export function otherSections(review: Review): Section[] {
  const {dns, networks, images, policy, quotas, costs} = review;
  const dnsLines = dns.moves.length + dns.chains.length + dns.warnings.length > 0;
  return [
    {title: "Images", lines: images.map(imageLine)},
    {title: "Policy", lines: policy},
    {title: "DNS", lines: dnsLines ? describe(dns, NAMED).trimEnd().split("\n") : networks},
    {
      title: "Quota (thousands of tokens a minute, or provisioned units)",
      lines: quotas.map(quotaLine),
    },
    {title: "Fixed cost (list prices, rounded)", lines: costLines(costs)},
  ].filter(({lines}) => lines.length > 0);
}

/** How many places of a move are named. */
const NAMED = 20;

const imageLine = ({from, to, containers, stacks}: ImageChange) =>
  `${from} -> ${to}: ${containers.join(", ")} of ${listed(stacks, 8)}`;

const quotaLine = ({region, model, sku, from, to}: QuotaChange) =>
  `${region}: ${model} ${sku} ${from} -> ${to}`;

function costLines(costs: Review["costs"]): string[] {
  if (costs.length === 0) return [];
  const sum = costs.reduce((sum, {from, to}) => sum + to - from, 0);
  const of = costs.map(({stack, from, to}) => `${stack} ${signed(to - from)}`);
  return [`${signed(sum)} a month: ${of.join(", ")}`];
}

const signed = (dollars: number) => `${dollars < 0 ? "-" : "+"}$${round(Math.abs(dollars))}`;

/** Two lines: how much changes, and which stacks do not. */
export function summary({stacks}: Review): string[] {
  const count = (change: ResourceChange["change"]) =>
    stacks.flatMap(({resources}) => resources).filter((one) => one.change === change).length;
  const same = stacks.filter(({change}) => change === "same").map(({stack}) => stack);
  const refused = count("refused");
  const resources = `${count("added")} to add, ${count("changed")} to change, ${count("replaced")} to replace, ${count("removed")} to remove${refused > 0 ? `, ${refused} refused` : ""}.`;
  if (same.length === stacks.length) return ["No stack changes."];
  return [resources, ...(same.length > 0 ? [`Unchanged: ${same.join(", ")}.`] : [])];
}
