/**
 * How long a `Retry-After` header asks to wait, in seconds or until a date (RFC 9110, section 10.2.3);
 * undefined if there is none that can be read. proxy/retry-after.ts reads it alike.
 */
export function retryAfterMs(header: unknown, nowMs: number = Date.now()): number | undefined {
  if (typeof header !== "string") return undefined;
  const seconds = /^-?\d+(\.\d+)?$/.test(header) ? Number(header) : undefined;
  const waitMs = seconds === undefined ? Date.parse(header) - nowMs : seconds * 1000;
  return Number.isNaN(waitMs) ? undefined : Math.max(0, waitMs);
}
