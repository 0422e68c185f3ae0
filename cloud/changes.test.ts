import assert from "node:assert/strict";
import {test} from "node:test";
import fc from "fast-check";
import {changedPaths, within} from "./changes.ts";

const cases: Record<string, [olds: unknown, news: unknown, paths: readonly string[]]> = {
  nothing: [{a: {b: 1}}, {a: {b: 1}}, []],
  "a value, one that is new, one that is gone": [
    {a: {b: 1, c: 1}},
    {a: {b: 2, d: 1}},
    ["a.b", "a.c", "a.d"],
  ],
  "an element of an array": [{a: [{b: 1}]}, {a: [{b: 2}]}, ["a"]],
  "a key that is no word": [{a: {"x.y/z": 1}}, {a: {"x.y/z": 2}}, ['a["x.y/z"]']],
  "a whole tree": [{a: 1}, {a: {b: 1}}, ["a"]],
};

for (const [what, [olds, news, paths]] of Object.entries(cases))
  test(`changed: ${what}`, () => assert.deepEqual(changedPaths(olds, news), paths));

test("a tree differs from itself in nothing, and from another in something, either way round", () => {
  fc.assert(
    fc.property(fc.dictionary(fc.string(), fc.jsonValue()), fc.jsonValue(), (tree, other) => {
      assert.deepEqual(changedPaths(tree, structuredClone(tree)), []);
      assert.deepEqual(changedPaths(tree, other).sort(), changedPaths(other, tree).sort());
    }),
  );
});

const related: Record<string, [path: string, others: readonly string[], is: boolean]> = {
  itself: ["sku", ["sku"], true],
  "what is under it": ["spec.selector.matchLabels", ["spec.selector"], true],
  "a key under it": ['data["a.b"]', ["data"], true],
  "what it is under": ["spec", ["spec.selector"], true],
  "one that begins like it": ["spec.selectors", ["spec.selector"], false],
  "one beside it": ["spec.replicas", ["spec.selector"], false],
};

for (const [what, [path, others, is]] of Object.entries(related))
  test(`a path is within ${what}: ${is}`, () => assert.equal(within(path, others), is));
