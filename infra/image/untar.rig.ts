import assert from "node:assert/strict";

/** Reads an archive by the offsets that the standard gives. */
export function untar(archive: Uint8Array): Record<string, string> {
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
