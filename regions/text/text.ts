import {notValid, WorldError} from "../world-error.ts";

/** Forty regions without any defaults are 20 KB. */
const MAX_BYTES = 1 << 20;

/**
 * Decodes a UTF-8 file, without its byte order mark. Throws WorldError for anything else: decoded with
 * replacement characters, it would be half right.
 */
export function textOf(bytes: Uint8Array, file: string): string {
  if (bytes.length > MAX_BYTES)
    throw new WorldError(`${file} is over ${MAX_BYTES} bytes; split the service in two`);
  const wide = wideEncoding(bytes);
  if (wide)
    throw new WorldError(
      `${file} is written in ${wide}; save it as UTF-8 in your editor, or by: iconv -f ${wide} -t UTF-8`,
    );
  const text = goodPart(bytes);
  const end = Buffer.byteLength(text) + (hasMark(bytes) ? MARK.length : 0);
  if (end < bytes.length) throw notValid(file, [{...endOf(text), text: badByte(bytes[end]!)}]);
  const control = CONTROL.exec(text);
  if (control)
    throw notValid(file, [{...endOf(text.slice(0, control.index)), text: outOf(control[0])}]);
  return text;
}

const MARK = [0xef, 0xbb, 0xbf];
const hasMark = (bytes: Uint8Array) => MARK.every((byte, at) => bytes[at] === byte);

/** Recognized by the byte order mark (Unicode, section 23.8), or by the zero bytes of Latin letters. */
function wideEncoding(bytes: Uint8Array): string | undefined {
  const head = Buffer.from(bytes.subarray(0, 4)).toString("hex");
  const marked = MARKS.find(([mark]) => head.startsWith(mark))?.[1];
  if (marked) return marked;
  const [even, odd] = [0, 1].map((side) =>
    bytes.filter((byte, at) => byte === 0 && at % 2 === side),
  );
  if (4 * (even!.length + odd!.length) <= bytes.length) return undefined;
  return even!.length > odd!.length ? "UTF-16BE" : "UTF-16LE";
}

const MARKS = [
  ["fffe0000", "UTF-32LE"],
  ["0000feff", "UTF-32BE"],
  ["fffe", "UTF-16LE"],
  ["feff", "UTF-16BE"],
] as const;

/** The text before the first invalid byte: the longest prefix that a strict decoder takes. */
function goodPart(bytes: Uint8Array): string {
  const takes = (length: number) => {
    try {
      return new TextDecoder("utf-8", {fatal: true}).decode(bytes.subarray(0, length), {
        stream: true,
      });
    } catch {
      return undefined;
    }
  };
  let [good, bad] = [0, bytes.length + 1];
  if (takes(bytes.length) !== undefined) good = bytes.length;
  while (bad - good > 1) {
    const middle = (good + bad) >> 1;
    if (takes(middle) === undefined) bad = middle;
    else good = middle;
  }
  return takes(good)!;
}

/** Line and column at the end of a text. */
function endOf(text: string) {
  const start = text.lastIndexOf("\n") + 1;
  return {line: text.split("\n").length, col: text.length - start + 1};
}

function badByte(byte: number): string {
  const hex = byte.toString(16).toUpperCase();
  const letter = new TextDecoder("windows-1252").decode(Uint8Array.of(byte));
  return `the byte ${hex} is not UTF-8; where it was meant as "${letter}", the file is in Latin-1 or Windows-1252: save it as UTF-8, or by: iconv -f WINDOWS-1252 -t UTF-8`;
}

/** Control characters that YAML 1.2 does not allow (section 5.1): all but tabs and line breaks. */
// biome-ignore lint/suspicious/noControlCharactersInRegex: these are what it looks for
const CONTROL = /[\0-\x08\x0b\x0c\x0e-\x1f\x7f]/;

const outOf = (control: string) =>
  `has the control character U+${control.charCodeAt(0).toString(16).toUpperCase().padStart(4, "0")}; take it out`;
