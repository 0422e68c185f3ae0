import {exposed} from "../../dns/plan.ts";
import type {Review} from "./review.ts";

/** What must hold of a change. Says what breaks it. */
export interface Rule {
  readonly text: string;
  broken(review: Review): readonly string[];
}

export const rulesHelp = `protected   no protected resource is replaced or removed
fallback    every place has a region to fall back to
moved=N     no more than N places are served by others than before`;

/** Throws with every text that is no rule. */
export function parseRules(texts: readonly string[]): Rule[] {
  const unknown = texts.filter((text) => !ruleOf(text));
  if (unknown.length === 0) return texts.map((text) => ruleOf(text)!);
  const names = unknown.map((text) => `"${text}"`).join(", ");
  throw new Error(`--expect ${names}: not a rule; the rules are\n${rulesHelp}`);
}

function ruleOf(text: string): Rule | undefined {
  if (text === "protected") return {text, broken: losses};
  if (text === "fallback") return {text, broken: ({plan}) => exposed(plan.rules, plan.pools)};
  const [, most] = /^moved=(\d+)$/.exec(text) ?? [];
  return most === undefined ? undefined : {text, broken: (review) => moved(review, Number(most))};
}

const losses = ({stacks}: Review) =>
  stacks.flatMap(({stack, resources}) =>
    resources
      .filter(({protect, change}) => protect && (change === "replaced" || change === "removed"))
      .map(({resource, change}) => `${resource.type} ${resource.name} of ${stack} is ${change}`),
  );

function moved({dns}: Review, most: number): string[] {
  const count = dns.moves.reduce((sum, {places}) => sum + places.length, 0);
  return count > most ? [`${count} places move`] : [];
}
