import {places} from "../../regions/places/places.ts";

/** Codes of one chain whose rule comes before every broader one. */
export interface Part {
  /** The name of the chain. */
  readonly name: string;
  /** Empty for the last part, which takes everything else. */
  readonly geos: readonly string[];
}

/** A part with its position among the rules. */
export interface Ranked extends Part {
  /** From 1. */
  readonly rank: number;
  /** 1 for a chain's last part; 2 and up for the parts of a chain that has to appear more than once. */
  readonly ordinal: number;
}

/**
 * octoDNS refuses a code behind a broader one. Chains go out as soon as nothing that is left is within
 * their codes; where each waits for another, those codes of the first that need not wait go ahead.
 */
export function inOrder(codes: ReadonlyMap<string, readonly string[]>): Part[] {
  const left = new Map([...codes].map(([name, all]) => [name, all.filter((c) => c !== WORLD)]));
  const catchAll = [...codes].find(([, all]) => all.includes(WORLD))![0];
  const parts: Part[] = [];
  for (;;) {
    const waiting = [...left.values()].flat();
    if (waiting.length === 0) break;
    const isFree = (code: string) => !waiting.some((other) => other.startsWith(`${code}-`));
    const open = [...left].filter(([, geos]) => geos.some(isFree));
    const [name, geos] = open.find(([, all]) => all.every(isFree)) ?? open[0]!;
    parts.push({name, geos: geos.filter(isFree)});
    left.set(
      name,
      geos.filter((code) => !isFree(code)),
    );
  }
  return [...parts, {name: catchAll, geos: []}];
}

export const ranked = (parts: readonly Part[]): Ranked[] =>
  parts.map((part, index) => {
    const later = parts.slice(index + 1);
    const again = later.filter(({name, geos}) => name === part.name && geos.length > 0);
    return {...part, rank: index + 1, ordinal: 1 + again.length};
  });

/** Takes one country out of each part that covers a whole continent and gives it a part of its own after it. */
export const splitWhole =
  (continent: string) =>
  (parts: readonly Part[]): Part[] => {
    const [first = "", ...others] = places
      .map(({code}) => code)
      .filter((code) => code.startsWith(`${continent}-`));
    return parts.flatMap((part) => {
      const {name, geos} = part;
      if (![first, ...others].every((code) => geos.includes(code))) return [part];
      return [
        {name, geos: geos.filter((code) => code !== first)},
        {name, geos: [first]},
      ];
    });
  };

const WORLD = "WORLD";

/** The order that octoDNS wants for the keys of every mapping: numbers by value, text by code point. */
export function naturalOrder(a: string, b: string): number {
  const [left, right] = [chunks(a), chunks(b)];
  const at = left.findIndex((chunk, index) => chunk !== right[index]);
  if (at < 0) return left.length - right.length;
  const [x, y] = [left[at]!, right[at]];
  if (y === undefined) return 1;
  if (typeof x === "number" && typeof y === "number") return x - y;
  return x < y ? -1 : 1;
}

/** Splits into text and numbers in turn, starting with text. */
const chunks = (text: string): (string | number)[] =>
  text.split(/(\d+)/).map((chunk, index) => (index % 2 ? Number(chunk) : chunk));
