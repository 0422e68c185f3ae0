import assert from "node:assert/strict";
import {test} from "node:test";
import fc from "fast-check";
import {CODE_LENGTHS, decodeHuffman} from "./huffman.ts";

/** The code of each symbol as its bits (RFC 7541, 5.2): canonical, so that the lengths tell all of it. */
const CODES = codesOf(CODE_LENGTHS);
const SYMBOLS = new Map(CODES.map((code, symbol) => [code, symbol]));
const EOS = 256;

function codesOf(lengths: readonly number[]): readonly string[] {
  const codes: string[] = [];
  let next = 0n;
  for (let length = 1; length <= Math.max(...lengths); length++, next <<= 1n)
    for (const [symbol, own] of lengths.entries())
      if (own === length) codes[symbol] = (next++).toString(2).padStart(length, "0");
  return codes;
}

function bytesOf(bits: string): Buffer {
  const whole = bits.padEnd(Math.ceil(bits.length / 8) * 8, "1");
  return Buffer.from(whole.match(/.{8}/g)?.map((octet) => Number.parseInt(octet, 2)) ?? []);
}

const encoded = (octets: Iterable<number>) =>
  bytesOf(Array.from(octets, (octet) => CODES[octet]).join(""));
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
    assert.equal(decoded(encoded([octet])), String.fromCharCode(octet));
});

test("each pair of octets comes back, wherever in an octet the second begins", () => {
  for (let first = 0; first < 256; first++)
    for (let second = 0; second < 256; second++)
      assert.equal(
        decoded(encoded([first, second])),
        String.fromCharCode(first) + String.fromCharCode(second),
      );
});

test("octets of any kind and number come back", () => {
  fc.assert(
    fc.property(fc.uint8Array({maxLength: 3000}), (octets) => {
      assert.equal(decoded(encoded(octets)), Buffer.from(octets).toString("latin1"));
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
