import type {z} from "zod";
import {type Fault, nearest} from "./meaning.ts";
import {fileSchema} from "./schema.ts";

/** What zod found wrong with the shape, in words that mend it. */
export function shapeFaults(error: z.ZodError): Fault[] {
  return error.issues.flatMap((issue) => {
    const path = issue.path as (string | number)[];
    if (issue.code !== "unrecognized_keys") return [{path, message: messageOf(issue)}];
    return issue.keys.map((key) => ({
      path: [...path, key],
      message: `"${key}" is not a key here; ${nearest(key, keysAt(path, issue.input))}`,
    }));
  });
}

function messageOf(issue: z.core.$ZodIssue): string {
  if (issue.code === "invalid_union" && "options" in issue) return kindMessage(issue);
  if (issue.input === undefined && issue.code !== "custom") return MISSING;
  switch (issue.code) {
    case "invalid_type":
      return `is ${kindOf(issue.input)}; write ${KINDS[issue.expected] ?? `a ${issue.expected}`}`;
    case "invalid_value":
      return unknownMessage(issue.input, issue.values);
    case "too_small":
      return issue.origin === "array" || issue.origin === "string"
        ? "is empty; add at least one"
        : `is ${issue.input}; write ${issue.minimum} or more`;
    case "too_big":
      return `is ${issue.input}; write ${issue.maximum} or less`;
    case "invalid_key":
      return `is not a good name: ${issue.issues[0]?.message}`;
    default:
      return `${JSON.stringify(issue.input)} ${issue.message}`;
  }
}

type NoSuchKind = Extract<z.core.$ZodIssueInvalidUnion, {inclusive?: true}>;

/** Zod reports the whole mapping, at the path of the key that tells its kinds apart. */
function kindMessage({input, path, options = []}: NoSuchKind): string {
  const kind: unknown = Object(input)[path.at(-1) as PropertyKey];
  return kind === undefined ? MISSING : unknownMessage(kind, options);
}

function unknownMessage(value: unknown, choice: readonly unknown[]): string {
  return `${JSON.stringify(value)} is not known; ${nearest(String(value), choice.map(String))}`;
}

const MISSING = "is missing; add it";

const KINDS: Record<string, string> = {
  object: "a mapping of keys",
  record: "a mapping of keys",
  array: "a list",
  string: "a text (quote it if it looks like a number)",
  number: "a number",
  int: "a whole number",
};

function kindOf(value: unknown): string {
  if (value === null) return "empty";
  if (Array.isArray(value)) return "a list";
  if (typeof value === "object") return "a mapping";
  return JSON.stringify(value) ?? String(value);
}

/** The keys that the schema knows at `path`, where `value` stands. */
function keysAt(path: readonly (string | number)[], value: unknown): string[] {
  let schema: Schema = fileSchema as unknown as Schema;
  for (const key of path) schema = step(unwrapped(schema), key);
  return Object.keys(shapeOf(unwrapped(schema), value));
}

/** Of several kinds, the one that `value` says it is. */
function shapeOf({def}: Schema, value: unknown): Readonly<Record<string, Schema>> {
  const {shape = {}, options, discriminator = ""} = def;
  const kind: unknown = Object(value)[discriminator];
  const kinds = options?.map(({def}) => def.shape ?? {}) ?? [];
  return kinds.find((shape) => shape[discriminator]?.def.values?.includes(kind)) ?? shape;
}

/** As much of a zod schema as a walk along a path needs. */
interface Schema {
  readonly def: {
    readonly innerType?: Schema;
    readonly in?: Schema;
    readonly out?: Schema;
    readonly shape?: Record<string, Schema>;
    readonly valueType?: Schema;
    readonly element?: Schema;
    readonly options?: readonly Schema[];
    readonly discriminator?: string;
    readonly values?: readonly unknown[];
  };
}

function unwrapped(schema: Schema): Schema {
  const {innerType, out, shape, element, valueType} = schema.def;
  if (shape || element || valueType) return schema;
  const inner = innerType ?? out;
  return inner ? unwrapped(inner) : schema;
}

function step({def}: Schema, key: string | number): Schema {
  return def.shape?.[key] ?? def.valueType ?? def.element ?? {def: {}};
}
