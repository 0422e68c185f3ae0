/** Everything that is wrong with regions.yaml, each fault with its position and remedy. */
export class WorldError extends Error {}

/** A fault with its position; lines and columns count from 1. */
export interface Located {
  readonly line: number;
  readonly col: number;
  readonly text: string;
}

/** All faults of a file in order, each once. */
export function notValid(file: string, faults: readonly Located[]): WorldError {
  const sorted = faults.toSorted((a, b) => a.line - b.line || a.col - b.col);
  const told = sorted.map(({line, col, text}) => `  - ${line}:${col} ${readable(text)}`);
  const list = [...new Set(told)];
  return new WorldError(`${file} is not valid:\n${list.join("\n")}`);
}

/** Longer than any id that is worth reading. */
const WORD = 200;

/**
 * Faults go to logs: on one line, without control characters, long words cut, and without any part of a URL
 * that may be a secret.
 */
const readable = (text: string): string =>
  text
    .replaceAll(/[\p{Cc}\u2028\u2029]/gu, (control) => `\\u${hex(control)}`)
    .replaceAll(/(\w:\/\/)[^\s/@"]*@/g, "$1…@")
    .replaceAll(/(\w:\/\/[^\s?"]*\?)[^\s"]+/g, "$1…")
    .replaceAll(LONG, (word) => `${word.slice(0, WORD)}…`);

const LONG = new RegExp(`[^\\s"]{${WORD + 1},}`, "g");

const hex = (sign: string) => sign.charCodeAt(0).toString(16).padStart(4, "0");
