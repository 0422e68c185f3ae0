import {isUtf8} from "node:buffer";
import {ProxyError} from "../errors.ts";
import {type Member, membersOf} from "./members.ts";
import {JsonFault} from "./scanner.ts";

/**
 * The body of a request, a JSON object. It is sent on as its client wrote it, byte for byte, but for the
 * members that are changed by name.
 */
export interface Body {
  names(): string[];
  /** Those that its client wrote, whatever has become of them. */
  written(): string[];
  has(name: string): boolean;
  /** The value of a member; numbers are as exact as JavaScript's. Not to be changed in place. */
  get(name: string): unknown;
  /** The same, to be changed in place: numbers that are not exact keep their digits as RawNumber. */
  open(name: string): unknown;
  set(name: string, value: unknown): void;
  remove(name: string): void;
  /** A copy, whose members may be set and removed by themselves. */
  fork(): Body;
  /** As UTF-8; `over` is written instead of what has its name. */
  bytes(over?: Readonly<Record<string, unknown>>): Buffer;
}

/** A number as it was written, where JavaScript would write another. */
interface RawNumber {
  readonly rawJSON: string;
}

/** A reviver's third argument: the text that a value was read from. */
interface Source {
  readonly source?: string;
}

declare global {
  // Not yet among TypeScript's types: https://tc39.es/proposal-json-parse-with-source/
  interface JSON {
    rawJSON(text: string): RawNumber;
    isRawJSON(value: unknown): value is RawNumber;
    parse(
      text: string,
      revive: (name: string, value: unknown, context: Source) => unknown,
    ): unknown;
  }
}

/** The number that a value is, or undefined. */
export function numberOf(value: unknown): number | undefined {
  if (JSON.isRawJSON(value)) return Number(value.rawJSON);
  return typeof value === "number" ? value : undefined;
}

export function isObject(value: unknown): value is Record<string, unknown> {
  return (
    typeof value === "object" && value !== null && !Array.isArray(value) && !JSON.isRawJSON(value)
  );
}

/** Throws BODY_INVALID, with what is wrong and where. */
export function parseBody(bytes: Buffer): Body {
  if (!isUtf8(bytes)) throw new ProxyError("BODY_INVALID", {message: NOT_UTF8});
  try {
    return new JsonBody(bytes, lastOf(membersOf(bytes)));
  } catch (cause) {
    if (!(cause instanceof JsonFault)) throw cause;
    const message = `The body ${cause.message}, at byte ${cause.at}; send a JSON object.`;
    throw new ProxyError("BODY_INVALID", {message, cause});
  }
}

/** Keeping all digits costs microseconds a value. Longer lists lose them: no parameter has long lists of such numbers. */
const MAX_EXACT_VALUES = 2000;
/** Where a name is there twice the last one counts, and the others go: they would reach the host unseen. */
function lastOf(members: readonly Member[]): Map<string, Member> {
  const byName = new Map(members.map((member) => [member.name, member]));
  if (byName.size === members.length) return byName;
  return new Map(
    members.filter((one) => byName.get(one.name) === one).map((one) => [one.name, one]),
  );
}

const NOT_UTF8 = "The body is not UTF-8; send it so.";

/** A body that nobody sent. */
export function bodyOf(values: Readonly<Record<string, unknown>>): Body {
  return new JsonBody(Buffer.alloc(0), new Map(), new Map(Object.entries(values)));
}

class JsonBody implements Body {
  readonly #text: Buffer;
  readonly #members: ReadonlyMap<string, Member>;
  /** In the place of the members of their names; undefined stands for one that was removed. */
  readonly #changes: Map<string, unknown>;
  /** Values that have been asked for. */
  readonly #read = new Map<string, unknown>();

  constructor(
    text: Buffer,
    members: ReadonlyMap<string, Member>,
    changes: Map<string, unknown> = new Map(),
  ) {
    this.#text = text;
    this.#members = members;
    this.#changes = changes;
  }

  names(): string[] {
    const all = new Set([...this.#members.keys(), ...this.#changes.keys()]);
    return [...all].filter((name) => this.has(name));
  }

  written(): string[] {
    return [...this.#members.keys()];
  }

  has(name: string): boolean {
    const changes = this.#changes;
    return changes.has(name) ? changes.get(name) !== undefined : this.#members.has(name);
  }

  get(name: string): unknown {
    if (this.#changes.has(name)) return this.#changes.get(name);
    const member = this.#members.get(name);
    if (!member) return undefined;
    if (!this.#read.has(name)) this.#read.set(name, JSON.parse(this.#rawOf(member)));
    return this.#read.get(name);
  }

  open(name: string): unknown {
    const member = this.#members.get(name);
    if (!member || this.#changes.has(name)) return this.#changes.get(name);
    const parse = member.values > MAX_EXACT_VALUES ? JSON.parse : parseExactly;
    const value = parse(this.#rawOf(member));
    this.#changes.set(name, value);
    return value;
  }

  set(name: string, value: unknown): void {
    this.#changes.set(name, value);
  }

  remove(name: string): void {
    this.#changes.set(name, undefined);
  }

  fork(): Body {
    return new JsonBody(this.#text, this.#members, new Map(this.#changes));
  }

  bytes(over: Readonly<Record<string, unknown>> = {}): Buffer {
    const parts: Part[] = this.#runs(over);
    for (const [name, value] of this.#changes)
      if (value !== undefined && !Object.hasOwn(over, name)) parts.push(written(name, value));
    for (const [name, value] of Object.entries(over)) parts.push(written(name, value));
    return joined(this.#text, parts);
  }

  /** Members that stay, and stand side by side, are copied together. */
  #runs(over: Readonly<Record<string, unknown>>): Run[] {
    const found: Run[] = [];
    let next = -1;
    for (const {name, place, from, end} of this.#members.values()) {
      if (this.#changes.has(name) || Object.hasOwn(over, name)) continue;
      if (place === next) found.at(-1)!.end = end;
      else found.push({from, end});
      next = place + 1;
    }
    return found;
  }

  #rawOf({start, end}: Member): string {
    return this.#text.toString("utf8", start, end);
  }
}

/** A part of the text that was read, or what is written instead. */
type Part = Run | string;

interface Run {
  readonly from: number;
  end: number;
}

const written = (name: string, value: unknown) =>
  `${JSON.stringify(name)}:${JSON.stringify(value)}`;

/** The object of these parts, in one piece of memory. */
function joined(text: Buffer, parts: readonly Part[]): Buffer {
  let size = 2 + Math.max(0, parts.length - 1);
  for (const part of parts) size += sizeOf(part);
  const bytes = Buffer.allocUnsafe(size);
  let at = 0;
  for (const part of parts) {
    bytes[at] = at === 0 ? OPEN : COMMA;
    at++;
    if (typeof part === "string") at += bytes.write(part, at);
    else at += text.copy(bytes, at, part.from, part.end);
  }
  if (parts.length === 0) bytes[at++] = OPEN;
  bytes[at] = CLOSE;
  return bytes;
}

const sizeOf = (part: Part) =>
  typeof part === "string" ? Buffer.byteLength(part) : part.end - part.from;

const [OPEN, COMMA, CLOSE] = [0x7b, 0x2c, 0x7d];

/** Numbers that would be written otherwise than they are keep their digits. */
const parseExactly = (text: string): unknown =>
  JSON.parse(text, (_, value, {source}) =>
    typeof value === "number" && String(value) !== source ? JSON.rawJSON(source as string) : value,
  );
