import {isUtf8} from "node:buffer";
import {ProxyError} from "../errors.ts";
import {type Constant, JsonBody} from "./json-body.ts";
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
  /** The same, of what is not made anew for each body. */
  setConstant(name: string, constant: Constant): void;
  remove(name: string): void;
  /** A copy, whose members may be set and removed by themselves. */
  fork(): Body;
  /** As UTF-8; `over` is written instead of what has its name. */
  bytes(over?: Readonly<Record<string, unknown>>): Buffer;
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
    const members = membersOf(bytes);
    const last = lastOf(members);
    return new JsonBody(bytes, last, last.length === members.length);
  } catch (cause) {
    if (!(cause instanceof JsonFault)) throw cause;
    const message = `The body ${cause.message}, at byte ${cause.at}; send a JSON object.`;
    throw new ProxyError("BODY_INVALID", {message, cause});
  }
}

const NOT_UTF8 = "The body is not UTF-8; send it so.";

/** So many are compared with each other in less time than a map of them takes. */
const FEW = 16;

/** Where a name is there twice the last one counts, and the others go: they would reach the host unseen. */
function lastOf(members: readonly Member[]): readonly Member[] {
  if (members.length <= FEW && !hasTwins(members)) return members;
  const byName = new Map(members.map((member) => [member.name, member]));
  return members.filter((one) => byName.get(one.name) === one);
}

function hasTwins(members: readonly Member[]): boolean {
  for (let one = 1; one < members.length; one++)
    for (let other = 0; other < one; other++)
      if (members[one]!.name === members[other]!.name) return true;
  return false;
}

/** A body that nobody sent. */
export function bodyOf(values: Readonly<Record<string, unknown>>): Body {
  const body = new JsonBody(Buffer.alloc(0), [], false);
  for (const [name, value] of Object.entries(values)) body.set(name, value);
  return body;
}
