import {distance} from "fastest-levenshtein";

type Path = readonly (string | number)[];

/** Something wrong at a path of regions.yaml, with its remedy. */
export interface Fault {
  readonly path: Path;
  readonly message: string;
  /** For an unknown key: the path of the key that was probably meant. */
  readonly meant?: Path | undefined;
  /** For a missing key: the paths where it may stand. */
  readonly lacks?: readonly Path[];
}

/** Drops missing keys that are misspelt, since the misspelling is reported already. */
export function rootsOf(faults: readonly Fault[]): Fault[] {
  const meant = new Set(faults.map(({meant}) => meant?.join("\n")));
  return faults.filter(({lacks = []}) => !lacks.some((path) => meant.has(path.join("\n"))));
}

/** A part of the file as written, which may have any shape. */
export type Mapping = Readonly<Record<string, unknown>>;

/** The name that a misspelt one probably stands for. */
export function near(name: string, choice: readonly string[]): string | undefined {
  const apart = (other: string) =>
    distance(name, other) + Math.abs(name.length - other.length) / 100;
  const [best] = choice.toSorted((a, b) => apart(a) - apart(b));
  return best && distance(name, best) <= Math.max(2, name.length / 4) ? best : undefined;
}

/** `did you mean "x"?`, or all choices where none is close. */
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
