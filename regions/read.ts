import {readFileSync} from "node:fs";
import {fileURLToPath} from "node:url";
import {type Document, isMap, isPair, isScalar, LineCounter, type Node, parseDocument} from "yaml";
import {complete} from "./complete.ts";
import {meaningFaults} from "./faults.ts";
import type {Fault} from "./meaning.ts";
import {fileSchema} from "./schema.ts";
import {shapeFaults} from "./shape.ts";
import type {World} from "./world.ts";

/** Everything wrong with regions.yaml, each fault with its place and its mend. */
export class WorldError extends Error {}

const here = fileURLToPath(new URL("../regions.yaml", import.meta.url));
/** Forty regions with everything said by hand are 20 KB. */
const MAX_BYTES = 1 << 20;
const MAX_ALIASES = 100;

/** Reads, checks and completes regions.yaml. Throws WorldError. */
export function readWorld(path = here): World {
  return parseWorld(readText(path), path === here ? "regions.yaml" : path);
}

/** The same from its text. `file` is what faults call it. */
export function parseWorld(text: string, file = "regions.yaml"): World {
  const lines = new LineCounter();
  const document = parseDocument(text, {lineCounter: lines, prettyErrors: false, uniqueKeys: true});
  const broken = yamlFaults(document, lines);
  if (broken.length > 0) throw notValid(file, broken);
  const value = toPlain(document, file);
  const parsed = fileSchema.safeParse(value, {reportInput: true});
  const faults = [...(parsed.success ? [] : shapeFaults(parsed.error)), ...meaningFaults(value)];
  if (!parsed.success || faults.length > 0)
    throw notValid(
      file,
      faults.map((fault) => located(fault, document, lines)),
    );
  return complete(parsed.data);
}

function readText(path: string): string {
  try {
    const text = readFileSync(path, "utf8");
    if (text.length > MAX_BYTES)
      throw new WorldError(`${path} is over ${MAX_BYTES} bytes; split the service in two`);
    return text;
  } catch (cause) {
    const code = (cause as NodeJS.ErrnoException).code;
    if (code === "ENOENT")
      throw new WorldError(`${path} is not there; create it, the README shows one`);
    if (code === "EISDIR") throw new WorldError(`${path} is a directory; name the file in it`);
    throw cause;
  }
}

/** A fault that knows its line; sorted by it. */
interface Located {
  readonly line: number;
  readonly col: number;
  readonly text: string;
}

function notValid(file: string, faults: readonly Located[]): WorldError {
  const sorted = faults.toSorted((a, b) => a.line - b.line || a.col - b.col);
  const list = [...new Set(sorted.map(({line, col, text}) => `  - ${line}:${col} ${text}`))];
  return new WorldError(`${file} is not valid:\n${list.join("\n")}`);
}

const YAML_MENDS: Record<string, string> = {
  DUPLICATE_KEY: "this key is there twice; remove one",
  TAB_AS_INDENT: "a tab is used to indent; use spaces",
};

/** Of faults of syntax the first alone: the others are as a rule its echo. */
function yamlFaults({errors}: Document.Parsed, lines: LineCounter): Located[] {
  const syntax = errors.filter(({code}) => code !== "DUPLICATE_KEY").slice(0, 1);
  const told = [...syntax, ...errors.filter(({code}) => code === "DUPLICATE_KEY")];
  return told.map(({code, message, pos}) => {
    const text = YAML_MENDS[code] ?? `${message.replace(/\.$/, "")}; mend the YAML here`;
    return {...lines.linePos(pos[0]), text};
  });
}

function toPlain(document: Document.Parsed, file: string): unknown {
  if (document.contents === null)
    throw new WorldError(`${file} is empty; the README shows what belongs into it`);
  try {
    return document.toJS({maxAliasCount: MAX_ALIASES});
  } catch (cause) {
    throw new WorldError(
      `${file} uses its aliases more than ${MAX_ALIASES} times; write the values out`,
      {cause},
    );
  }
}

function located({path, message}: Fault, document: Document, lines: LineCounter): Located {
  const offset = offsetOf(document, path);
  const text = path.length > 0 ? `${path.join(".")}: ${message}` : message;
  return {...lines.linePos(offset), text};
}

/** Where the key at `path` stands, or the nearest of its parents that is there. */
function offsetOf(document: Document, path: Fault["path"]): number {
  if (path.length === 0) return document.contents?.range?.[0] ?? 0;
  const parent = document.getIn(path.slice(0, -1), true);
  const last = path.at(-1);
  if (isMap(parent)) {
    const pair = parent.items.find(({key}) => isScalar(key) && String(key.value) === String(last));
    if (isPair(pair) && isScalar(pair.key) && pair.key.range) return pair.key.range[0];
  }
  const node = document.getIn(path, true) as Node | undefined;
  return node?.range?.[0] ?? offsetOf(document, path.slice(0, -1));
}
