import {randomBytes} from "node:crypto";
import type {Field} from "./field.ts";
import type {Name} from "./names.ts";

/** Of one connection: the tokens of so many users, with what else their requests say. */
const MOST_FIELDS = 1024;
/** Of all of them as they came, so that tables of long ones stay small, too. */
const MOST_BYTES = 256 << 10;
const FIRST_BYTES = 4 << 10;
/** A longer one is not kept. */
const LONGEST_BYTES = 2 << 10;
/** What one header block may add, and so take from others. */
const MOST_OF_BLOCK = 4;

/** Where a value stands among the bytes that are kept. */
interface Kept {
  readonly field: Field;
  readonly at: number;
  readonly length: number;
}

/**
 * Fields that a peer says again and again in full, as it may (RFC 7541, 6.2), or as its table holds the tokens of few
 * users only. Known by their bytes, one costs no decoding, and its value is the same string again, whose hash is known.
 * What is kept goes with its connection.
 */
export interface Repeats {
  /** Another header block begins. */
  begin(): void;
  /** The field of that name whose value has these bytes, its length first. */
  find(name: Name, bytes: Buffer, start: number, end: number): Field | undefined;
  keep(field: Field, bytes: Buffer, start: number, end: number): void;
}

export function createRepeats(): Repeats {
  const fields = new Map<number, Kept>();
  let arena = NOTHING;
  let used = 0;
  let left = 0;

  function begin(): void {
    left = MOST_OF_BLOCK;
  }

  function find(name: Name, bytes: Buffer, start: number, end: number): Field | undefined {
    if (!name.isRepeated) return undefined;
    const kept = fields.get(hashOf(name, bytes, start, end));
    if (kept?.field.name !== name || kept.length !== end - start) return undefined;
    return isSame(kept, bytes, start) ? kept.field : undefined;
  }

  /** It may be a credential: the time that this takes says nothing of where the bytes differ. */
  function isSame({at, length}: Kept, bytes: Buffer, start: number): boolean {
    const own = arena;
    let difference = 0;
    for (let index = 0; index < length; index++)
      difference |= own[at + index]! ^ bytes[start + index]!;
    return difference === 0;
  }

  function keep(field: Field, bytes: Buffer, start: number, end: number): void {
    const length = end - start;
    if (left === 0 || !field.name.isRepeated || length > LONGEST_BYTES || isKey(field)) return;
    left--;
    if (fields.size >= MOST_FIELDS || used + length > MOST_BYTES) clear();
    if (used + length > arena.length) grow(used + length);
    bytes.copy(arena, used, start, end);
    fields.set(hashOf(field.name, bytes, start, end), {field, at: used, length});
    used += length;
  }

  function clear() {
    fields.clear();
    arena.fill(0, 0, used);
    used = 0;
  }

  function grow(least: number) {
    const before = arena;
    arena = Buffer.allocUnsafeSlow(Math.max(FIRST_BYTES, 2 * before.length, least));
    before.copy(arena, 0, 0, used);
  }

  return {begin, find, keep};
}

const NOTHING = Buffer.alloc(0);
const CREDENTIALS: ReadonlySet<string> = new Set(["api-key", "authorization", "x-api-key"]);

/** A key is in memory while it is traded, and then as a hash alone (docs/security.md). Tickets are JWTs. */
const isKey = ({name, value}: Field) =>
  CREDENTIALS.has(name.text) && !/^(?:bearer +)?ey/i.test(value);

/** Of its last octets, where credentials differ, and of some sixteen others from all over it. */
function hashOf({slot}: Name, bytes: Buffer, start: number, end: number): number {
  const tail = Math.max(start, end - TAIL_BYTES);
  const step = 1 + ((tail - start) >> 4);
  let hash = slot;
  for (let at = start; at < tail; at += step) hash = Math.imul(hash ^ bytes[at]!, MULTIPLIER);
  for (let at = tail; at < end; at++) hash = Math.imul(hash ^ bytes[at]!, MULTIPLIER);
  return hash >>> 2;
}
const TAIL_BYTES = 8;
/** Odd, and another one in each process: nobody can make up values that fall into one place of the map. */
const MULTIPLIER = randomBytes(4).readInt32LE() | 1;
