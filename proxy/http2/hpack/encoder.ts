import {CHANGING} from "./names.ts";
import {STATIC_FIELDS} from "./static-table.ts";

/** What we use of a peer's table at most, in bytes (RFC 9113, 6.5.2: its default). */
const TABLE_BYTES = 4096;
/** Where a name and its values stand: static indices as they are, others by when they were entered. */
interface Name {
  readonly text: string;
  readonly isChanging: boolean;
  /** 0 where the static table has none. */
  readonly staticIndex: number;
  readonly staticValues: ReadonlyMap<string, number>;
  readonly entered: Map<string, number>;
  /** When it last was entered, with whatever value; 0 where never. */
  lastEntry: number;
}

interface Entry {
  readonly name: Name;
  readonly value: string;
  readonly size: number;
}

export interface Encoder {
  /** The most bytes that `write` takes for these, with what else is due in the block. */
  room(fields: OutgoingFields): number;
  /** Writes a header block at `at`. Where it ends. */
  write(bytes: Buffer, at: number, fields: OutgoingFields): number;
  /** The peer's SETTINGS_HEADER_TABLE_SIZE. */
  resize(bytes: number): void;
}

/** What is sent: pseudo-headers first, names in lower case, all text in Latin-1. An undefined one is left out. */
export type OutgoingFields = Readonly<Record<string, string | number | undefined>>;

/**
 * Encodes the header blocks of one connection, in the order in which they go out (RFC 7541). What is said again is
 * entered in the peer's table and from then on is one byte or two: that holds for a credential too, which is long and
 * random, so that nobody finds it by guessing what compresses (7.1). Strings go out as they are: what the Huffman code
 * would save is not worth the time.
 */
export function createEncoder(): Encoder {
  const names = new Map<string, Name>();
  /** By when they were entered. */
  const entries = new Map<number, Entry>();
  let oldest = 1;
  let newest = 0;
  let size = 0;
  let mostSize = TABLE_BYTES;
  /** What the peer has still to be told: the smallest size since the last block, then the present one (4.2). */
  let smallest: number | undefined;
  let at = 0;
  let out: Buffer;

  function room(fields: OutgoingFields): number {
    let bytes = 2 * MOST_INTEGER_BYTES;
    for (const name in fields) {
      const value = fields[name];
      const length = typeof value === "string" ? value.length : MOST_NUMBER_BYTES;
      bytes += name.length + length + 2 * MOST_INTEGER_BYTES;
    }
    return bytes;
  }

  function write(bytes: Buffer, from: number, fields: OutgoingFields): number {
    out = bytes;
    at = from;
    if (smallest !== undefined) tellSize();
    for (const name in fields) {
      const value = fields[name];
      if (value !== undefined) writeField(names.get(name) ?? addName(name), `${value}`);
    }
    return at;
  }

  function writeField(name: Name, value: string) {
    const index = name.isChanging ? 0 : indexOfField(name, value);
    if (index) return integer(0x80, 7, index);
    const entry = {name, value, size: name.text.length + value.length + 32};
    const enters = entry.size <= mostSize / 4 && !(name.isChanging && indexOfName(name));
    if (enters) literal(0x40, 6, name, value);
    else literal(0, 4, name, value);
    if (enters) enter(entry);
  }

  function literal(pattern: number, prefix: number, name: Name, value: string) {
    const index = indexOfName(name);
    integer(pattern, prefix, index);
    if (index === 0) string(name.text);
    string(value);
  }

  const indexOfField = ({staticValues, entered}: Name, value: string) =>
    staticValues.get(value) ?? indexOf(entered.get(value));
  const indexOfName = ({staticIndex, lastEntry}: Name) => staticIndex || indexOf(lastEntry);

  /** 0 where it is not, or no longer, in the table. */
  function indexOf(entry: number | undefined): number {
    return entry !== undefined && entry >= oldest ? STATIC_FIELDS.length + 1 + newest - entry : 0;
  }

  function enter(entry: Entry) {
    evict(mostSize - entry.size);
    entries.set(++newest, entry);
    size += entry.size;
    entry.name.lastEntry = newest;
    entry.name.entered.set(entry.value, newest);
  }

  function evict(room: number) {
    for (; oldest <= newest && size > room; oldest++) {
      const {name, value, size: bytes} = entries.get(oldest)!;
      entries.delete(oldest);
      size -= bytes;
      if (name.entered.get(value) === oldest) name.entered.delete(value);
    }
  }

  function resize(bytes: number) {
    const before = mostSize;
    mostSize = Math.min(bytes, TABLE_BYTES);
    if (mostSize === before && smallest === undefined) return;
    smallest = Math.min(smallest ?? mostSize, mostSize);
    evict(mostSize);
  }

  function tellSize() {
    if (smallest! < mostSize) integer(0x20, 5, smallest!);
    integer(0x20, 5, mostSize);
    smallest = undefined;
  }

  function addName(text: string): Name {
    const staticIndex = 1 + STATIC_FIELDS.findIndex(([name]) => name === text);
    const name: Name = {
      text,
      isChanging: CHANGING.has(text),
      staticIndex,
      staticValues: staticValuesOf(text),
      entered: new Map(),
      lastEntry: 0,
    };
    names.set(text, name);
    return name;
  }

  /** RFC 7541, 5.1. */
  function integer(pattern: number, prefix: number, value: number) {
    const most = (1 << prefix) - 1;
    if (value < most) {
      out[at++] = pattern | value;
      return;
    }
    out[at++] = pattern | most;
    let rest = value - most;
    for (; rest >= 0x80; rest >>= 7) out[at++] = (rest & 0x7f) | 0x80;
    out[at++] = rest;
  }

  function string(text: string) {
    integer(0, 7, text.length);
    if (text.length > SHORT) at += out.write(text, at, "latin1");
    else for (let i = 0; i < text.length; i++) out[at++] = text.charCodeAt(i);
  }

  return {room, write, resize};
}

const MOST_INTEGER_BYTES = 6;
/** As JavaScript writes it: a sign, 17 digits, a point and an exponent. */
const MOST_NUMBER_BYTES = 25;
/** A longer string is written faster by Node's own code, which costs a call out of JavaScript. */
const SHORT = 24;

function staticValuesOf(text: string): ReadonlyMap<string, number> {
  const values = STATIC_FIELDS.flatMap(([name, value], index) =>
    name === text && value !== "" ? ([[value, index + 1]] as const) : [],
  );
  return new Map(values);
}
