/** Digits with a part after the point; RFC 9110 has whole seconds alone. */
const NUMBER = /^-?\d+(\.\d+)?$/;

/**
 * The seconds that a `Retry-After` header asks to wait, which may also be until a date (RFC 9110, section
 * 10.2.3); undefined if there is none that can be read.
 */
export function retryAfterS(header: unknown, nowMs: number = Date.now()): number | undefined {
  if (typeof header !== "string") return undefined;
  const seconds = NUMBER.test(header) ? Number(header) : (Date.parse(header) - nowMs) / 1000;
  return Number.isNaN(seconds) ? undefined : Math.max(0, seconds);
}
