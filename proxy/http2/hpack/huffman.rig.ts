import {CODE_LENGTHS} from "./huffman.ts";

/** For tests: the code of each symbol as its bits (RFC 7541, 5.2): canonical, so that the lengths tell all of it. */
export const CODES = codesOf(CODE_LENGTHS);

function codesOf(lengths: readonly number[]): readonly string[] {
  const codes: string[] = [];
  let next = 0n;
  for (let length = 1; length <= Math.max(...lengths); length++, next <<= 1n)
    for (const [symbol, own] of lengths.entries())
      if (own === length) codes[symbol] = (next++).toString(2).padStart(length, "0");
  return codes;
}

export function encodeHuffman(octets: Iterable<number>): Buffer {
  const bits = Array.from(octets, (octet) => CODES[octet]).join("");
  const whole = bits.padEnd(Math.ceil(bits.length / 8) * 8, "1");
  return Buffer.from(whole.match(/.{8}/g)?.map((octet) => Number.parseInt(octet, 2)) ?? []);
}
