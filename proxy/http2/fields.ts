import type {Field} from "./hpack/field.ts";
import {type KnownName, type Name, SLOTS} from "./hpack/names.ts";

/**
 * What came in a header section, by name in lower case: of one shape whatever came, so that it is made and read fast.
 * Of a name that is there twice, see `joined`.
 */
export type Fields = {readonly [Known in KnownName]?: string | undefined} & {
  /** Those whose names the proxy does not read, in the order in which they came. */
  readonly others?: readonly Field[] | undefined;
};

/** A header section as it came. */
export interface Section {
  readonly fields: Fields;
  /** Why no message may be like this (RFC 9113, 8.1.1); undefined where it is well-formed. */
  readonly fault: string | undefined;
  /** Whether it is longer than we read (10.5.1). */
  readonly isTooLarge: boolean;
  /** Bytes that the content is to have; -1 where none are announced. */
  readonly contentLength: number;
}

export type SectionKind = "request" | "response" | "trailers";

/** Which pseudo-headers there are (8.3.1, 8.3.2, 8.1). */
const PSEUDO: Readonly<Record<SectionKind, readonly number[]>> = {
  request: [SLOTS[":method"], SLOTS[":scheme"], SLOTS[":authority"], SLOTS[":path"]],
  response: [SLOTS[":status"]],
  trailers: [],
};
/** Their values are no lists: the first counts (RFC 9110, 5.3). */
const SINGLE: ReadonlySet<string> = new Set<KnownName>([
  "authorization",
  "content-encoding",
  "content-length",
  "content-type",
  "retry-after",
  "x-request-id",
]);
const LENGTH = /^\d{1,15}$/;

/** Gathers the sections of one connection, one after the other. */
export function createSections(mostBytes: number) {
  let kind: SectionKind = "request";
  /** By slot. */
  const values = new Array<string | undefined>(Object.keys(SLOTS).length).fill(undefined);
  let others: Field[] | undefined;
  let fault: string | undefined;
  let bytes = 0;
  let contentLength = -1;
  let isRegular = false;

  function begin(of: SectionKind): void {
    kind = of;
    values.fill(undefined);
    others = undefined;
    fault = undefined;
    bytes = 0;
    contentLength = -1;
    isRegular = false;
  }

  /** What is too large or malformed is read on, as the next block refers to what this one enters into the table. */
  function take(field: Field): void {
    bytes += field.size;
    if (bytes > mostBytes || fault !== undefined) return;
    const {name, value} = field;
    fault = faultOf(field);
    if (name.slot >= 0) keep(name, value);
    else if (others) others.push(field);
    else others = [field];
  }

  function keep({slot, text}: Name, value: string): void {
    const before = values[slot];
    values[slot] = before === undefined ? value : joined(text, before, value);
  }

  function faultOf({name, value, isMalformed}: Field): string | undefined {
    if (isMalformed) return `${JSON.stringify(name.text)} may not be here`;
    if (name.isPseudo) return pseudoFault(name);
    isRegular = true;
    return name.slot === SLOTS["content-length"] ? lengthFault(value) : undefined;
  }

  function pseudoFault({slot, text}: Name): string | undefined {
    if (isRegular) return `${text} after other headers`;
    if (!PSEUDO[kind].includes(slot)) return `${text} is not for ${kind}`;
    return values[slot] === undefined ? undefined : `${text} twice`;
  }

  function lengthFault(value: string): string | undefined {
    const length = LENGTH.test(value) ? Number(value) : -1;
    if (length < 0 || (contentLength >= 0 && length !== contentLength))
      return "content-length is no number, or two";
    contentLength = length;
    return undefined;
  }

  function end(): Section {
    const isTooLarge = bytes > mostBytes;
    const fields = fieldsOf(values, others);
    // What was not read on may be what seems to be absent.
    if (!isTooLarge) fault ??= absence(kind, fields);
    return {fields, fault, isTooLarge, contentLength};
  }

  return {begin, take, end};
}

function fieldsOf(
  values: readonly (string | undefined)[],
  others: readonly Field[] | undefined,
): Required<Fields> {
  return {
    ":authority": values[SLOTS[":authority"]],
    ":method": values[SLOTS[":method"]],
    ":path": values[SLOTS[":path"]],
    ":scheme": values[SLOTS[":scheme"]],
    ":status": values[SLOTS[":status"]],
    "api-key": values[SLOTS["api-key"]],
    authorization: values[SLOTS.authorization],
    "content-encoding": values[SLOTS["content-encoding"]],
    "content-length": values[SLOTS["content-length"]],
    "content-type": values[SLOTS["content-type"]],
    "editor-plugin-version": values[SLOTS["editor-plugin-version"]],
    "editor-version": values[SLOTS["editor-version"]],
    priority: values[SLOTS.priority],
    "retry-after": values[SLOTS["retry-after"]],
    "retry-after-ms": values[SLOTS["retry-after-ms"]],
    traceparent: values[SLOTS.traceparent],
    "x-api-key": values[SLOTS["x-api-key"]],
    "x-copilot-speculative": values[SLOTS["x-copilot-speculative"]],
    "x-forwarded-for": values[SLOTS["x-forwarded-for"]],
    "x-ratelimit-limit-requests": values[SLOTS["x-ratelimit-limit-requests"]],
    "x-ratelimit-limit-tokens": values[SLOTS["x-ratelimit-limit-tokens"]],
    "x-ratelimit-remaining-requests": values[SLOTS["x-ratelimit-remaining-requests"]],
    "x-ratelimit-remaining-tokens": values[SLOTS["x-ratelimit-remaining-tokens"]],
    "x-request-id": values[SLOTS["x-request-id"]],
    others,
  };
}

/** RFC 9110, 5.3. */
const joined = (name: string, before: string, value: string): string =>
  SINGLE.has(name) ? before : `${before}, ${value}`;

function absence(kind: SectionKind, fields: Fields): string | undefined {
  if (kind === "trailers") return undefined;
  if (kind === "response")
    return /^[1-5]\d\d$/.test(fields[":status"] ?? "") ? undefined : "no :status";
  const {":method": method, ":scheme": scheme, ":path": path, ":authority": authority} = fields;
  if (!method) return "no :method";
  if (method === "CONNECT")
    return authority && scheme === undefined && path === undefined ? undefined : "no plain CONNECT";
  if (!scheme) return "no :scheme";
  // 8.3.1: "*" for OPTIONS alone.
  const isPath = path?.startsWith("/") || (path === "*" && method === "OPTIONS");
  return isPath ? undefined : "no :path";
}
