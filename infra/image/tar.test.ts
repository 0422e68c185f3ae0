import assert from "node:assert/strict";
import {test} from "node:test";
import {tar} from "./tar.ts";

const bytes = (text: string) => new TextEncoder().encode(text);

/** Reads an archive back by the standard's own offsets. */
function untar(archive: Uint8Array): Record<string, string> {
  const files: Record<string, string> = {};
  const text = (from: number, to: number) =>
    Buffer.from(archive.subarray(from, to)).toString().replace(/\0.*$/s, "");
  for (let at = 0; archive[at] !== 0; ) {
    const size = Number.parseInt(text(at + 124, at + 136), 8);
    const header = Uint8Array.from(archive.subarray(at, at + 512));
    header.fill(0x20, 148, 156);
    const sum = header.reduce((sum, byte) => sum + byte, 0);
    assert.equal(Number.parseInt(text(at + 148, at + 156), 8), sum, "checksum");
    assert.equal(text(at + 257, at + 263), "ustar");
    files[text(at, at + 100)] = text(at + 512, at + 512 + size);
    at += 512 + Math.ceil(size / 512) * 512;
  }
  return files;
}

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
