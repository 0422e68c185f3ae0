import type {Logger} from "pino";
import {type WatchedFile, watchFile, whenThere} from "../file.ts";

/** A key, and the one before or after it, where there is one. */
export interface KeyPair<Key> {
  /** The first is in use; the other is known beside it. */
  all(): readonly [Key, ...Key[]];
  close(): void;
}

/** What is logged where a file is not there yet. */
export const missingTold = (log: Logger) => (path: string) =>
  log.warn({path}, "waiting for a file that is not there");

/** Waits for the files of keys, and reads each again whenever it changes. `idOf` is safe to put in a log. */
export async function watchKeys<Key>(
  files: readonly [string, string | undefined],
  {parse, idOf, log}: {parse: (text: string) => Key; idOf: (key: Key) => string; log: Logger},
): Promise<KeyPair<Key>> {
  const watch = (path: string): Promise<WatchedFile<Key>> =>
    whenThere(
      () =>
        watchFile({
          path,
          parse,
          changed: (key) => log.info({path, kid: idOf(key)}, "key read again"),
          refused: (cause) => log.error({path, err: cause}, "key refused; the last good one stays"),
        }),
      missingTold(log),
    );
  const [path, otherPath] = files;
  const current = await watch(path);
  const other = otherPath === undefined ? undefined : await watch(otherPath);
  return {
    all: () => (other ? [current.value, other.value] : [current.value]),
    close() {
      current.close();
      other?.close();
    },
  };
}
