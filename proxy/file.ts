import {readFileSync, statSync} from "node:fs";

export interface WatchedFile<T> {
  /** The last good value. */
  readonly value: T;
  /** Why the file as it is now was refused; undefined while it is good. */
  readonly fault: string | undefined;
  close(): void;
}

/**
 * Reads `path` now (and throws if it cannot be parsed), then again whenever it changes. A file that
 * changed for the worse is reported through `refused`, and the last good value stays.
 *
 * Polled, because a mounted ConfigMap or secret changes by swapping a symbolic link, which inotify
 * on the file does not see; every half second, so that a revocation holds within one.
 */
export function watchFile<T>({
  path,
  parse,
  changed,
  refused,
  everyMs = 500,
}: {
  path: string;
  parse: (text: string) => T;
  changed?: (value: T) => void;
  refused: (cause: unknown) => void;
  everyMs?: number;
}): WatchedFile<T> {
  let seen = stamp(path);
  let fault: string | undefined;
  let value = parse(readFileSync(path, "utf8"));
  const timer = setInterval(check, everyMs).unref();

  function check() {
    try {
      const now = stamp(path);
      if (now === seen) return;
      seen = now;
      value = parse(readFileSync(path, "utf8"));
      fault = undefined;
      changed?.(value);
    } catch (cause) {
      fault = String(cause);
      refused(cause);
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
