import {escaped, folded} from "./markdown.ts";
import type {Review} from "./review.ts";
import type {Rule} from "./rules.ts";
import {otherSections, stackSections, summary} from "./sections.ts";

export interface Judged {
  readonly review: Review;
  /** The revision that it is compared with, as it was given. */
  readonly base: string;
  readonly rules: readonly Rule[];
}

/** The review for a terminal. */
function asText({review, base, rules}: Judged): string {
  const parts = [
    [`Against ${base}: ${summary(review).join("\n")}`],
    ...[...stackSections(review), ...otherSections(review)].map(({title, lines}) => [
      title,
      ...lines.map((line) => `  ${line}`),
    ]),
    verdicts(review, rules).map(({rule, breaks}) => verdict(rule, breaks)),
  ];
  return `${parts
    .filter((part) => part.length > 0)
    .map((part) => part.join("\n"))
    .join("\n\n")}\n`;
}

/** The review as a comment on a pull request: broken rules first, stacks folded. */
function asMarkdown({review, base, rules}: Judged): string {
  const judged = verdicts(review, rules).map(
    ({rule, breaks}) => `- ${breaks.length > 0 ? "❌" : "✅"} ${verdict(rule, breaks)}`,
  );
  const parts = [
    `Against \`${base}\`: ${summary(review).join(" ")}`,
    judged.join("\n"),
    ...otherSections(review).map(
      ({title, lines}) => `**${title}**\n${lines.map((line) => `- ${escaped(line)}`).join("\n")}`,
    ),
    ...stackSections(review).map(({title, lines}) => folded(title, lines.join("\n"), "diff")),
  ];
  return `${parts.filter(Boolean).join("\n\n")}\n`;
}

/** The whole review, for other programs. */
function asJson({review, base, rules}: Judged): string {
  const {plan: _, ...rest} = review;
  const broken = verdicts(review, rules).filter(({breaks}) => breaks.length > 0);
  return `${JSON.stringify({base, ...rest, broken}, null, 2)}\n`;
}

export const formats: ReadonlyMap<string, (judged: Judged) => string> = new Map([
  ["text", asText],
  ["markdown", asMarkdown],
  ["json", asJson],
]);

export const isBroken = ({review, rules}: Judged) =>
  rules.some((rule) => rule.broken(review).length > 0);

const verdicts = (review: Review, rules: readonly Rule[]) =>
  rules.map((rule) => ({rule: rule.text, breaks: rule.broken(review)}));

const verdict = (rule: string, breaks: readonly string[]) =>
  breaks.length > 0 ? `${rule} is broken: ${breaks.join("; ")}` : `${rule} holds`;
