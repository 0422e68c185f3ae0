import {
  type Alias,
  type Document,
  isAlias,
  isCollection,
  isMap,
  isScalar,
  isSeq,
  type Node,
  type Pair,
  visit,
} from "yaml";
import {nearest} from "../meaning.ts";

/** An error that prevents reading the document, at an offset in its text. */
export interface SyntaxFault {
  readonly offset: number;
  readonly text: string;
}

/** The node that each alias refers to. */
export type Anchored = ReadonlyMap<Alias, Node>;

/** Syntax errors of a YAML document, or what its aliases refer to if it has none. */
export function syntaxOf(document: Document.Parsed): {faults: SyntaxFault[]; anchored: Anchored} {
  const {version, explicit} = document.directives.yaml;
  const broken = document.errors.length > 0;
  const {faults, anchored} = broken ? {faults: [], anchored: new Map()} : nodeFaults(document);
  return {
    faults: [
      ...errorFaults(document),
      ...(explicit && version !== "1.2" ? [{offset: 0, text: otherVersion(version)}] : []),
      ...faults,
    ],
    anchored,
  };
}

const otherVersion = (version: string) =>
  `says YAML ${version}, and is read as YAML 1.2; take the line out`;

const MENDS: Record<string, string> = {
  DUPLICATE_KEY: "this key is there twice; remove one",
  TAB_AS_INDENT: "a tab is used to indent; use spaces",
  MULTIPLE_DOCS: "a second document begins here; keep one, and take the --- out",
  RESOURCE_EXHAUSTION: "is nested too deep to be read; write it flatter",
};

/** Only the first syntax error: the others usually follow from it. */
function errorFaults({errors, warnings}: Document.Parsed): SyntaxFault[] {
  const all = [...errors, ...warnings.filter(({code}) => code === "BAD_DIRECTIVE")];
  const syntax = all.filter(({code}) => code !== "DUPLICATE_KEY").slice(0, 1);
  const twice = errors.filter(({code}) => code === "DUPLICATE_KEY");
  return [...syntax, ...twice].map(({code, message, pos}) => ({
    offset: pos[0],
    text: MENDS[code] ?? `${message.replace(/\.$/, "")}; mend the YAML here`,
  }));
}

/** regions.yaml has seven levels; values under `set` may add a few. */
const MAX_DEPTH = 64;

function nodeFaults(document: Document.Parsed) {
  const faults: SyntaxFault[] = [];
  const anchored = new Map<Alias, Node>();
  const anchors = new Map<string, Node>();
  visit(document, {
    Node: (_, node, above) => {
      const told = nodeFault(node, above, anchors);
      if (isAlias(node)) anchored.set(node, anchors.get(node.source) as Node);
      else if (node.anchor) anchors.set(node.anchor, node);
      if (told !== undefined) faults.push({offset: node.range?.[0] ?? 0, text: told});
      // Everything below it would be reported again.
      return told !== undefined && isCollection(node) ? visit.SKIP : undefined;
    },
    Pair: (_, pair) => {
      const told = pairFault(pair, anchors);
      if (told) faults.push({offset: (pair.key as Node).range?.[0] ?? 0, text: told});
    },
  });
  return {faults, anchored};
}

type Above = readonly (Node | Pair | Document)[];

function nodeFault(node: Node, above: Above, anchors: ReadonlyMap<string, Node>) {
  if (above.length > MAX_DEPTH && above.filter(isCollection).length > MAX_DEPTH)
    return MENDS.RESOURCE_EXHAUSTION;
  if (node.tag !== undefined && !TAGS.includes(node.tag.replace(CORE, "")))
    return `has the tag ${node.tag.replace(CORE, "!!")}, which is not read here; take it out`;
  if (!isAlias(node)) return undefined;
  const target = anchors.get(node.source);
  if (!target)
    return `*${node.source} names no anchor above it; ${nearest(node.source, [...anchors.keys()])}`;
  if (above.includes(target)) return `*${node.source} is within what it stands for; write it out`;
  return undefined;
}

/** https://yaml.org/spec/1.2.2/#103-core-schema */
const CORE = "tag:yaml.org,2002:";
const TAGS = ["map", "seq", "str", "null", "bool", "int", "float"];

function pairFault(pair: Pair, anchors: ReadonlyMap<string, Node>): string | undefined {
  if (isCollection(pair.key)) return "has a list or a mapping as its key; write a name";
  if (!isMerge(pair) || canMerge(pair.value, anchors)) return undefined;
  return "<< takes a mapping, an alias of one, or a list of these; write one";
}

/** `<<: *base`: https://yaml.org/type/merge.html */
export const isMerge = ({key}: Pair): boolean =>
  isScalar(key) && key.type === "PLAIN" && key.source === "<<";

function canMerge(value: unknown, anchors: ReadonlyMap<string, Node>): boolean {
  // An unresolved alias is reported elsewhere.
  const meant = (node: unknown) => (isAlias(node) ? anchors.get(node.source) : node);
  const isSource = (node: unknown) => node === undefined || isMap(node);
  const source = meant(value);
  return isSource(source) || (isSeq(source) && source.items.map(meant).every(isSource));
}
