import {readFileSync} from "node:fs";
import {fileURLToPath} from "node:url";
import {complete} from "./complete.ts";
import {meaningFaults} from "./faults/faults.ts";
import {rootsOf} from "./meaning.ts";
import {fileSchema} from "./schema.ts";
import {readDocument} from "./text/document.ts";
import {shapeFaults} from "./text/shape.ts";
import {textOf} from "./text/text.ts";
import type {World} from "./world.ts";
import {notValid, WorldError} from "./world-error.ts";

/** Where regions.yaml is. */
export const worldFile = fileURLToPath(new URL("../regions.yaml", import.meta.url));

/** Reads, checks and completes regions.yaml. Throws WorldError. */
export function readWorld(path = worldFile): World {
  return parseWorld(bytesOf(path), path === worldFile ? "regions.yaml" : path);
}

/** The same from text or bytes. `file` is its name in faults. */
export function parseWorld(given: string | Uint8Array, file = "regions.yaml"): World {
  const bytes = typeof given === "string" ? Buffer.from(given) : given;
  const written = readDocument(textOf(bytes, file), file);
  const {value} = written;
  // Without zod's default messages, so that the schema's own can be told apart.
  const parsed = fileSchema.safeParse(value, {reportInput: true, error: () => ""});
  const shape = parsed.success ? [] : shapeFaults(parsed.error, written.source);
  const faults = rootsOf([...shape, ...meaningFaults(value)]);
  if (!parsed.success || faults.length > 0) throw notValid(file, written.locate(faults));
  return complete(parsed.data);
}

function bytesOf(path: string): Uint8Array {
  try {
    return readFileSync(path);
  } catch (cause) {
    const code = (cause as NodeJS.ErrnoException).code;
    if (code === "ENOENT")
      throw new WorldError(`${path} is not there; create it, the README shows one`);
    if (code === "EISDIR") throw new WorldError(`${path} is a directory; name the file in it`);
    if (code === "ENOTDIR")
      throw new WorldError(`${path} goes through a file as if that were a directory; name another`);
    if (code === "EACCES")
      throw new WorldError(`${path} is not for this user to read; let it: sudo chmod a+r ${path}`);
    throw cause;
  }
}
