import type {Recording} from "./recording.ts";
import type {Difference} from "./replay.ts";

/** One line for each step that came out otherwise, by stack; then the sum. */
export function report({steps}: Recording, differences: readonly Difference[]): string {
  const stacks = Map.groupBy(differences, ({stack}) => stack);
  const lines = [...stacks].flatMap(([stack, all]) => [`${stack}:`, ...all.flatMap(told)]);
  const sum =
    differences.length === 0
      ? `Steps: ${steps.length}, and the stand-in answers all of them as the recorded cloud did.`
      : `Steps: ${steps.length}; where they differ: ${differences.length}. What it means: docs/stand-in.md`;
  return [...lines, sum].join("\n");
}

function told({op, type, name, text}: Difference): string[] {
  const [first, ...more] = text.split("\n");
  const title = `${op} ${type.replace(/^(azure-native|kubernetes):/, "")} ${name}`;
  return [`  ${title}: ${first}`, ...more.map((line) => `    ${line}`)];
}
