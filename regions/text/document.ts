import {
  type Document,
  isAlias,
  isMap,
  isScalar,
  isSeq,
  LineCounter,
  type Node,
  type Pair,
  parseDocument,
  type ScalarTag,
  type Tags,
  type YAMLMap,
} from "yaml";
import type {Fault} from "../meaning.ts";
import {type Located, notValid, WorldError} from "../world-error.ts";
import {type Anchored, isMerge, syntaxOf} from "./syntax.ts";

/** regions.yaml as plain values with their positions in the text. */
export interface Written {
  readonly value: unknown;
  /** The scalar at a path as written: `1.30` where the value is 1.3. */
  source(path: Fault["path"]): string | undefined;
  /** Adds lines to faults; a fault shared by several aliases is reported once. */
  locate(faults: readonly Fault[]): Located[];
}

const MAX_ALIASES = 100;

/** Reads YAML 1.2, with the merge keys of 1.1. Throws WorldError. */
export function readDocument(text: string, file: string): Written {
  const lines = new LineCounter();
  const document = parseDocument(text, {
    lineCounter: lines,
    prettyErrors: false,
    uniqueKeys: true,
    merge: true,
    customTags: withoutOctals,
  });
  const {faults, anchored} = syntaxOf(document, (offset) => {
    const {line, col} = lines.linePos(offset);
    return `${line}:${col}`;
  });
  if (faults.length > 0)
    throw notValid(
      file,
      faults.map(({offset, text}) => ({...lines.linePos(offset), text})),
    );
  return {
    value: toPlain(document, file),
    source: (path) => sourceOf(stepsOf(document, anchored, path)),
    locate: (faults) => locate(faults, lines, (path) => stepsOf(document, anchored, path)),
  };
}

/**
 * Numbers with leading zeros are strings: `0914` is meant as a version, and `010` is 8 in YAML 1.1 but 10 in
 * YAML 1.2, so it is refused where a number belongs.
 */
const withoutOctals = (tags: Tags): Tags =>
  tags.map((tag) => (isDecimal(tag) ? {...tag, test: /^[-+]?(0|[1-9]\d*)$/} : tag));

const isDecimal = (tag: Tags[number]): tag is ScalarTag =>
  typeof tag === "object" && tag.tag === "tag:yaml.org,2002:int" && !("format" in tag);

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

function locate(
  faults: readonly Fault[],
  lines: LineCounter,
  steps: (path: Fault["path"]) => Steps,
): Located[] {
  const told = new Map<string, Located>();
  for (const {path, message} of faults) {
    const {offset, taken} = steps(path);
    const text = path.length > 0 ? `${path.join(".")}: ${message}` : message;
    const root = JSON.stringify([offset, path.slice(taken), message]);
    if (!told.has(root)) told.set(root, {...lines.linePos(offset), text});
  }
  return [...told.values()];
}

/** How far a path exists in the text. */
interface Steps {
  /** The position of the last key or item that exists. */
  readonly offset: number;
  /** How many of the path's keys exist. */
  readonly taken: number;
  readonly node: unknown;
}

/** Follows aliases and merge keys to where a value is written. */
function stepsOf({contents}: Document.Parsed, anchored: Anchored, path: Fault["path"]): Steps {
  let at: Steps = {offset: contents?.range[0] ?? 0, taken: 0, node: contents};
  for (const [index, key] of path.entries()) {
    const next = step(at.node, key, anchored);
    if (!next) break;
    at = {...next, taken: index + 1};
  }
  return at;
}

function step(node: unknown, key: string | number, anchored: Anchored) {
  const within = meant(node, anchored);
  if (isSeq(within)) {
    const item = within.items[Number(key)] as Node | undefined;
    return item && {offset: item.range![0], node: item};
  }
  const pair = isMap(within) ? pairOf(within, key, anchored) : undefined;
  return pair && {offset: (pair.key as Node).range![0], node: pair.value};
}

const meant = (node: unknown, anchored: Anchored): unknown =>
  isAlias(node) ? meant(anchored.get(node), anchored) : node;

/** A mapping's own key takes precedence over merged ones; among those, the first. */
function pairOf(map: YAMLMap, key: string | number, anchored: Anchored): Pair | undefined {
  const own = map.items.find(
    (pair) => !isMerge(pair) && isScalar(pair.key) && String(pair.key.value) === String(key),
  );
  if (own) return own;
  const merged = map.items.filter(isMerge).map(({value}) => meant(value, anchored));
  return merged
    .flatMap((source) => (isSeq(source) ? source.items : [source]))
    .map((source) => meant(source, anchored))
    .filter(isMap)
    .map((source) => pairOf(source, key, anchored))
    .find((pair) => pair !== undefined);
}

function sourceOf({node}: Steps): string | undefined {
  return isScalar(node) && node.type === "PLAIN" ? node.source : undefined;
}
