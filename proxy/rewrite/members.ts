/** A member of a JSON object, as it stands in its text. */
export interface Member {
  readonly name: string;
  /** Among the members. */
  readonly place: number;
  /** The first byte of its name, which is a quote. */
  readonly from: number;
  /** Where the value is: its first byte, and the one after its last. */
  readonly start: number;
  readonly end: number;
  /** How many values it is made of. */
  readonly values: number;
}

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
/** OpenAI knows some forty parameters. */
export const MAX_MEMBERS = 256;

const code = (character: string) => character.charCodeAt(0);
const QUOTE = code('"');
const BACKSLASH = code("\\");
const COMMA = code(",");
const COLON = code(":");
const OPEN_OBJECT = code("{");
const CLOSE_OBJECT = code("}");
const OPEN_ARRAY = code("[");
const CLOSE_ARRAY = code("]");
const MINUS = code("-");
const PLUS = code("+");
const POINT = code(".");
const SMALL_E = code("e");
const LARGE_E = code("E");
const ZERO = code("0");
const NINE = code("9");
const FIRST_PRINTABLE = 0x20;
const SPACE = 0x20;
const UNICODE_ESCAPE = code("u");
/** By byte: whether it may follow a backslash. */
const ESCAPES = new Uint8Array(256);
for (const character of '"\\/bfnrt') ESCAPES[code(character)] = 1;
const LITERALS = new Map(["true", "false", "null"].map((word) => [code(word), Buffer.from(word)]));

/**
 * The members of the JSON object that `bytes` hold (RFC 8259), in order; of a name that is there twice,
 * each. Checks the whole text in one pass, without making its values: most are sent on as they are.
 * Throws JsonFault, also for what is over MAX_DEPTH, MAX_MEMBERS or MAX_VALUES.
 */
export function membersOf(bytes: Buffer): Member[] {
  let at = 0;
  let values = 0;

  function root(): Member[] {
    blank();
    const members: Member[] = [];
    if (bytes[at] !== OPEN_OBJECT) throw fault("begins no object");
    let before = 0;
    object(1, (name, from, start) => {
      const count = values - before;
      before = values;
      if (
        members.push({name, place: members.length, from, start, end: at, values: count}) >
        MAX_MEMBERS
      )
        throw fault(`has more than ${MAX_MEMBERS} parameters`);
    });
    blank();
    if (at < bytes.length) throw fault("goes on after its object");
    return members;
  }

  function value(depth: number) {
    if (++values > MAX_VALUES) throw fault(`has more than ${MAX_VALUES} values`);
    const first = bytes[at];
    if (first === QUOTE) string();
    else if (first === OPEN_OBJECT) object(depth + 1);
    else if (first === OPEN_ARRAY) array(depth + 1);
    else if (first === MINUS || isDigit(first)) number();
    else literal();
  }

  function object(depth: number, member?: (name: string, from: number, start: number) => void) {
    each(depth, CLOSE_OBJECT, () => {
      if (bytes[at] !== QUOTE) throw fault("has a member without a name");
      const from = at;
      const isPlain = string();
      const to = at;
      blank();
      if (bytes[at++] !== COLON) throw fault("has a name without a value", at - 1);
      blank();
      const start = at;
      value(depth);
      member?.(nameOf(from, to, isPlain), from, start);
    });
  }

  function array(depth: number) {
    each(depth, CLOSE_ARRAY, () => value(depth));
  }

  /** What stands between brackets, with commas between. */
  function each(depth: number, close: number, one: () => void) {
    if (depth > MAX_DEPTH) throw fault(`nests deeper than ${MAX_DEPTH} levels`);
    at++;
    blank();
    if (bytes[at] === close) {
      at++;
      return;
    }
    for (;;) {
      blank();
      one();
      blank();
      const next = bytes[at++];
      if (next === close) return;
      if (next !== COMMA) throw fault("is cut off, or lacks a comma", at - 1);
    }
  }

  /** Most names need not be parsed to be known. */
  function nameOf(from: number, to: number, isPlain: boolean): string {
    if (isPlain) return bytes.toString("utf8", from + 1, to - 1);
    return JSON.parse(bytes.toString("utf8", from, to));
  }

  /** Whether it has no escape. */
  function string(): boolean {
    let isPlain = true;
    for (at++; ; escaped()) {
      at = plainEnd(bytes, at);
      const byte = bytes[at++];
      if (byte === QUOTE) return isPlain;
      isPlain = false;
      if (byte !== BACKSLASH)
        throw fault("has a text that does not end, or a control character in it", at - 1);
    }
  }

  function escaped() {
    const kind = bytes[at++];
    if (kind === UNICODE_ESCAPE) {
      for (const end = at + 4; at < end; at++)
        if (!isHex(bytes[at])) throw fault("has an escape of other than four hex digits");
    } else if (!ESCAPES[kind as number])
      throw fault("has an escape that JSON does not know", at - 1);
  }

  function number() {
    if (bytes[at] === MINUS) at++;
    if (bytes[at] === ZERO) at++;
    else digits();
    if (bytes[at] === POINT) {
      at++;
      digits();
    }
    if (bytes[at] === SMALL_E || bytes[at] === LARGE_E) {
      at++;
      if (bytes[at] === PLUS || bytes[at] === MINUS) at++;
      digits();
    }
  }

  function digits() {
    if (!isDigit(bytes[at])) throw fault("has a number that lacks a digit");
    while (isDigit(bytes[at])) at++;
  }

  function literal() {
    const word = LITERALS.get(bytes[at] as number);
    if (!word) throw fault("has a value that is none");
    for (let index = 1; index < word.length; index++)
      if (bytes[at + index] !== word[index]) throw fault("has a value that is none");
    at += word.length;
  }

  function blank() {
    while (at < bytes.length && bytes[at]! <= SPACE && isBlank(bytes[at])) at++;
  }

  const fault = (what: string, place = at) => new JsonFault(Math.min(place, bytes.length), what);

  return root();
}

/** Where the run of plain characters ends that begins at `at`. Most of a body is in this loop. */
function plainEnd(bytes: Buffer, at: number): number {
  const end = bytes.length;
  let byte = 0;
  for (let index = at; index < end; index++) {
    byte = bytes[index] as number;
    if (byte === QUOTE || byte === BACKSLASH || byte < FIRST_PRINTABLE) return index;
  }
  return end;
}

const isDigit = (byte: number | undefined): boolean =>
  byte !== undefined && byte >= ZERO && byte <= NINE;

const isHex = (byte: number | undefined): boolean =>
  byte !== undefined && /[\dA-Fa-f]/.test(String.fromCharCode(byte));

/** Space, tab, line feed, carriage return. */
const isBlank = (byte: number | undefined): boolean =>
  byte === 0x20 || byte === 0x0a || byte === 0x0d || byte === 0x09;
