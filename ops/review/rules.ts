import {exposed} from "../../dns/plan.ts";
import {UsageError} from "../command/arguments.ts";
import type {ResourceChange, StackChange} from "./difference.ts";
import {lossOf} from "./losses.ts";
import type {Review} from "./review.ts";

/** Something that a change must not break. */
export interface Rule {
  readonly text: string;
  broken(review: Review): readonly string[];
}

export const rulesHelp = `protected   nothing that is protected, or that users need, goes before its successor is there
fallback    every place has a region to fall back to
policy-pack nothing breaks a policy of infra/policy-pack
moved=N     no more than N places are served by others than before`;

/** Throws with every text that is not a rule. */
export function parseRules(texts: readonly string[]): Rule[] {
  const unknown = texts.filter((text) => !ruleOf(text));
  if (unknown.length === 0) return texts.map((text) => ruleOf(text)!);
  const names = unknown.map((text) => `"${text}"`).join(", ");
  throw new UsageError(`--expect ${names}: not a rule; the rules are\n${rulesHelp}`);
}

function ruleOf(text: string): Rule | undefined {
  if (text === "protected") return {text, broken: losses};
  if (text === "fallback") return {text, broken: ({plan}) => exposed(plan.rules, plan.pools)};
  if (text === "policy-pack") return {text, broken: ({refused}) => refused};
  const [, most] = /^moved=(\d+)$/.exec(text) ?? [];
  return most === undefined ? undefined : {text, broken: (review) => moved(review, Number(most))};
}

const losses = ({stacks}: Review) =>
  stacks.flatMap((stack) => stack.resources.flatMap((change) => lossesOf(stack, change)));

function lossesOf({stack, change: whole}: StackChange, change: ResourceChange): string[] {
  const {resource, protect, deletedFirst} = change;
  const {text, serves, sole = false} = lossOf(resource.type);
  const subject = `${resource.type} ${resource.name} of ${stack}`;
  if (change.change === "refused") return [`${subject} ${refusalOf(change)}`];
  if (change.change === "replaced" && (protect || (deletedFirst && serves)))
    return [`${subject} is replaced, and gone until its successor is there: ${text}`];
  // The resources of a region that leaves regions.yaml are meant to go.
  if (change.change === "removed" && (protect || (sole && whole === "changed")))
    return [`${subject} is removed, and with it ${text}`];
  return [];
}

function refusalOf({forcedBy, frozen}: ResourceChange): string {
  const asked = frozen.map(({path, reason}) => `${path} (${reason})`).join(", ");
  const why = asked
    ? `is refused by Azure for ${asked}`
    : `cannot be replaced for ${forcedBy.join(", ")}, as its successor would have its name`;
  return `${why}; see docs/operations.md, "What cannot change"`;
}

function moved({dns}: Review, most: number): string[] {
  const count = dns.moves.reduce((sum, {places}) => sum + places.length, 0);
  return count > most ? [`${count} places move`] : [];
}
