import assert from "node:assert/strict";
import {test} from "node:test";
import fc from "fast-check";
import {sentence, valueChanges} from "./values.ts";

const cases: Record<string, [from: unknown, to: unknown, sentences: string[]]> = {
  nothing: [{a: [1, {b: 2}]}, {a: [1, {b: 2}]}, []],
  "a property": [{a: {b: 1}, c: 2}, {a: {b: 3}, c: 2}, ["a.b: 1 -> 3"]],
  "a new one and one that is gone": [{a: 1}, {b: {c: 1}}, ["a: 1 (gone)", 'b: {"c":1} (new)']],
  "a key that is no word": [{"a/b": 1}, {"a/b": 2}, ['["a/b"]: 1 -> 2']],
  "things with names, by name": [
    {
      all: [
        {name: "x", v: 1},
        {name: "y", v: 1},
      ],
    },
    {
      all: [
        {name: "y", v: 2},
        {name: "x", v: 1},
      ],
    },
    ["all.y.v: 1 -> 2"],
  ],
  "things of one name, by number": [
    {all: [{name: "x", v: 1}]},
    {
      all: [
        {name: "x", v: 2},
        {name: "x", v: 3},
      ],
    },
    ["all.0.v: 1 -> 2", 'all.1: {"name":"x","v":3} (new)'],
  ],
  "another order of them": [
    {all: [{name: "x"}, {name: "y"}]},
    {all: [{name: "y"}, {name: "x"}]},
    ['all: [{"name":"x"},{"name":"y"}] -> [{"name":"y"},{"name":"x"}]'],
  ],
  "a list of words": [{a: ["x", "y"]}, {a: ["y", "z"]}, ['a: with "z"; without "x"']],
  "another order of words": [{a: ["x", "y"]}, {a: ["y", "x"]}, ['a: ["x","y"] -> ["y","x"]']],
  "a word for a list": [{a: "x"}, {a: ["x"]}, ['a: "x" -> ["x"]']],
  "text that is JSON": [{a: '{"b": 1}'}, {a: '{"b":2}'}, ["a.b: 1 -> 2"]],
  "JSON laid out otherwise": [
    {a: '{"b": 1}'},
    {a: '{"b":1}'},
    ['a: "{\\"b\\": 1}" -> "{\\"b\\":1}"'],
  ],
  "text that only looks like JSON": [{a: "{b"}, {a: "{c"}, ['a: "{b" -> "{c"']],
};

for (const [what, [from, to, sentences]] of Object.entries(cases))
  test(`differs: ${what}`, () => assert.deepEqual(valueChanges(from, to).map(sentence), sentences));

test("long values are shown from where they differ", () => {
  const [from, to] = ["a", "b"].map((letter) => `${"x".repeat(500)}${letter}${"y".repeat(500)}`);
  const [line = ""] = valueChanges({v: from}, {v: to}).map(sentence);
  assert.match(line, /^v: …x+ay+… -> …x+by+…$/);
  assert.ok(line.length < 300, line);
});

test("trees differ if and only if something is said", () => {
  const tree = fc.jsonValue({maxDepth: 3});
  fc.assert(
    fc.property(tree, tree, (from, to) => {
      const same = JSON.stringify(from) === JSON.stringify(to);
      if (same) assert.deepEqual(valueChanges(from, to), []);
      for (const change of valueChanges(from, to)) assert.notDeepEqual(change.from, change.to);
      assert.deepEqual(valueChanges(from, structuredClone(from)), []);
    }),
  );
});
