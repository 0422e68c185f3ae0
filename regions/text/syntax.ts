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

/**
 * Syntax errors of a YAML document, or what its aliases refer to if it has none. `placeOf` an offset is its line and
 * column, `3:1`.
 */
export function syntaxOf(
  document: Document.Parsed,
  placeOf: (offset: number) => string,
): {faults: SyntaxFault[]; anchored: Anchored} {
  const {version, explicit} = document.directives.yaml;
  const broken = document.errors.length > 0;
  const {faults, anchored} = broken ? {faults: [], anchored: new Map()} : nodeFaults(document);
  return {
    faults: [
      ...errorFaults(document, placeOf),
      ...(explicit && version !== "1.2" ? [{offset: 0, text: otherVersion(version)}] : []),
      ...faults,
    ],
    anchored,
  };
}

const otherVersion = (version: string) =>
  `says YAML ${version}, and is read as YAML 1.2; take the line out`;

/** By the code of the yaml package, whose own words are a parser's. */
const MENDS: Record<string, string> = {
  ALIAS_PROPS: "an alias takes no anchor and no tag of its own; leave them out",
  BAD_ALIAS: "an alias is no name here; write letters and digits behind the *",
  BAD_COLLECTION_TYPE: "the tag is of another kind than what it stands before; take it out",
  BAD_DIRECTIVE: "a line with % belongs above the first ---, as %YAML 1.2 does; take it out",
  BAD_DQ_ESCAPE: "a \\ in \"…\" is no sign that YAML knows; write \\\\ for a backslash, or use '…'",
  BAD_INDENT: "this line begins too far left or right; indent it as its neighbours are, by spaces",
  BAD_PROP_ORDER: "an anchor and a tag stand before the value; put them there",
  BAD_SCALAR_START: "a text may not begin with this sign; put it in quotes",
  BLOCK_AS_IMPLICIT_KEY:
    "a second key stands on this line; put it on a line of its own, or the value in quotes",
  BLOCK_IN_FLOW: "a key on a line of its own stands within { } or [ ]; close them before it",
  IMPOSSIBLE: "this cannot be read; write it as the README does",
  KEY_OVER_1024_CHARS: "a key has over 1024 characters; a : is probably missing",
  MULTILINE_IMPLICIT_KEY: "a key goes over several lines; a : is probably missing",
  MULTIPLE_ANCHORS: "a value has two anchors; keep one",
  MULTIPLE_TAGS: "a value has two tags; keep one",
  NON_STRING_KEY: "has a list or a mapping as its key; write a name",
  TAB_AS_INDENT: "a tab is used to indent; use spaces",
  TAG_RESOLVE_FAILED: "has a tag that its value does not fit; take the tag out",
  UNEXPECTED_TOKEN:
    "this is not expected here; see whether a bracket, a quote or a comma is too many",
  MULTIPLE_DOCS: "a second document begins here; keep one, and take the --- out",
  RESOURCE_EXHAUSTION: "is nested too deep to be read; write it flatter",
};

/** Only the first syntax error: the others usually follow from it. */
function errorFaults(
  document: Document.Parsed,
  placeOf: (offset: number) => string,
): SyntaxFault[] {
  const {errors, warnings} = document;
  const all = [...errors, ...warnings.filter(({code}) => code === "BAD_DIRECTIVE")];
  const syntax = all.filter(({code}) => code !== "DUPLICATE_KEY").slice(0, 1);
  const twice = errors.filter(({code}) => code === "DUPLICATE_KEY");
  return [
    ...syntax.map(({code, message, pos}) => ({offset: pos[0], text: mendOf(code, message)})),
    ...twice.map(({pos: [offset]}) => ({offset, text: twiceText(document, offset, placeOf)})),
  ];
}

function mendOf(code: string, message: string): string {
  const open = UNCLOSED.find(([words]) => words.test(message));
  if (open) return `a ${open[1]} above here is not closed; close it by ${open[2]}`;
  if (code === "BAD_DIRECTIVE" && /version/.test(message))
    return "says a version of YAML that there is not; take the line out";
  if (/followed by map values/.test(message)) return "a key has no : behind it; write one";
  if (/Comments must/.test(message))
    return "a # stands right behind a value; put a space before it";
  if (/comma|, (or : )?between/i.test(message)) return "a comma is missing before this; write it";
  return (
    MENDS[code] ?? "this cannot be read; see what is before it: a bracket, a quote, a :, an indent"
  );
}

const UNCLOSED = [
  [/flow map.*must.*end/i, "{", "}"],
  [/flow sequence.*must.*end/i, "[", "]"],
  [/missing closing "quote/i, '"', '"'],
  [/missing closing 'quote/i, "'", "'"],
] as const;

function twiceText(
  document: Document.Parsed,
  offset: number,
  placeOf: (offset: number) => string,
): string {
  let first: number | undefined;
  visit(document, {
    Map(_, {items}) {
      const keys = items.map(({key}) => key).filter(isScalar);
      const second = keys.find(({range}) => range?.[0] === offset);
      if (second) first = keys.find(({value}) => value === second.value)?.range?.[0];
    },
  });
  const where = first === undefined ? "" : `, first at ${placeOf(first)}`;
  return `this key is there twice${where}; remove one`;
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
