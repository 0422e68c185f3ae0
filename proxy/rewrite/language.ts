import type {Policy} from "../policy.ts";
import {type Body, isObject} from "./body.ts";

type Rules = Pick<Policy, "mutations" | "experiments" | "mirrors">;

/** By which the policy's rules tell requests apart. Editors name it beside the prompt; it is only read where a rule asks. */
export function languageOf(body: Body, rules: Rules): string | undefined {
  if (!areAsked(rules)) return undefined;
  const extra = body.get("extra");
  const language = isObject(extra) ? extra.language : undefined;
  return typeof language === "string" ? language : undefined;
}

const known = new WeakMap<Rules, boolean>();

/** Whether any rule is for languages. */
function areAsked(rules: Rules): boolean {
  const before = known.get(rules);
  if (before !== undefined) return before;
  const {mutations, experiments, mirrors} = rules;
  const arms = experiments.flatMap(({arms}) => arms);
  const all = [mutations, experiments, mirrors, ...arms.map(({mutations}) => mutations)].flat();
  const asked = all.some(({when}) => when.languages.length > 0);
  known.set(rules, asked);
  return asked;
}
