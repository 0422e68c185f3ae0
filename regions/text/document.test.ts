import assert from "node:assert/strict";
import {readFileSync} from "node:fs";
import {test} from "node:test";
import fc from "fast-check";
import {readDocument} from "./document.ts";

const read = (text: string) => readDocument(text, "f.yaml");

const values: Record<string, [text: string, value: unknown]> = {
  "an alias is what it stands for": ["a: &a {x: 1}\nb: *a\n", {a: {x: 1}, b: {x: 1}}],
  "a merge key brings what is not said": [
    "a: &a {x: 1, y: 1}\nb: {y: 2, <<: *a}\n",
    {a: {x: 1, y: 1}, b: {y: 2, x: 1}},
  ],
  "of several that are merged the first counts": [
    "a: &a {x: 1}\nb: &b {x: 2, y: 2}\nc: {<<: [*a, *b, {z: 3}]}\n",
    {a: {x: 1}, b: {x: 2, y: 2}, c: {x: 1, y: 2, z: 3}},
  ],
  "what is merged may have been merged": [
    "a: &a {x: 1}\nb: &b {<<: *a, y: 2}\nc: {<<: *b}\n",
    {a: {x: 1}, b: {x: 1, y: 2}, c: {x: 1, y: 2}},
  ],
  "a quoted << is a key like any": ['a: {"<<": {x: 1}}\n', {a: {"<<": {x: 1}}}],
  "words and numbers are those of YAML 1.2": [
    "[yes, No, on, 1:30, 1_000, 2026-07-09, ~, true, 0x10, 0o10, 1.30]\n",
    ["yes", "No", "on", "1:30", "1_000", "2026-07-09", null, true, 16, 8, 1.3],
  ],
  "what begins with 0 is a text, for YAML 1.1 and 1.2 differ over it": [
    "[0914, 010, -010, +07, 00, 0, 10, -1]\n",
    ["0914", "010", "-010", "+07", "00", 0, 10, -1],
  ],
  "tags of the core schema are heeded": ["[!!str 1, !!int 3, !!null ~]\n", ["1", 3, null]],
  "it may say that it is YAML 1.2": ["%YAML 1.2\n---\na: 1\n", {a: 1}],
};

for (const [name, [text, value]] of Object.entries(values))
  test(name, () => assert.deepEqual(read(text).value, value));

const deep = (levels: number) => `a: ${"[".repeat(levels)}${"]".repeat(levels)}\n`;
const refused: Record<string, [text: string, faults: string[]]> = {
  "an alias of nothing": [
    "a: &base {x: 1}\nb: *bse\nc: [*other]\n",
    [
      '2:4 *bse names no anchor above it; did you mean "base"?',
      "3:5 *other names no anchor above it; use one of base",
    ],
  ],
  "an alias above its anchor": [
    "a: *b\nb: &b 1\n",
    ["1:4 *b names no anchor above it; there is none to choose from yet"],
  ],
  "an alias within itself": [
    "a: &a {b: [*a], <<: *a}\n",
    [
      "1:12 *a is within what it stands for; write it out",
      "1:21 *a is within what it stands for; write it out",
    ],
  ],
  "what cannot be merged": [
    "a: &a 1\nb: {<<: 5}\nc: {<<: *a}\nd: {<<: [{}, [{}]]}\n",
    ["2:5", "3:5", "4:5"].map(
      (place) => `${place} << takes a mapping, an alias of one, or a list of these; write one`,
    ),
  ],
  "a merge of what is within itself": [
    "a: &a [*a]\nb: {<<: *a}\n",
    [
      "1:8 *a is within what it stands for; write it out",
      "2:5 << takes a mapping, an alias of one, or a list of these; write one",
    ],
  ],
  "a merge of nothing": [
    "a: {<<: *b}\n",
    ["1:9 *b names no anchor above it; there is none to choose from yet"],
  ],
  "tags of others": [
    "a: !Ref b\nc: !!binary aGk=\nd: !!set {e}\n",
    [
      "1:9 has the tag !Ref, which is not read here; take it out",
      "2:13 has the tag !!binary, which is not read here; take it out",
      "3:10 has the tag !!set, which is not read here; take it out",
    ],
  ],
  "another version of YAML": [
    "%YAML 1.1\n---\na: yes\n",
    ["1:1 says YAML 1.1, and is read as YAML 1.2; take the line out"],
  ],
  "a version of YAML that there is not": [
    "%YAML 3.0\n---\na: yes\n",
    ["1:7 says a version of YAML that there is not; take the line out"],
  ],
  "a key that is no name": [
    "? [a]\n: 1\n{b: 1}: 2\n",
    ["1:3", "3:1"].map((place) => `${place} has a list or a mapping as its key; write a name`),
  ],
  "two documents": [
    "a: 1\n---\nb: 2\n",
    ["2:1 a second document begins here; keep one, and take the --- out"],
  ],
  "more levels than a file has": [
    deep(80),
    ["1:68 is nested too deep to be read; write it flatter"],
  ],
  "a brace that is not closed": [
    "a: {b: 1\nc: 2\n",
    ["2:1 a { above here is not closed; close it by }"],
  ],
};

