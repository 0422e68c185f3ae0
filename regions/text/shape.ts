import {z} from "zod";
import {type Fault, near, nearest} from "../meaning.ts";
import {fileSchema} from "../schema.ts";

/** The scalar at a path, as written. */
type Source = (path: Fault["path"]) => string | undefined;

/** Turns zod's issues into faults with remedies. */
export function shapeFaults(error: z.ZodError, source: Source): Fault[] {
  return error.issues.flatMap((issue) => {
    const path = issue.path as (string | number)[];
    if (issue.code === "unrecognized_keys")
      return issue.keys.map((key) => unknownKey(key, path, keysAt(path, issue.input)));
    if (issue.code === "invalid_key")
      return issue.issues.map((inner) => ({
        path,
        message: messageOf({...inner, input: path.at(-1)} as z.core.$ZodIssue),
      }));
    const message = messageOf(issue, source(path));
    return [{path, message, ...(message === MISSING && {lacks: [path]})}];
  });
}

function unknownKey(key: string, path: Fault["path"], known: readonly string[]): Fault {
  const meant = near(key, known);
  return {
    path: [...path, key],
    message: `"${key}" is not a key here; ${nearest(key, known)}`,
    meant: meant === undefined ? undefined : [...path, meant],
  };
}

/** `source` is the scalar as written, where it has no quotes. */
function messageOf(issue: z.core.$ZodIssue, source?: string): string {
  const {input} = issue;
  if (issue.code === "invalid_union" && "options" in issue) return kindMessage(issue);
  if (input === undefined && issue.code !== "custom") return MISSING;
  const isCollection = typeof input === "object" && input !== null;
  if (issue.message !== "" && input === null)
    return `is empty; ${issue.message.slice(issue.message.indexOf("; ") + 2)}`;
  if (issue.message !== "")
    return isCollection ? issue.message : `${shown(input, source)} ${issue.message}`;
  switch (issue.code) {
    case "invalid_type":
      return `is ${kindOf(input, source)}; write ${kindFor(issue.expected, input, source)}`;
    case "invalid_value":
      return unknownMessage(input, issue.values);
    case "too_small":
    case "too_big":
      return boundMessage(issue, source);
    default:
      return `is ${kindOf(input, source)}, which is not understood here; write something else`;
  }
}

type NoSuchKind = Extract<z.core.$ZodIssueInvalidUnion, {inclusive?: true}>;

/** Zod reports the whole mapping, at the path of its discriminator. */
function kindMessage({input, path, options = []}: NoSuchKind): string {
  const kind: unknown = Object(input)[path.at(-1) as PropertyKey];
  return kind === undefined ? MISSING : unknownMessage(kind, options);
}

function unknownMessage(value: unknown, choice: readonly unknown[]): string {
  const what = typeof value === "string" ? `${shown(value)} is not known` : `is ${kindOf(value)}`;
  return `${what}; ${nearest(String(value), choice.map(String))}`;
}

const MISSING = "is missing; add it";

function boundMessage(
  issue: z.core.$ZodIssueTooSmall | z.core.$ZodIssueTooBig,
  source: string | undefined,
): string {
  const {input, origin, inclusive} = issue;
  const [limit, beyond, more] =
    issue.code === "too_small"
      ? [issue.minimum, "more", "more than"]
      : [issue.maximum, origin === "number" || origin === "int" ? "less" : "fewer", "less than"];
  const said = inclusive === false ? `${more} ${limit}` : `${limit} or ${beyond}`;
  if (typeof input === "string")
    return input === "" ? "is empty; write it" : `has ${input.length} characters; write ${said}`;
  if (!Array.isArray(input)) return `is ${shown(input, source)}; write ${said}`;
  return limit === 1 ? "is empty; add at least one" : `has ${input.length}; write ${said}`;
}

const KINDS: Record<string, string> = {
  object: "a mapping of keys",
  record: "a mapping of keys",
  array: "a list",
  string: "a text",
  number: "a number",
  int: "a whole number",
  boolean: "true or false",
};

/** What belongs there, with the value that was obviously meant. */
function kindFor(expected: string, input: unknown, source: string | undefined): string {
  const kind = KINDS[expected] ?? `a ${expected}`;
  if (expected === "string" && source) return `${kind}, in quotes: "${source}"`;
  if (typeof input !== "string") return kind;
  if (expected === "boolean") return BOOLEANS.get(input.toLowerCase()) ?? kind;
  if (expected !== "number" && expected !== "int") return kind;
  if (/^[-+]?0\d+$/.test(input)) return `${kind}, without the 0 before it`;
  return input.trim() !== "" && Number.isFinite(Number(input)) ? `${kind}, without quotes` : kind;
}

/** Booleans of YAML 1.1, which are strings in YAML 1.2, and quoted ones. */
const BOOLEANS = new Map([
  ...["y", "yes", "on", "true"].map((word) => [word, "true"] as const),
  ...["n", "no", "off", "false"].map((word) => [word, "false"] as const),
]);

function kindOf(value: unknown, source?: string): string {
  if (value === null) return "empty";
  if (Array.isArray(value)) return "a list";
  if (typeof value === "object") return "a mapping";
  return shown(value, source);
}

/** A value for a message; numbers as written. */
const shown = (value: unknown, source?: string): string =>
  typeof value === "string" ? JSON.stringify(withoutKey(value)) : (source ?? String(value));

/** Of a key in PEM its first line: it may be a private one, and faults go to logs. */
const withoutKey = (text: string) => text.replace(/(-----BEGIN .*?-----).+/s, "$1…");

/** The keys that the schema knows at `path`, where `value` stands. */
function keysAt(path: readonly (string | number)[], value: unknown): string[] {
  let schema = z.toJSONSchema(fileSchema, {io: "input"}) as JsonSchema;
  for (const key of path)
    schema = schema.properties?.[key] ?? schema.additionalProperties ?? schema.items ?? {};
  const kind = schema.oneOf?.find(({properties = {}}) => isOfKind(value, properties)) ?? schema;
  return Object.keys(kind.properties ?? {});
}

/** Whether a mapping has the one value that its kind has for the key that tells the kinds apart. */
const isOfKind = (value: unknown, properties: Readonly<Record<string, JsonSchema>>) =>
  Object.entries(properties).some(
    ([key, {const: only}]) => only !== undefined && only === Object(value)[key],
  );

/** As much of a JSON Schema as a walk along a path needs. */
interface JsonSchema {
  readonly properties?: Readonly<Record<string, JsonSchema>>;
  readonly additionalProperties?: JsonSchema;
  readonly items?: JsonSchema;
  readonly oneOf?: readonly JsonSchema[];
  readonly const?: unknown;
}
