/**
 * Names that were met before, each in the place that its length and some of its bytes give it: clients send the same
 * few over and over, which then need not be made anew. Whose place is taken is only made again.
 */
const met: string[] = new Array(256).fill("");
/** Parameters have names of up to some thirty characters. */
const MAX_LENGTH = 40;

/** The name from `from` until before `to`, which has no escape. */
export function nameAt(bytes: Buffer, from: number, to: number): string {
  const length = to - from;
  if (length === 0 || length > MAX_LENGTH) return bytes.toString("utf8", from, to);
  const middle = bytes[from + (length >> 1)]!;
  const place = (length + 7 * bytes[from]! + 13 * bytes[to - 1]! + 31 * middle) % met.length;
  const known = met[place]!;
  if (isAt(bytes, from, length, known)) return known;
  const name = bytes.toString("utf8", from, to);
  // A name of other than ASCII is longer as bytes; those of another might look like it.
  if (name.length === length) met[place] = name;
  return name;
}

function isAt(bytes: Buffer, from: number, length: number, name: string): boolean {
  if (name.length !== length) return false;
  for (let index = 0; index < length; index++)
    if (bytes[from + index] !== name.charCodeAt(index)) return false;
  return true;
}
