import {distance} from "fastest-levenshtein";

type Path = readonly (string | number)[];

/** Something wrong at a path of regions.yaml, with its mend. */
export interface Fault {
  readonly path: Path;
  readonly message: string;
  /** Of a key that is unknown: the one that it is near to. */
  readonly meant?: Path | undefined;
  /** Of a key that is not there: the places where it might be. */
  readonly lacks?: readonly Path[];
}

/** Without what is missing because its key is misspelt, which is told already. */
export function rootsOf(faults: readonly Fault[]): Fault[] {
  const meant = new Set(faults.map(({meant}) => meant?.join("\n")));
  return faults.filter(({lacks = []}) => !lacks.some((path) => meant.has(path.join("\n"))));
}

/** A part of the file as it was written, whatever its shape. */
export type Mapping = Readonly<Record<string, unknown>>;

/** What a misspelt name will have been meant as. */
export function near(name: string, choice: readonly string[]): string | undefined {
  const apart = (other: string) =>
    distance(name, other) + Math.abs(name.length - other.length) / 100;
  const [best] = choice.toSorted((a, b) => apart(a) - apart(b));
  return best && distance(name, best) <= Math.max(2, name.length / 4) ? best : undefined;
}

/** "did you mean", or the whole choice where nothing is near. */
export function nearest(name: string, choice: readonly string[]): string {
  const best = near(name, choice);
  if (best) return `did you mean "${best}"?`;
  if (choice.length === 0) return "there is none to choose from yet";
  const shown = choice.toSorted().slice(0, 12).join(", ");
  return `use one of ${shown}${choice.length > 12 ? `, … (${choice.length} in all)` : ""}`;
}

export const isText = (value: unknown): value is string => typeof value === "string";
export const isNumber = (value: unknown): value is number => typeof value === "number";
export const isMapping = (value: unknown): value is Mapping =>
  typeof value === "object" && value !== null && !Array.isArray(value);
export const mapping = (value: unknown): Mapping => (isMapping(value) ? value : {});
export const list = (value: unknown): readonly unknown[] => (Array.isArray(value) ? value : []);
export const texts = (value: unknown): string[] => (isText(value) ? [value] : []);
