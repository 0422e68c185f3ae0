import {parseArgs} from "node:util";
import {nearest} from "../../regions/meaning.ts";

/** An option of a command, as `node:util` parses it and as --help shows it. */
export interface Option {
  readonly type: "boolean" | "string";
  readonly multiple?: boolean;
  readonly default?: string | boolean;
  readonly short?: string;
  /** What stands for the value in --help, such as NAME. */
  readonly value?: string;
  /** What --help says of it; its lines stay as they are. */
  readonly text: string;
}

export type Options = Readonly<Record<string, Option>>;
type Parsed<O extends Options> = ReturnType<typeof parseArgs<{options: O}>>["values"];

/** What a command was given. */
export interface Given<O extends Options> {
  readonly values: Parsed<O>;
  /** The arguments that are not options. */
  readonly operands: readonly string[];
}

/** Everything that is wrong with the arguments of a command. */
export class UsageError extends Error {
  readonly faults: readonly string[];

  constructor(...faults: readonly string[]) {
    super(faults.join("\n"));
    this.faults = faults;
  }
}

/** Every command has it. */
export const HELP: Options = {help: {type: "boolean", short: "h", text: "this text"}};

/**
 * Takes the arguments apart, and tells those that are not as the options ask. Those are left out of the
 * values, so that the others can be read all the same.
 */
export function parseArguments<O extends Options>(
  args: readonly string[],
  options: O,
  takesOperands: boolean,
): Given<O> & {readonly wantsHelp: boolean; readonly faults: readonly string[]} {
  const known: Options = {...options, ...HELP};
  const {values, positionals, tokens} = parseArgs({
    args: [...args],
    options: known,
    strict: false,
    allowNegative: true,
    tokens: true,
  });
  const faults: string[] = [];
  for (const token of tokens) {
    if (token.kind === "positional" && !takesOperands)
      faults.push(`"${token.value}" is not an option; each begins with --`);
    const fault = token.kind === "option" ? shapeFault(token, known) : undefined;
    if (token.kind !== "option" || fault === undefined) continue;
    faults.push(fault);
    values[token.name] = known[token.name]?.default;
  }
  const {help, ...rest} = values;
  return {values: rest as Parsed<O>, operands: positionals, wantsHelp: help === true, faults};
}

interface OptionToken {
  readonly name: string;
  readonly rawName: string;
  readonly value: string | undefined;
}

function shapeFault({name, rawName, value}: OptionToken, options: Options): string | undefined {
  const names = optionNames(options);
  const written = rawName === "-h" ? "--help" : rawName;
  if (!names.includes(written)) return `${rawName} is not an option; ${nearest(rawName, names)}`;
  if (options[name]?.type !== "string")
    return value === undefined ? undefined : `${rawName} takes no value`;
  return value ? undefined : `${rawName} wants a value; write it behind it`;
}

/** Whether an option is written to turn off what is on: --no-console. */
export const isNegative = (option: Option): boolean => option.default === true;

const optionNames = (options: Options): string[] =>
  Object.entries(options).map(([name, option]) =>
    isNegative(option) ? `--no-${name}` : `--${name}`,
  );

/** Reads each part of what was given; throws one UsageError with the faults of all parts. */
export function readAll<Parts extends Readonly<Record<string, () => unknown>>>(
  parts: Parts,
): {[Name in keyof Parts]: ReturnType<Parts[Name]>} {
  const faults: string[] = [];
  const entries = Object.entries(parts).map(([name, read]) => {
    try {
      return [name, read()];
    } catch (error) {
      if (!(error instanceof UsageError)) throw error;
      faults.push(...error.faults);
      return [name, undefined];
    }
  });
  if (faults.length > 0) throw new UsageError(...faults);
  return Object.fromEntries(entries);
}

/** The value of an option that is a whole number within bounds. */
export function wholeNumber(
  option: string,
  text: string | undefined,
  least: number,
  most: number,
): number {
  const number = Number(text);
  if (text !== undefined && Number.isInteger(number) && number >= least && number <= most)
    return number;
  const found = text === undefined ? "is missing: " : `${text}: `;
  throw new UsageError(`${option} ${found}write a number from ${least} to ${most}`);
}

/** The value of an option that is one of some names. */
export function oneOf<Name extends string>(
  option: string,
  text: string,
  names: readonly Name[],
): Name {
  const name = names.find((known) => known === text);
  if (name !== undefined) return name;
  throw new UsageError(`${option} ${text}: ${nearest(text, names)}`);
}
