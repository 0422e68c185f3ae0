import type {Field} from "./hpack/field.ts";

/** What came in a header section, by name in lower case. Of a name that is there twice, see `joined`. */
export type Fields = Readonly<Record<string, string | undefined>>;

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
const PSEUDO: Readonly<Record<SectionKind, ReadonlySet<string>>> = {
  request: new Set([":method", ":scheme", ":authority", ":path"]),
  response: new Set([":status"]),
  trailers: new Set(),
};
/** Their values are no lists: the first counts (RFC 9110, 5.3). */
const SINGLE: ReadonlySet<string> = new Set([
  "authorization",
  "content-encoding",
  "content-type",
  "host",
  "retry-after",
  "user-agent",
  "x-request-id",
]);
const LENGTH = /^\d{1,15}$/;

/** Gathers the sections of one connection, one after the other. */
export function createSections(mostBytes: number) {
  let kind: SectionKind = "request";
  let fields: Record<string, string | undefined> = Object.create(null);
  let fault: string | undefined;
  let bytes = 0;
  let contentLength = -1;
  let isRegular = false;

  function begin(of: SectionKind): void {
    kind = of;
    fields = Object.create(null);
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
    fault = field.isMalformed ? `${JSON.stringify(name)} may not be here` : faultOf(name, value);
    const before = fields[name];
    fields[name] = before === undefined ? value : joined(name, before, value);
  }

  function faultOf(name: string, value: string): string | undefined {
    if (name.charCodeAt(0) === COLON) return pseudoFault(name);
    isRegular = true;
    return name === "content-length" ? lengthFault(value) : undefined;
  }

  function pseudoFault(name: string): string | undefined {
    if (isRegular) return `${name} after other headers`;
    if (!PSEUDO[kind].has(name)) return `${name} is not for ${kind}`;
    return name in fields ? `${name} twice` : undefined;
  }

  function lengthFault(value: string): string | undefined {
    const isOther = contentLength >= 0 && Number(value) !== contentLength;
    if (!LENGTH.test(value) || isOther) return "content-length is no number, or two";
    contentLength = Number(value);
    return undefined;
  }

  function end(): Section {
    const isTooLarge = bytes > mostBytes;
    // What was not read on may be what seems to be absent.
    if (!isTooLarge) fault ??= absence(kind, fields);
    return {fields, fault, isTooLarge, contentLength};
  }

  return {begin, take, end};
}

const COLON = 58;

/** RFC 9110, 5.3, and for cookies RFC 9113, 8.2.3. */
function joined(name: string, before: string, value: string): string {
  if (SINGLE.has(name) || name === "content-length") return before;
  return `${before}${name === "cookie" ? "; " : ", "}${value}`;
}

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
