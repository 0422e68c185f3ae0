import {setTimeout} from "node:timers/promises";

/** Long enough for two writes that a program does not order to meet. */
const WRITE_MS = 25;

/** Runs writes that hold an id for a while: a second write to the same id in that time is refused by its `conflict`. */
export function createWriteLock() {
  const held = new Set<string>();
  return async function locked<T>(
    id: string | undefined,
    conflict: (id: string) => Error,
    write: () => T,
  ): Promise<T> {
    if (id === undefined) return write();
    if (held.has(id)) throw conflict(id);
    held.add(id);
    try {
      await setTimeout(WRITE_MS);
      return write();
    } finally {
      held.delete(id);
    }
  };
}
