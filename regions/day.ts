/** Days in UTC, as `2026-11-26`. */

const DAY_MS = 86_400_000;

/** The day on which a time falls. */
export const dayAt = (timeMs: number): string => new Date(timeMs).toISOString().slice(0, 10);

/** Whole days until a day, or a time, begins; 0 or less where it has. */
export const daysUntil = (day: string, nowMs: number): number =>
  Math.ceil((Date.parse(day) - nowMs) / DAY_MS);
