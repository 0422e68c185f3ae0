import {randomUUID} from "node:crypto";
import {mkdirSync, readdirSync, readFileSync, renameSync, rmSync, writeFileSync} from "node:fs";
import {join} from "node:path";
import {isRunning, type Started, thisProcess} from "./running.ts";

const SUFFIX = ".lock";

/**
 * Locks a folder for this process until it calls the returned function or ends. Throws with the id of the
 * process that holds the lock. Each process writes a file of its own before it looks for those of others,
 * so of two that try at once both may be refused, but never neither. A dead process holds nothing.
 */
export function takeLock(folder: string): () => void {
  mkdirSync(folder, {recursive: true});
  const own = `${process.pid}-${randomUUID()}${SUFFIX}`;
  const release = () => rmSync(join(folder, own), {force: true});
  // Renamed into place, so that a reader always sees a complete file.
  writeFileSync(join(folder, `${own}.new`), JSON.stringify(thisProcess()));
  renameSync(join(folder, `${own}.new`), join(folder, own));
  const holder = holderOf(folder, own);
  if (!holder) return release;
  release();
  throw new Error(
    `another rollout is under way (process ${holder.pid}); wait for it, or stop it with Ctrl-C where it runs`,
  );
}

/** Who else holds the folder. Removes the files of dead processes. */
function holderOf(folder: string, own: string): Started | undefined {
  const others = readdirSync(folder).filter((name) => name.endsWith(SUFFIX) && name !== own);
  return others
    .map((name) => {
      const holder = read(join(folder, name));
      if (holder && isRunning(holder)) return holder;
      rmSync(join(folder, name), {force: true});
      return undefined;
    })
    .find((holder) => holder !== undefined);
}

/** Undefined if its owner has just released it. */
function read(path: string): Started | undefined {
  try {
    return JSON.parse(readFileSync(path, "utf8"));
  } catch {
    return undefined;
  }
}
