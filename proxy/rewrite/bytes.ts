const code = (character: string) => character.charCodeAt(0);

export const QUOTE = code('"');
export const BACKSLASH = code("\\");
export const COMMA = code(",");
export const COLON = code(":");
export const OPEN_OBJECT = code("{");
export const CLOSE_OBJECT = code("}");
export const OPEN_ARRAY = code("[");
export const CLOSE_ARRAY = code("]");
export const MINUS = code("-");
export const PLUS = code("+");
export const POINT = code(".");
export const SMALL_E = code("e");
export const LARGE_E = code("E");
export const ZERO = code("0");
export const UNICODE_ESCAPE = code("u");
/** What follows the last byte. */
export const END = 256;

/** What a byte may be, as the bits of one number. */
const BLANK = 1;
const DIGIT = 2;
const HEX = 4;
const ESCAPED = 8;
const SPECIAL = 16;

const kinds = new Uint8Array(END + 1).fill(SPECIAL, 0, 0x20);
const mark = (characters: string, kind: number) => {
  for (const character of characters) kinds[code(character)]! |= kind;
};
mark(" \t\n\r", BLANK);
mark("0123456789", DIGIT | HEX);
mark("abcdefABCDEF", HEX);
mark('"\\/bfnrt', ESCAPED);
mark('"\\', SPECIAL);

export const isBlank = (byte: number): boolean => (kinds[byte]! & BLANK) !== 0;
export const isDigit = (byte: number): boolean => (kinds[byte]! & DIGIT) !== 0;
export const isHex = (byte: number): boolean => (kinds[byte]! & HEX) !== 0;
/** Whether it may follow a backslash, and that is all of the escape. */
export const isEscaped = (byte: number): boolean => (kinds[byte]! & ESCAPED) !== 0;

/**
 * Where the run of plain characters ends that begins at `at`: by a quote, a backslash, a control character, or the end.
 * Most of a body is in this loop, which looks at four bytes at once: `view` is the memory of `bytes`. By the tests for a
 * zero byte, and for one less than another, of https://graphics.stanford.edu/~seander/bithacks.html: the lowest byte
 * that they find is one; of those above it they may say so wrongly.
 */
export function plainEnd(bytes: Uint8Array, view: DataView, at: number): number {
  const end = bytes.length;
  for (; at + 4 <= end; at += 4) {
    const word = view.getInt32(at, true);
    // A quote becomes 0x20, and a control character stays one: both are less than 0x21.
    const quotes = word ^ 0x02020202;
    const backslashes = word ^ 0x5c5c5c5c;
    const found =
      (((quotes - 0x21212121) & ~quotes) | ((backslashes - 0x01010101) & ~backslashes)) &
      0x80808080;
    if (found !== 0) return at + (lowestBit(found) >> 3);
  }
  while (at < end && (kinds[bytes[at]!]! & SPECIAL) === 0) at++;
  return at;
}

const lowestBit = (word: number) => 31 - Math.clz32(word & -word);
