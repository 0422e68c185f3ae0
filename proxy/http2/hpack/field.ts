import type {Name} from "./names.ts";

/** A line of a header section. */
export interface Field {
  readonly name: Name;
  /** Without blanks at its ends. */
  readonly value: string;
  /** What it counts in tables and lists: its octets and 32 (RFC 7541, 4.1). */
  readonly size: number;
  /** Whether no message may have it (RFC 9113, 8.2); looked at once, when it is made. */
  readonly isMalformed: boolean;
}

const SPACE = 0x20;
const TAB = 0x09;

export function fieldOf(name: Name, value: string): Field {
  const isValue = !/[\0\r\n]/.test(value) && !(name.isPseudo && isPadded(value));
  const isMalformed = name.isMalformed || !isValue || (name.text === "te" && value !== "trailers");
  const size = name.text.length + value.length + 32;
  return {name, value: isPadded(value) ? trimmed(value) : value, size, isMalformed};
}

/**
 * 8.2.1 has no blanks at the ends of a value. RFC 9110, 5.5, does without them, and so do we: a client whose key is not
 * set says `Bearer `, which the edge passes on, and is to hear 401.
 */
const isPadded = (value: string) =>
  value !== "" && (isBlank(value.charCodeAt(0)) || isBlank(value.charCodeAt(value.length - 1)));
const isBlank = (code: number) => code === SPACE || code === TAB;

function trimmed(value: string): string {
  let start = 0;
  let end = value.length;
  while (start < end && isBlank(value.charCodeAt(start))) start++;
  while (end > start && isBlank(value.charCodeAt(end - 1))) end--;
  return value.slice(start, end);
}
