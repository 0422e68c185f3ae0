import {
  type Alias,
  type Document,
  isAlias,
  isMap,
  isNode,
  isPair,
  isScalar,
  isSeq,
  type Node,
  type Pair,
  parseDocument,
  type YAMLMap,
  type YAMLSeq,
} from "yaml";
import {parseWorld} from "../../../regions/read.ts";
import type {World} from "../../../regions/world.ts";
import type {ModelEnd} from "./ends.ts";
import {type Insertion, inserted} from "./insertion.ts";

/** regions.yaml with a model beside the one that ends, deployed wherever that one is. */
export interface NextModel {
  /** What the new one is called. */
  readonly name: string;
  readonly insertions: readonly Insertion[];
  /** What the file would then say. */
  readonly world: World;
}

/**
 * The change that puts the successor beside a model that ends: the model of a deployment cannot change, so
 * there are to be two for a while. Undefined where its version is not known, or where the file is written so
 * that this cannot be said by adding to it.
 */
export function nextModel(text: string, world: World, end: ModelEnd): NextModel | undefined {
  const {model, version} = end.successor ?? {};
  if (version === undefined) return undefined;
  const name = freeName(end.name, world);
  const document = parseDocument(text);
  const insertions = [
    ...entryInsertions(document, end.name, `${name}: {model: ${model}, version: "${version}"}`),
    ...lists(document).flatMap((list) => deploymentInsertions(list, end.name, name)),
  ];
  const then = worldOf(inserted(text, insertions));
  return then && isBeside(then, end.name, name) ? {name, insertions, world: then} : undefined;
}

/** The longest name that a model may have, without the end that makes it another's. */
const STEM = 26;

function freeName(name: string, {models}: World): string {
  const taken = Object.entries(models).flatMap(([own, {aliases}]) => [own, ...aliases]);
  const stem = name.slice(0, STEM).replace(/-+$/, "");
  const ends = ["next", ...Array.from({length: taken.length + 1}, (_, at) => `${at + 2}`)];
  return ends.map((end) => `${stem}-${end}`).find((free) => !taken.includes(free))!;
}

function worldOf(text: string): World | undefined {
  try {
    return parseWorld(text);
  } catch {
    return undefined;
  }
}

/** Whether it is deployed in every region that the other is, and as often. */
const isBeside = ({regions}: World, name: string, next: string): boolean =>
  regions.every(({deployments}) => {
    const count = (wanted: string) => deployments.filter(({model}) => model === wanted).length;
    return count(name) === count(next);
  });

function entryInsertions(document: Document, name: string, entry: string): Insertion[] {
  const models = document.get("models");
  if (!isMap(models)) return [];
  const pair = models.items.find(({key}) => isScalar(key) && key.value === name);
  return pair
    ? [{after: lastOf(pair), beside: firstOf(pair), flow: models.flow === true, text: entry}]
    : [];
}

/** Each list of deployments once, however many regions share it. */
function lists(document: Document): YAMLSeq[] {
  const regions = document.get("regions");
  const own = isMap(regions) ? regions.items.map(({value}) => value) : [];
  const found = [document.get("defaults"), ...own].flatMap((holder) => {
    const map = resolved(holder, document);
    const list = isMap(map) ? resolved(map.get("deployments", true), document) : undefined;
    return isSeq(list) ? [list] : [];
  });
  return [...new Set(found)];
}

const resolved = (node: unknown, document: Document): unknown =>
  isAlias(node) ? (node as Alias).resolve(document) : node;

const deploymentInsertions = (list: YAMLSeq, name: string, next: string): Insertion[] =>
  list.items.flatMap((item) => {
    if (!isMap(item) || item.get("model") !== name) return [];
    const {model: _, ...rest} = item.toJSON() as Record<string, unknown>;
    const said = Object.entries({model: next, ...rest}).map(([key, value]) => `${key}: ${value}`);
    const text = `{${said.join(", ")}}`;
    return [{after: lastOf(item), beside: firstOf(item), flow: list.flow === true, text}];
  });

const firstOf = (node: Node | Pair | YAMLMap): number =>
  isPair(node) ? firstOf(node.key as Node) : (node as Node).range![0];

/** Where its last word ends: a block's own range goes on to the comments after it. */
function lastOf(node: unknown): number {
  if (isPair(node)) return lastOf(isNode(node.value) ? node.value : node.key);
  const block = (isMap(node) || isSeq(node)) && !node.flow ? node.items.at(-1) : undefined;
  return block === undefined ? (node as Node).range![1] : lastOf(block);
}
