import assert from "node:assert/strict";
import {test} from "node:test";
import fc from "fast-check";
import {CODES, encodeHuffman} from "./huffman.rig.ts";
import {decodeHuffman} from "./huffman.ts";

const SYMBOLS = new Map(CODES.map((code, symbol) => [code, symbol]));
const EOS = 256;

const decoded = (bytes: Buffer) => decodeHuffman(bytes, 0, bytes.length);

/** Bit by bit, as the RFC tells it. */
function readSlowly(bytes: Buffer): string | undefined {
  let text = "";
  let code = "";
  for (const bit of Array.from(bytes, (byte) => byte.toString(2).padStart(8, "0")).join("")) {
    code += bit;
    const symbol = SYMBOLS.get(code);
    if (symbol === EOS) return undefined;
    if (symbol === undefined) continue;
    text += String.fromCharCode(symbol);
    code = "";
  }
  return code.length < 8 && /^1*$/.test(code) ? text : undefined;
}

test("each octet has the code of Appendix B", () => {
  assert.deepEqual(
    [CODES[48], CODES[32], CODES[22], CODES[EOS]],
    ["00000", "010100", `${"1".repeat(28)}10`, "1".repeat(30)],
  );
  for (let octet = 0; octet < 256; octet++)
    assert.equal(decoded(encodeHuffman([octet])), String.fromCharCode(octet));
});

test("each pair of octets comes back, wherever in an octet the second begins", () => {
  for (let first = 0; first < 256; first++)
    for (let second = 0; second < 256; second++)
      assert.equal(
        decoded(encodeHuffman([first, second])),
        String.fromCharCode(first) + String.fromCharCode(second),
      );
});

test("octets of any kind and number come back", () => {
  fc.assert(
    fc.property(fc.uint8Array({maxLength: 3000}), (octets) => {
      assert.equal(decoded(encodeHuffman(octets)), Buffer.from(octets).toString("latin1"));
    }),
  );
});

test("any bytes are read, or refused, as bit by bit", () => {
  const often = fc.constantFrom(0xff, 0xfe, 0x00, 0x7f);
  const bytes = fc.array(fc.oneof(fc.nat(255), often), {maxLength: 12});
  fc.assert(
    fc.property(bytes, (octets) => {
      const given = Buffer.from(octets);
      assert.equal(decoded(given), readSlowly(given));
    }),
    {numRuns: 5000},
  );
});
