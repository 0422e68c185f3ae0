import {
  accessSync,
  constants,
  existsSync,
  mkdirSync,
  readFileSync,
  statSync,
  writeFileSync,
} from "node:fs";
import {dirname} from "node:path";
import {UsageError} from "./arguments.ts";

/** The text of a file that an option, or an operand, names. Throws a UsageError that says what is wrong with the file. */
export function textIn(option: string, file: string): string {
  const of = `${option} ${file}`;
  const bytes = attempt(of, file, "read", () => readFileSync(file));
  const text = decoded(bytes);
  if (text === undefined)
    throw new UsageError(`${of}: is not a text in UTF-8; name another file, or save it as UTF-8`);
  if (text.trim() === "") throw new UsageError(`${of}: is empty; name the file that was meant`);
  return text;
}

/** Undefined where the bytes are not a text. */
function decoded(bytes: Uint8Array): string | undefined {
  try {
    const text = new TextDecoder("utf-8", {fatal: true}).decode(bytes);
    return text.includes("\0") ? undefined : text;
  } catch {
    return undefined;
  }
}

/** Writes a file that an option names, its folder too where that is not there. Throws a UsageError. */
export function writeText(option: string, file: string, text: string): void {
  attempt(`${option} ${file}`, file, "write", () => {
    mkdirSync(dirname(file), {recursive: true});
    writeFileSync(file, text);
  });
}

/** Sees to it, before long work, that a file can be written in the end. Throws a UsageError. */
export function requireWritable(option: string, file: string): void {
  attempt(`${option} ${file}`, file, "write", () => {
    mkdirSync(dirname(file), {recursive: true});
    if (!existsSync(file)) return accessSync(dirname(file), constants.W_OK);
    if (statSync(file).isDirectory()) throw Object.assign(new Error(), {code: "EISDIR"});
    accessSync(file, constants.W_OK);
  });
}

type Use = "read" | "write";

function attempt<Result>(of: string, file: string, use: Use, work: () => Result): Result {
  try {
    return work();
  } catch (cause) {
    const {code = ""} = cause as NodeJS.ErrnoException;
    const fault = faultOf(code, file, use);
    if (fault === undefined) throw cause;
    throw new UsageError(`${of}: ${fault}`);
  }
}

/** What the system's code says of a file, with the mend; undefined for codes that say nothing of it. */
export function faultOf(code: string, file: string, use: Use): string | undefined {
  switch (code) {
    case "ENOENT":
      return "is not there; see whether it is written right, from this folder on";
    case "EISDIR":
      return "is a folder; name the file in it";
    case "ENOTDIR":
    case "EEXIST":
      return "goes through a file as if that were a folder; name another";
    case "EACCES":
    case "EPERM":
      return use === "read"
        ? `this user may not read it; let it: sudo chmod a+r ${file}, or name a copy of your own`
        : "this user may not write there; name a place of your own";
    case "EROFS":
      return "is on a disk that takes no writes; name another place";
    case "ENOSPC":
      return "the disk is full; make room";
    default:
      return undefined;
  }
}
