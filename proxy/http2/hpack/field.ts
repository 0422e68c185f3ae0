/** A line of a header section. */
export interface Field {
  readonly name: string;
  readonly value: string;
  /** What it counts in tables and lists: its octets and 32 (RFC 7541, 4.1). */
  readonly size: number;
  /** Whether no message may have it (RFC 9113, 8.2); looked at once, when it is made. */
  readonly isMalformed: boolean;
}

/** Tokens of RFC 9110, 5.6.2, in lower case; a colon before them where the name is a pseudo-header's. */
const NAME = /^:?[!#$%&'*+.^_`|~\da-z-]+$/;
/** They speak of an HTTP/1.1 connection (8.2.2). */
const OF_CONNECTIONS: ReadonlySet<string> = new Set([
  "connection",
  "keep-alive",
  "proxy-connection",
  "transfer-encoding",
  "upgrade",
]);
const SPACE = 0x20;
const TAB = 0x09;

/** `isKnown` where another field has the name already. */
export function fieldOf(name: string, value: string, isKnown = false): Field {
  const isNamed = isKnown || (NAME.test(name) && !OF_CONNECTIONS.has(name));
  const isMalformed = !isNamed || !isValue(value) || (name === "te" && value !== "trailers");
  return {name, value, size: name.length + value.length + 32, isMalformed};
}

/** 8.2.1. */
function isValue(value: string): boolean {
  if (value === "") return true;
  const isBlank = (code: number) => code === SPACE || code === TAB;
  if (isBlank(value.charCodeAt(0)) || isBlank(value.charCodeAt(value.length - 1))) return false;
  return !/[\0\r\n]/.test(value);
}
