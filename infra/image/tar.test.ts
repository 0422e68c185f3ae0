import assert from "node:assert/strict";
import {test} from "node:test";
import {tar} from "./tar.ts";
import {untar} from "./untar.rig.ts";

const bytes = (text: string) => new TextEncoder().encode(text);

test("files come back as they went in, by name", () => {
  const files = {b: "x".repeat(512), a: "", "c.js": "x".repeat(513)};
  const archive = tar(Object.fromEntries(Object.entries(files).map(([k, v]) => [k, bytes(v)])));
  assert.deepEqual(Object.entries(untar(archive)), Object.entries(files).sort());
  assert.equal(archive.length % 512, 0);
});

test("the same files in another order are the same bytes", () => {
  const [a, b] = [bytes("1"), bytes("2")];
  assert.deepEqual(tar({a, b}), tar({b, a}));
});
