import {type Completion, complete, type Question} from "./completer.ts";

/** What a model thinks before it answers. */
export interface Thoughts {
  /** They take time like others, and count against `max_completion_tokens`. */
  readonly tokens: number;
  /** Whether its host streams them, as `reasoning_content`; else nobody sees them. */
  readonly shown: boolean;
}

/**
 * How hard a model thinks where nobody says, by MicrosoftDocs/azure-ai-docs, articles/foundry/openai/how-to/reasoning.md
 * (2026-02) and its users' reports of gpt-5.6 and gpt-6; gpt-oss, which shows it, by its README. The first counts.
 */
const habits: readonly (readonly [models: RegExp, effort: string, shown: boolean])[] = [
  [/^gpt-oss-/, "medium", true],
  [/^gpt-5\.[1-5](-|$)/, "none", false],
  [/^gpt-[5-9](\.|-|$)/, "medium", false],
];
const THOUGHTLESS = ["", "none", false] as const;

/** Tokens by effort. The figures are ours: few enough to wait for, enough to use up a small limit. */
const TOKENS: Readonly<Record<string, number>> = {
  ...{none: 0, minimal: 4, low: 30},
  ...{medium: 150, high: 600, xhigh: 2000, max: 6000},
};

/** What a model thinks of a chat with this `reasoning_effort`. */
export function thoughtsOf(model: string, effort: unknown): Thoughts {
  const [, habit, shown] = habits.find(([models]) => models.test(model)) ?? THOUGHTLESS;
  return {tokens: TOKENS[typeof effort === "string" ? effort : habit] ?? 0, shown};
}

/** A completion, and how much was thought before it. */
export interface Considered extends Completion {
  readonly thoughts: number;
}

/** What a model completes after its thoughts. They may use up all that it was allowed: then it says nothing. */
export function consider(question: Question, {tokens}: Thoughts): Considered {
  const thoughts = Math.min(tokens, question.maxTokens);
  const maxTokens = question.maxTokens - thoughts;
  if (maxTokens === 0) return {thoughts, tokens: [], finish: "length"};
  return {thoughts, ...complete({...question, maxTokens})};
}
