import assert from "node:assert/strict";
import {test} from "node:test";
import {runtime} from "@pulumi/pulumi";
import fc from "fast-check";
import {plain, remarked, secretPaths} from "./pulumi-values.ts";

const secret = (value: unknown) => ({[runtime.specialSigKey]: runtime.specialSecretSig, value});
const file = (path: string) => ({
  [runtime.specialSigKey]: runtime.specialAssetSig,
  path,
  hash: "1f",
});

test("marks are taken off, and their places known", () => {
  const marked = {a: [{b: secret("s")}], c: secret({d: 1}), e: file("/tmp/x"), f: 1};
  assert.deepEqual(plain(marked), {a: [{b: "s"}], c: {d: 1}, e: {hash: "1f"}, f: 1});
  assert.deepEqual(secretPaths(marked), ["a.0.b", "c"]);
});

const again: Record<string, [value: unknown, marked: unknown, result: unknown]> = {
  "what has not changed": [{a: "s"}, {a: secret("s")}, {a: secret("s")}],
  "a secret that has changed": [{a: "t"}, {a: secret("s")}, {a: secret("t")}],
  "a secret beside what is new": [{a: "s", b: 1}, {a: secret("s")}, {a: secret("s"), b: 1}],
  "a secret in an array": [[{a: "s", b: 1}], [{a: secret("s")}], [{a: secret("s"), b: 1}]],
  "a file, wherever it lies": [{a: {hash: "1f"}}, {a: file("/x")}, {a: file("/x")}],
  "what is not defined": [{a: undefined, b: 1}, {}, {b: 1}],
};

for (const [what, [value, marked, result]] of Object.entries(again))
  test(`marked again: ${what}`, () => assert.deepEqual(remarked(value, marked), result));

test("a secret stays one, whatever is written there and beside it", () => {
  fc.assert(
    fc.property(fc.jsonValue(), fc.jsonValue(), fc.jsonValue(), (before, after, beside) => {
      const value = {deep: {here: after, beside}};
      const result = remarked(value, {deep: {here: secret(before)}});
      assert.deepEqual(secretPaths(result), ["deep.here"]);
      assert.deepEqual(plain(result), value);
    }),
  );
});
