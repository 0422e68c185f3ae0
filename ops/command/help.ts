import {HELP, isNegative, type Option, type Options} from "./arguments.ts";

/** What --help is made of. */
export interface Help<O extends Options = Options> {
  /** The ways to call it: `npm run stacks -- [--dry-run]`. */
  readonly usage: readonly [string, ...string[]];
  /** What it does, in a paragraph. */
  readonly about: string;
  /** Operands that have a meaning of their own, and what each does. */
  readonly operands?: Readonly<Record<string, string>>;
  readonly options: O;
  /** What stands below the options. */
  readonly notes?: string;
}

/** The text of --help. */
export function helpText({usage, about, operands = {}, options, notes}: Help): string {
  const rows = [
    ...Object.entries(operands),
    ...Object.entries({...options, ...HELP}).map(([name, option]) => [
      writtenAs(name, option),
      option.text,
    ]),
  ] as [string, string][];
  const width = Math.max(...rows.map(([head]) => head.length));
  const lines = rows.map(([head, text]) => {
    const indented = text.replaceAll("\n", `\n${" ".repeat(width + 4)}`);
    return `  ${head.padEnd(width)}  ${indented}`;
  });
  const parts = [usage.join("\n"), about, lines.join("\n"), ...(notes ? [notes] : [])];
  return `${parts.join("\n\n")}\n`;
}

/** `npm run stacks` of `npm run stacks -- [--dry-run]`. */
export const nameOf = ({usage: [first]}: Help): string => first.split(" -- ")[0]!;

function writtenAs(name: string, option: Option): string {
  const written = isNegative(option) ? `--no-${name}` : `--${name}`;
  return option.value === undefined ? written : `${written} ${option.value}`;
}
