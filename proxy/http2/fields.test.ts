import assert from "node:assert/strict";
import {describe, test} from "node:test";
import fc from "fast-check";
import {createSections, type Fields, type SectionKind} from "./fields.ts";
import {fieldOf} from "./hpack/field.ts";
import {nameOf, SLOTS} from "./hpack/names.ts";

type Lines = readonly (readonly [name: string, value: string])[];

const KNOWN = Object.keys(SLOTS);
const REGULAR = KNOWN.filter((name) => !name.startsWith(":"));
/** What every object has, or seems to have. */
const INHERITED = ["__proto__", "constructor", "prototype", "hasownproperty", "others", "0", "-1"];
const REQUEST: Lines = [
  [":method", "GET"],
  [":scheme", "http"],
  [":path", "/"],
];

const sections = createSections(32 << 10);

function gather(kind: SectionKind, lines: Lines) {
  sections.begin(kind);
  for (const [name, value] of lines) sections.take(fieldOf(nameOf(name), value));
  return sections.end();
}

const said = ({others: _, ...known}: Fields) =>
  Object.fromEntries(Object.entries(known).filter(([, value]) => value !== undefined));
const othersOf = ({others = []}: Fields) => others.map(({name, value}) => [name.text, value]);

describe("each name that the proxy reads", () => {
  for (const [place, name] of KNOWN.entries())
    test(name, () => {
      assert.equal(SLOTS[name as keyof typeof SLOTS], place);
      assert.deepEqual(said(gather("response", [[name, "17"]]).fields), {[name]: "17"});
    });
});

/** Of what may be there once alone, the first counts; other values make a list. */
const FIRST = /^(authorization|content-|retry-after$|x-request-id)/;

function expected(lines: Lines) {
  const known = new Map<string, string>();
  for (const [name, value] of lines) {
    const before = known.get(name);
    if (!KNOWN.includes(name)) continue;
    if (before === undefined) known.set(name, value);
    else if (!FIRST.test(name)) known.set(name, `${before}, ${value}`);
  }
  return Object.fromEntries(known);
}

test("any fields in any order, however often, on a connection that had others before", () => {
  const name = fc.oneof(
    fc.constantFrom(...REGULAR, ...INHERITED),
    fc.stringMatching(/^x-[a-z]{1,3}$/),
  );
  const line = fc.tuple(name, fc.constantFrom("", "1", "22", "a b"));
  fc.assert(
    fc.property(fc.array(line, {maxLength: 40}), (drawn) => {
      const lines = drawn.filter(([name]) => name !== "content-length");
      const {fields, fault} = gather("request", [...REQUEST, ...lines]);
      assert.equal(fault, undefined);
      assert.deepEqual(said(fields), expected([...REQUEST, ...lines]));
      assert.deepEqual(
        othersOf(fields),
        lines.filter(([name]) => !KNOWN.includes(name)),
      );
    }),
  );
});

test("all have one shape, whatever came", () => {
  const shape = Object.keys(gather("request", REQUEST).fields);
  for (const name of INHERITED) {
    const {fields} = gather("request", [...REQUEST, [name, "a"], ["authorization", "b"]]);
    assert.deepEqual(Object.keys(fields), shape);
    assert.equal(Object.getPrototypeOf(fields), Object.prototype);
    assert.equal(fields.constructor, Object);
  }
});

const TWO_LENGTHS = "content-length is no number, or two";
const faults: Record<string, readonly [kind: SectionKind, lines: Lines, fault: string]> = {
  "a status of a request": [
    "request",
    [...REQUEST, [":status", "200"]],
    ":status is not for request",
  ],
  "a path of an answer": ["response", [[":path", "/"]], ":path is not for response"],
  "a pseudo-header that nobody knows": [
    "request",
    [[":protocol", "a"]],
    ":protocol is not for request",
  ],
  "a pseudo-header of trailers": ["trailers", [[":status", "200"]], ":status is not for trailers"],
  "a pseudo-header twice": ["request", [...REQUEST, [":path", "/"]], ":path twice"],
  "one after other headers": [
    "response",
    [
      ["a", "b"],
      [":status", "200"],
    ],
    ":status after other headers",
  ],
  "a request without a path": ["request", REQUEST.slice(0, 2), "no :path"],
  "an answer without a status": ["response", [], "no :status"],
  "a header of HTTP/1.1": [
    "request",
    [...REQUEST, ["upgrade", "h2c"]],
    '"upgrade" may not be here',
  ],
  "a length that is no number": ["request", [...REQUEST, ["content-length", "1e1"]], TWO_LENGTHS],
  "two lengths": [
    "request",
    [...REQUEST, ["content-length", "1"], ["content-length", "2"]],
    TWO_LENGTHS,
  ],
};

describe("what is malformed says why", () => {
  for (const [name, [kind, lines, fault]] of Object.entries(faults))
    test(name, () => assert.equal(gather(kind, lines).fault, fault));
});
