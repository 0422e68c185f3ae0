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
  const list = [...new Set(sorted.map(({line, col, text}) => `  - ${line}:${col} ${text}`))];
  return new WorldError(`${file} is not valid:\n${list.join("\n")}`);
}
