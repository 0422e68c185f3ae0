/** A line of a header section. */
export interface Field {
  readonly name: string;
  readonly value: string;
  /** What it counts in tables and lists: its octets and 32 (RFC 7541, 4.1). */
  readonly size: number;
  /** Whether no message may have it (RFC 9113, 8.2.1); looked at once, when it is made. */
  readonly isMalformed: boolean;
}

/** Tokens of RFC 9110, 5.6.2, in lower case; a colon before them where the name is a pseudo-header's. */
const NAME = /^:?[!#$%&'*+.^_`|~\da-z-]+$/;
const MALFORMED_VALUE = /[\0\r\n]|^[ \t]|[ \t]$/;

export function fieldOf(name: string, value: string): Field {
  const isMalformed = !NAME.test(name) || MALFORMED_VALUE.test(value);
  return {name, value, size: name.length + value.length + 32, isMalformed};
}
