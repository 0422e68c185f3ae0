import {
  closeSync,
  mkdirSync,
  openSync,
  readFileSync,
  renameSync,
  rmSync,
  writeFileSync,
} from "node:fs";
import {homedir} from "node:os";
import {dirname, isAbsolute, join} from "node:path";
import {setTimeout as sleep} from "node:timers/promises";
import {z} from "zod";

/** What is no secret of the keys that a user made on this machine. */

/** What a later release keeps besides is left as it is. */
const listedSchema = z.looseObject({
  id: z.string().min(1),
  service: z.string().min(1),
  user: z.string().min(1),
  made: z.iso.datetime(),
  goodUntil: z.iso.datetime(),
  /** Undefined where it was not ended from here. */
  ended: z.iso.datetime().optional(),
});
export type ListedKey = z.output<typeof listedSchema>;
const fileSchema = z.looseObject({keys: z.array(listedSchema)});
type Contents = z.output<typeof fileSchema>;

export interface KeyList {
  /** In the order they were made. Throws an Error that says what to do where they cannot be read. */
  read(): readonly ListedKey[];
  /** Rejects likewise, and where it cannot be written. */
  add(key: ListedKey): Promise<void>;
  /** Marks a key of the list; others are not in it. Rejects likewise. */
  end(id: string, at: string): Promise<void>;
}

/** How long another command may take to write a line. */
const TRIES = 40;
const WAIT_MS = 50;

/** XDG Base Directory Specification: a path that is not absolute is passed over. */
export function keyListFile({XDG_CONFIG_HOME: given = ""} = process.env): string {
  const folder = isAbsolute(given) ? given : join(homedir(), ".config");
  return join(folder, "meridian", "keys.json");
}

export function createKeyList(
  file: string,
  wait: (ms: number) => Promise<unknown> = sleep,
): KeyList {
  /** The new file is the lock as well: nobody else can make it before it takes the place of the old one. */
  async function change(edit: (keys: Contents["keys"]) => Contents["keys"]): Promise<void> {
    mkdirSync(dirname(file), {recursive: true, mode: 0o700});
    const next = `${file}.new`;
    const opened = await openAlone(next, wait);
    try {
      const contents = readContents(file);
      const text = JSON.stringify({...contents, keys: edit(contents.keys)}, null, 2);
      writeFileSync(opened, `${text}\n`);
      renameSync(next, file);
    } catch (error) {
      rmSync(next, {force: true});
      throw error;
    } finally {
      closeSync(opened);
    }
  }

  return {
    read: () => readContents(file).keys,
    add: (key) => change((keys) => [...keys, key]),
    end: (id, at) =>
      change((keys) => keys.map((key) => (key.id === id ? {ended: at, ...key} : key))),
  };
}

async function openAlone(file: string, wait: (ms: number) => Promise<unknown>): Promise<number> {
  for (let tries = 1; ; tries++) {
    try {
      return openSync(file, "wx", 0o600);
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code !== "EEXIST") throw error;
      if (tries === TRIES)
        throw new Error(
          `${file} is there: another npm run key writes it. If none runs, delete it.`,
        );
    }
    await wait(WAIT_MS);
  }
}

function readContents(file: string): Contents {
  const text = textOf(file);
  if (text === undefined) return {keys: []};
  try {
    return fileSchema.parse(JSON.parse(text));
  } catch (cause) {
    const message = `${file} is no list of keys, and is left as it is. Mend it, or move it away.`;
    throw new Error(message, {cause});
  }
}

/** Undefined where there is none. */
function textOf(file: string): string | undefined {
  try {
    return readFileSync(file, "utf8");
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === "ENOENT") return undefined;
    throw error;
  }
}