const broken: Record<string, [text: string, fault: string]> = {
  "a bracket": ["a: [1\nb: 2\n", "2:1 a [ above here is not closed; close it by ]"],
  "a brace, with a key behind it": [
    "x: {\n y: 1\n",
    "3:1 a { above here is not closed; close it by }",
  ],
  "a quote": ['a: "x\nb: 1\n', '3:1 a " above here is not closed; close it by "'],
  "an apostrophe": ["a: 'x\n", "2:1 a ' above here is not closed; close it by '"],
  "a colon too many": [
    "a: b: c\n",
    "1:4 a second key stands on this line; put it on a line of its own, or the value in quotes",
  ],
  "an indent": [
    "a:\n  - 1\n b: 2\n",
    "3:1 this line begins too far left or right; indent it as its neighbours are, by spaces",
  ],
  "a brace too many": [
    "a: {x: 1, y: 2}}\n",
    "1:16 this is not expected here; see whether a bracket, a quote or a comma is too many",
  ],
  "a backslash": [
    'a: "\\q"\n',
    "1:5 a \\ in \"…\" is no sign that YAML knows; write \\\\ for a backslash, or use '…'",
  ],
  "a sign": ["a: @x\n", "1:4 a text may not begin with this sign; put it in quotes"],
  "a colon too few": ["a\nb: 1\n", "1:1 a key goes over several lines; a : is probably missing"],
  "a colon too few, at the end": [
    "a:\n  b: 1\n  c\nd: 1\n",
    "3:3 a key has no : behind it; write one",
  ],
  "two anchors": ["a: &x &y 1\n", "1:7 a value has two anchors; keep one"],
  "a key twice": ["a: 1\nb: 2\n'a': 3\n", "3:1 this key is there twice, first at 1:1; remove one"],
  "a key thrice, deeper": [
    "a:\n  b: {c: 1, c: 2, c: 3}\n",
    "2:13 this key is there twice, first at 2:7; remove one",
  ],
};

for (const [name, [text, fault]] of Object.entries(broken))
  test(`what is broken by ${name} is told in our own words`, () => {
    assert.throws(
      () => read(text),
      ({message}: Error) => {
        assert.equal(message.split("\n")[1], `  - ${fault}`);
        return true;
      },
    );
  });

test("however a file is broken, no word of a parser's is told", () => {
  const example = readFileSync(new URL("../../regions.yaml", import.meta.url), "utf8");
  const signs = fc.constantFrom(..."{}[]:,'\"|>&*!%@-?#\t \n\\");
  fc.assert(
    fc.property(fc.nat(example.length), fc.nat(3), signs, (at, cut, sign) => {
      try {
        read(example.slice(0, at) + sign + example.slice(at + cut));
      } catch (error) {
        const {message} = error as Error;
        assert.doesNotMatch(
          message,
          /\b(flow|block|collection|implicit|token|scalar|sequence|map)\b/i,
        );
        assert.match(
          message,
          /^f\.yaml (is not valid:(\n {2}- \d+:\d+ [^\n]+; [^\n]+)+|is empty; .*)$/,
        );
      }
    }),
    {numRuns: 300},
  );
});

for (const [name, [text, faults]] of Object.entries(refused))
  test(`${name} is told with its mend`, () => {
    const list = faults.map((fault) => `  - ${fault}`).join("\n");
    assert.throws(() => read(text), {message: `f.yaml is not valid:\n${list}`});
  });

test("however deep it is nested, a file is told so", () => {
  for (const levels of [100, 1000, 3000, 20_000])
    assert.throws(() => read(deep(levels)), /nested too deep to be read; write it flatter$/);
  assert.throws(() => read(`a: ${"[".repeat(20_000)}`), /nested too deep/);
});

const file = `a: &a {x: 1, y: [2, 3]}
b: *a
c: {<<: *a, z: 4}
d: {<<: [{w: 5}, *a]}
`;
const places: Record<string, string> = {
  "": "1:1",
  "a.x": "1:8",
  "a.y.1": "1:21",
  b: "2:1",
  "b.x": "1:8",
  "c.z": "3:13",
  "c.y.0": "1:18",
  "c.none": "3:1",
  "d.w": "4:11",
  "d.x": "1:8",
  "e.f": "1:1",
};

for (const [path, place] of Object.entries(places))
  test(`${path || "the whole"} is written at ${place}`, () => {
    const keys = path.split(".").filter(Boolean);
    const told = read(file).locate([{path: keys, message: "x"}]);
    assert.deepEqual(
      told.map(({line, col}) => `${line}:${col}`),
      [place],
    );
  });

test("a fault that aliases share is told once, and what is missing for each that misses it", () => {
  const paths = ["a.x", "b.x", "c.x", "b.none", "c.none", "c.other"];
  const faults = paths.map((path) => ({path: path.split("."), message: "x"}));
  const texts = read(file).locate(faults);
  assert.deepEqual(
    texts.map(({text}) => text),
    ["a.x: x", "b.none: x", "c.none: x", "c.other: x"],
  );
});

test("a number is known letter by letter, where it needs no quotes", () => {
  const {source} = read("a: 1.30\nb: '1.30'\nc: &c 1e3\nd: *c\n");
  assert.deepEqual(
    ["a", "b", "c", "e"].map((key) => source([key])),
    ["1.30", undefined, "1e3", undefined],
  );
});
