/** Everything wrong with regions.yaml, each fault with its place and its mend. */
export class WorldError extends Error {}

/** A fault that knows where it is; lines and columns count from 1. */
export interface Located {
  readonly line: number;
  readonly col: number;
  readonly text: string;
}

/** All faults of a file, in its order, each once. */
export function notValid(file: string, faults: readonly Located[]): WorldError {
  const sorted = faults.toSorted((a, b) => a.line - b.line || a.col - b.col);
  const told = sorted.map(({line, col, text}) => `  - ${line}:${col} ${readable(text)}`);
  const list = [...new Set(told)];
  return new WorldError(`${file} is not valid:\n${list.join("\n")}`);
}

/** Longer than the longest id that is worth reading. */
const WORD = 200;

/**
 * On one line, without a terminal's controls, no word of the file's longer than it can be read, and of an
 * address nothing that may be a secret: faults go to logs.
 */
const readable = (text: string): string =>
  text
    .replaceAll(/[\p{Cc}\u2028\u2029]/gu, (control) => `\\u${hex(control)}`)
    .replaceAll(/(\w:\/\/)[^\s/@"]*@/g, "$1…@")
    .replaceAll(/(\w:\/\/[^\s?"]*\?)[^\s"]+/g, "$1…")
    .replaceAll(LONG, (word) => `${word.slice(0, WORD)}…`);

const LONG = new RegExp(`[^\\s"]{${WORD + 1},}`, "g");

const hex = (sign: string) => sign.charCodeAt(0).toString(16).padStart(4, "0");
