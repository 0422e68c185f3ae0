import {readFileSync, statSync} from "node:fs";

export interface WatchedFile<T> {
  /** The last good value. */
  readonly value: T;
  /** Why the file as it is now was refused; undefined while it is good. */
  readonly fault: string | undefined;
  close(): void;
}

/**
 * Reads `path` now (and throws if it cannot be parsed or accepted), then again whenever it changes.
 * `accept` may refuse a value by throwing; it then leaves everything as it was. A file that changed for
 * the worse is reported through `refused`, once for each fault, and tried again until it is good: what it
 * names may come after it.
 *
 * Polled, because a mounted ConfigMap or secret changes by swapping a symbolic link, which inotify
 * on the file does not see; every half second, so that a revocation holds within one.
 */
export function watchFile<T>({
  path,
  parse,
  accept = () => {},
  changed,
  refused,
  everyMs = 500,
}: {
  path: string;
  parse: (text: string) => T;
  accept?: (value: T) => void;
  changed?: (value: T) => void;
  refused: (cause: unknown) => void;
  everyMs?: number;
}): WatchedFile<T> {
  let seen = stamp(path);
  let fault: string | undefined;
  let value = read();
  const timer = setInterval(check, everyMs).unref();

  function read(): T {
    const text = readFileSync(path, "utf8");
    try {
      const next = parse(text);
      accept(next);
      return next;
    } catch (cause) {
      if ((cause as NodeJS.ErrnoException).code === "ENOENT") throw cause;
      throw new Error(`${path}: ${(cause as Error).message}`, {cause});
    }
  }

  function check() {
    try {
      const now = stamp(path);
      if (now === seen && fault === undefined) return;
      seen = now;
      value = read();
      fault = undefined;
      changed?.(value);
    } catch (cause) {
      const isNew = fault !== String(cause);
      fault = String(cause);
      if (isNew) refused(cause);
    }
  }

  return {
    get value() {
      return value;
    },
    get fault() {
      return fault;
    },
    close: () => clearInterval(timer),
  };
}

function stamp(path: string): string {
  const {mtimeMs, ino, size} = statSync(path);
  return `${mtimeMs}/${ino}/${size}`;
}

/** Makes what needs files, once they are all there; `missing` hears of each that is waited for, over and over. */
export async function whenThere<T>(
  make: () => T,
  missing: (path: string) => void,
  everyMs = 500,
): Promise<T> {
  for (let said = ""; ; await new Promise((resolve) => setTimeout(resolve, everyMs))) {
    try {
      return make();
    } catch (cause) {
      const {code, path = ""} = cause as NodeJS.ErrnoException;
      if (code !== "ENOENT") throw cause;
      if (path !== said) missing(path);
      said = path;
    }
  }
}
