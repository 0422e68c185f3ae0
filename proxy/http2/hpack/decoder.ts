import {COMPRESSION_ERROR, ConnectionError} from "../wire.ts";
import {type Field, fieldOf} from "./field.ts";
import {decodeHuffman} from "./huffman.ts";
import {nameOf} from "./names.ts";
import {createRepeats} from "./repeats.ts";
import {STATIC_FIELDS} from "./static-table.ts";

/** The size of the peer's table, in bytes: HTTP/2's own default, which no setting of ours changes (RFC 9113, 6.5.2). */
const TABLE_BYTES = 4096;
/** No table holds more fields, as each counts 32 bytes and more. A power of two. */
const TABLE_FIELDS = 128;
/** No length, index or size that is allowed needs more bits. */
const MOST_SHIFT = 21;

const STATIC = STATIC_FIELDS.map(([name, value]) => fieldOf(nameOf(name), value));

/**
 * Decodes the header blocks of one connection, in the order in which they came (RFC 7541): each changes the table
 * that the next one refers to. Hands on field after field; throws COMPRESSION_ERROR.
 */
export function createDecoder(): (
  bytes: Buffer,
  start: number,
  end: number,
  take: (field: Field) => void,
) => void {
  /** The newest is before `newest`, modulo its length. */
  const table: (Field | undefined)[] = [];
  let newest = 0;
  let count = 0;
  let size = 0;
  let mostSize = TABLE_BYTES;
  const repeats = createRepeats();
  let block: Buffer;
  let at = 0;
  let last = 0;
  /** Of the string that was passed last, up to `at`. */
  let from = 0;
  let isHuffman = false;

  return function decode(bytes, start, end, take) {
    block = bytes;
    at = start;
    last = end;
    repeats.begin();
    while (at < last && (block[at]! & 0xe0) === 0x20) resize();
    while (at < last) take(next());
  };

  /** By its first bits (6): 1 indexed, 01 literal and remembered, 0000 and 0001 literal. */
  function next(): Field {
    const first = block[at]!;
    if (first & 0x80) return fieldAt(integer(7));
    if (first & 0x40) return remember(literal(6));
    if (first & 0x20) throw broken("a table size inside a block");
    return literal(4);
  }

  function literal(prefix: number): Field {
    const index = integer(prefix);
    const name = index === 0 ? nameOf(string()) : fieldAt(index).name;
    const start = at;
    passString();
    const known = repeats.find(name, block, start, at);
    if (known) return known;
    const field = fieldOf(name, passedString());
    repeats.keep(field, block, start, at);
    return field;
  }

  function fieldAt(index: number): Field {
    const field = index <= STATIC.length ? STATIC[index - 1] : dynamicField(index - STATIC.length);
    if (!field) throw broken(`no field has index ${index}`);
    return field;
  }

  function dynamicField(index: number): Field | undefined {
    return index <= count ? table[(newest - index) & (TABLE_FIELDS - 1)] : undefined;
  }

  /** One that is larger than the table empties it, and is no error (4.4). */
  function remember(field: Field): Field {
    evict(mostSize - field.size);
    if (field.size > mostSize) return field;
    table[newest & (TABLE_FIELDS - 1)] = field;
    newest++;
    count++;
    size += field.size;
    return field;
  }

  function evict(room: number) {
    while (count > 0 && size > room) {
      const oldest = (newest - count) & (TABLE_FIELDS - 1);
      size -= table[oldest]!.size;
      table[oldest] = undefined;
      count--;
    }
  }

  function resize() {
    mostSize = integer(5);
    if (mostSize > TABLE_BYTES) throw broken(`a table of ${mostSize} bytes`);
    evict(mostSize);
  }

  /** RFC 7541, 5.1. */
  function integer(prefix: number): number {
    const most = (1 << prefix) - 1;
    let value = octet() & most;
    if (value < most) return value;
    for (let shift = 0; shift <= MOST_SHIFT; shift += 7) {
      const next = octet();
      value += (next & 0x7f) << shift;
      if (next < 0x80) return value;
    }
    throw broken("an integer without end");
  }

  function octet(): number {
    if (at >= last) throw broken("a block that ends in mid-field");
    return block[at++]!;
  }

  function string(): string {
    passString();
    return passedString();
  }

  /** RFC 7541, 5.2. */
  function passString() {
    const start = at;
    isHuffman = at < last && block[at]! >= 0x80;
    const length = integer(7);
    from = at;
    at += length;
    if (at > last) throw broken(`a string of ${length} bytes at ${start}, beyond its block`);
  }

  function passedString(): string {
    if (!isHuffman) return block.toString("latin1", from, at);
    const text = decodeHuffman(block, from, at);
    if (text === undefined) throw broken("a string that is not in the Huffman code");
    return text;
  }
}

const broken = (what: string) => new ConnectionError(COMPRESSION_ERROR, what);
