import {isDeepStrictEqual} from "node:util";
import {below, isMap} from "../../cloud/changes.ts";

/** A property that differs; undefined on the side that does not have it. */
export interface ValueChange {
  readonly path: string;
  readonly from: unknown;
  readonly to: unknown;
}

/**
 * The properties that differ between two trees, as deep as possible: lists of named things are compared by
 * name (`containers.proxy.image`), and JSON texts by their contents.
 */
export function valueChanges(olds: unknown, news: unknown, path = ""): ValueChange[] {
  if (isDeepStrictEqual(olds, news)) return [];
  const [from, to] = asMaps(open(olds), open(news));
  const whole = [{path, from: olds, to: news}];
  if (!from || !to) return whole;
  const keys = [...new Set([...Object.keys(from), ...Object.keys(to)])];
  const inside = keys.flatMap((key) => valueChanges(from[key], to[key], below(path, key)));
  // A different order is a change, too.
  return inside.length > 0 ? inside : whole;
}

type Tree = Readonly<Record<string, unknown>>;

function asMaps(olds: unknown, news: unknown): [Tree?, Tree?] {
  if (isMap(olds) && isMap(news)) return [olds, news];
  if (!areMaps(olds) || !areMaps(news)) return [];
  const named = areNamed(olds) && areNamed(news);
  const keyed = (list: readonly Tree[]): Tree =>
    Object.fromEntries(list.map((item, at) => [named ? item.name : at, item]));
  return [keyed(olds), keyed(news)];
}

const areMaps = (value: unknown): value is Tree[] => Array.isArray(value) && value.every(isMap);

const areNamed = (list: readonly Tree[]) =>
  list.every(({name}) => typeof name === "string") &&
  new Set(list.map(({name}) => name)).size === list.length;

const open = (value: unknown) =>
  typeof value === "string" && /^\s*[{[]/.test(value) ? parsed(value) : value;

function parsed(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return text;
  }
}

/** `path: "old" -> "new"`, or that the property is new or gone. */
export function sentence({path, from, to}: ValueChange): string {
  if (from === undefined) return `${path}: ${short(to)} (new)`;
  if (to === undefined) return `${path}: ${short(from)} (gone)`;
  if (areScalars(from) && areScalars(to)) return `${path}: ${membersOf(from, to)}`;
  const [old, now] = apart(JSON.stringify(from), JSON.stringify(to));
  return `${path}: ${old} -> ${now}`;
}

const areScalars = (value: unknown): value is unknown[] =>
  Array.isArray(value) && value.every((one) => typeof one !== "object");

/** What a list gains and what it loses; both lists in full if only their order differs. */
function membersOf(from: readonly unknown[], to: readonly unknown[]): string {
  const others = (list: readonly unknown[], than: readonly unknown[]) =>
    list.filter((one) => !than.includes(one)).map((one) => JSON.stringify(one));
  const [more, less] = [others(to, from), others(from, to)];
  const words = [
    more.length > 0 ? `with ${more.join(", ")}` : "",
    less.length > 0 ? `without ${less.join(", ")}` : "",
  ].filter(Boolean);
  return words.join("; ") || `${JSON.stringify(from)} -> ${JSON.stringify(to)}`;
}

const LONGEST = 120;
const short = (value: unknown) => cut(JSON.stringify(value), 0);

/** Two long texts, each cut to start shortly before the first difference. */
function apart(from: string, to: string): [string, string] {
  const longer = Math.max(from.length, to.length);
  if (longer <= LONGEST) return [from, to];
  const same = [...from].findIndex((letter, at) => letter !== to[at]);
  const start = Math.max(0, (same < 0 ? from.length : same) - LONGEST / 4);
  return [cut(from, start), cut(to, start)];
}

function cut(text: string, start: number): string {
  const end = start + LONGEST;
  return `${start > 0 ? "…" : ""}${text.slice(start, end)}${text.length > end ? "…" : ""}`;
}
