import {
  BACKSLASH,
  CLOSE_ARRAY,
  CLOSE_OBJECT,
  COLON,
  COMMA,
  END,
  isBlank,
  isDigit,
  isEscaped,
  isHex,
  LARGE_E,
  MINUS,
  OPEN_ARRAY,
  OPEN_OBJECT,
  PLUS,
  POINT,
  plainEnd,
  QUOTE,
  SMALL_E,
  UNICODE_ESCAPE,
  ZERO,
} from "./bytes.ts";

/** What is wrong with a text that should be a JSON object, at byte `at`. */
export class JsonFault extends Error {
  readonly at: number;
  constructor(at: number, message: string) {
    super(message);
    this.at = at;
  }
}

/** Function definitions, the deepest that clients send, nest some twenty levels. */
export const MAX_DEPTH = 100;
/** A prompt may be a list of tokens; no model for completions reads as many. */
export const MAX_VALUES = 50_000;

/** The words that are values, by the byte that each begins with. */
const WORDS: string[] = new Array(END + 1).fill("");
for (const word of ["true", "false", "null"]) WORDS[word.charCodeAt(0)] = word;

/**
 * Reads over a JSON text (RFC 8259), and makes nothing of it: each step is told where a thing begins, and returns where
 * it ends. A class, as its steps make no closure and no result of their own for a value. Throws JsonFault.
 */
export class Scanner {
  /** Values so far. */
  values = 0;
  /** Of the last name: where its closing quote is, and whether it has no escape. */
  nameEnd = 0;
  isPlain = true;
  readonly #bytes: Uint8Array;
  readonly #view: DataView;
  readonly #length: number;

  constructor(bytes: Uint8Array) {
    this.#bytes = bytes;
    this.#length = bytes.length;
    this.#view = new DataView(bytes.buffer, bytes.byteOffset, bytes.length);
  }

  byteAt(at: number): number {
    return at < this.#length ? this.#bytes[at]! : END;
  }

  fault(at: number, what: string): JsonFault {
    return new JsonFault(Math.min(at, this.#length), what);
  }

  blank(at: number): number {
    while (isBlank(this.byteAt(at))) at++;
    return at;
  }

  /** A bracket that opens, and what is blank after it. */
  opening(at: number, depth: number): number {
    if (depth > MAX_DEPTH) throw this.fault(at, `nests deeper than ${MAX_DEPTH} levels`);
    return this.blank(at + 1);
  }

  /** What follows one of several: a comma, or the bracket that closes. */
  after(at: number, close: number): number {
    at = this.blank(at);
    const byte = this.byteAt(at);
    if (byte !== COMMA && byte !== close) throw this.fault(at, "is cut off, or lacks a comma");
    return at + 1;
  }

  /** A member's name, and all until its value. */
  name(at: number): number {
    if (this.byteAt(at) !== QUOTE) throw this.fault(at, "has a member without a name");
    this.isPlain = true;
    const end = this.#string(at);
    this.nameEnd = end - 1;
    at = this.blank(end);
    if (this.byteAt(at) !== COLON) throw this.fault(at, "has a name without a value");
    return this.blank(at + 1);
  }

  value(at: number, depth: number): number {
    if (++this.values > MAX_VALUES) throw this.fault(at, `has more than ${MAX_VALUES} values`);
    const first = this.byteAt(at);
    if (first === QUOTE) return this.#string(at);
    if (first === OPEN_OBJECT) return this.#object(at, depth + 1);
    if (first === OPEN_ARRAY) return this.#array(at, depth + 1);
    if (first === MINUS || isDigit(first)) return this.#number(at);
    return this.#word(at);
  }

  #object(at: number, depth: number): number {
    at = this.opening(at, depth);
    if (this.byteAt(at) === CLOSE_OBJECT) return at + 1;
    for (;;) {
      at = this.after(this.value(this.name(this.blank(at)), depth), CLOSE_OBJECT);
      if (this.#bytes[at - 1] === CLOSE_OBJECT) return at;
    }
  }

  #array(at: number, depth: number): number {
    at = this.opening(at, depth);
    if (this.byteAt(at) === CLOSE_ARRAY) return at + 1;
    for (;;) {
      at = this.after(this.value(this.blank(at), depth), CLOSE_ARRAY);
      if (this.#bytes[at - 1] === CLOSE_ARRAY) return at;
    }
  }

  #string(at: number): number {
    for (at++; ; at = this.#escape(at + 1)) {
      at = plainEnd(this.#bytes, this.#view, at);
      const byte = this.byteAt(at);
      if (byte === QUOTE) return at + 1;
      if (byte !== BACKSLASH)
        throw this.fault(at, "has a text that does not end, or a control character in it");
      this.isPlain = false;
    }
  }

  /** What follows a backslash. */
  #escape(at: number): number {
    const kind = this.byteAt(at);
    if (isEscaped(kind)) return at + 1;
    if (kind !== UNICODE_ESCAPE) throw this.fault(at, "has an escape that JSON does not know");
    const end = at + 5;
    for (at++; at < end; at++)
      if (!isHex(this.byteAt(at)))
        throw this.fault(at, "has an escape of other than four hex digits");
    return end;
  }

  #number(at: number): number {
    if (this.byteAt(at) === MINUS) at++;
    at = this.byteAt(at) === ZERO ? at + 1 : this.#digits(at);
    if (this.byteAt(at) === POINT) at = this.#digits(at + 1);
    if (this.byteAt(at) !== SMALL_E && this.byteAt(at) !== LARGE_E) return at;
    at++;
    if (this.byteAt(at) === PLUS || this.byteAt(at) === MINUS) at++;
    return this.#digits(at);
  }

  #digits(at: number): number {
    if (!isDigit(this.byteAt(at))) throw this.fault(at, "has a number that lacks a digit");
    do at++;
    while (isDigit(this.byteAt(at)));
    return at;
  }

  #word(at: number): number {
    const word = WORDS[this.byteAt(at)] ?? "";
    for (let index = 0; index < word.length; index++)
      if (this.byteAt(at + index) !== word.charCodeAt(index)) throw this.#noValue(at);
    if (word === "") throw this.#noValue(at);
    return at + word.length;
  }

  #noValue(at: number): JsonFault {
    return this.fault(at, "has a value that is none");
  }
}
