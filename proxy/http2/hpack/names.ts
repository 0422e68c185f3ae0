/**
 * The names whose values the proxy reads, each with its place among what a section is gathered in. Who reads another
 * one enters it here.
 */
export const SLOTS = {
  ":authority": 0,
  ":method": 1,
  ":path": 2,
  ":scheme": 3,
  ":status": 4,
  "api-key": 5,
  authorization: 6,
  "content-encoding": 7,
  "content-length": 8,
  "content-type": 9,
  "editor-plugin-version": 10,
  "editor-version": 11,
  priority: 12,
  "retry-after": 13,
  "retry-after-ms": 14,
  traceparent: 15,
  "x-api-key": 16,
  "x-copilot-speculative": 17,
  "x-forwarded-for": 18,
  "x-ratelimit-limit-requests": 19,
  "x-ratelimit-limit-tokens": 20,
  "x-ratelimit-remaining-requests": 21,
  "x-ratelimit-remaining-tokens": 22,
  "x-request-id": 23,
} as const;

export type KnownName = keyof typeof SLOTS;

/** Values that are seldom said twice, and would push out those that are. */
export const CHANGING: ReadonlySet<string> = new Set([
  "content-length",
  "date",
  "retry-after",
  "traceparent",
  "x-github-request-id",
  "x-ratelimit-remaining-requests",
  "x-ratelimit-remaining-tokens",
  "x-request-id",
]);

/** A name, looked at once, when it is made. */
export interface Name {
  readonly text: string;
  /** Its place in SLOTS; -1 where it has none. */
  readonly slot: number;
  /** Whether the proxy reads it, and is told the same again and again. */
  readonly isRepeated: boolean;
  readonly isPseudo: boolean;
  /** Whether no message may have it (RFC 9113, 8.2). */
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

const KNOWN: ReadonlyMap<string, Name> = new Map(
  Object.entries(SLOTS).map(([text, slot]) => [text, createName(text, slot)]),
);

export const nameOf = (text: string): Name => KNOWN.get(text) ?? createName(text, -1);

function createName(text: string, slot: number): Name {
  const isMalformed = !NAME.test(text) || OF_CONNECTIONS.has(text);
  const isRepeated = slot >= 0 && !CHANGING.has(text);
  return {text, slot, isRepeated, isPseudo: text.startsWith(":"), isMalformed};
}
