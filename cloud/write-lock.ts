import {setTimeout} from "node:timers/promises";

/** Long enough that two writes that a program does not order meet. */
const WRITE_MS = 25;

/**
 * Writes that must not meet: each takes a while, and a second one to the same thing in that time is
 * refused by `conflict`.
 */
export function createTurns(conflict: (whole: string) => Error) {
  const busy = new Set<string>();
  return async function alone<T>(whole: string | undefined, work: () => T): Promise<T> {
    if (whole === undefined) return work();
    if (busy.has(whole)) throw conflict(whole);
    busy.add(whole);
    try {
      await setTimeout(WRITE_MS);
      return work();
    } finally {
      busy.delete(whole);
    }
  };
}
