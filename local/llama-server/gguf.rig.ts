/**
 * For tests: llama.cpp's file of a model. The form is GGUF 3 (gguf.md of ggml): a head, facts by name, the
 * tensors' names and shapes, then their numbers.
 */
export interface Gguf {
  readonly facts: Readonly<Record<string, Fact>>;
  readonly tensors: Readonly<Record<string, Tensor>>;
}

/** A number is a whole one of 32 bits unless it is in a list of its own. */
export type Fact = string | number | {readonly float: number} | readonly string[] | Int32Array;

export interface Tensor {
  /** The length of a row first. */
  readonly shape: readonly number[];
  readonly numbers: Float32Array;
}

const VERSION = 3;
const ALIGNMENT = 32;
const F32 = 0;
/** gguf_type of ggml/include/gguf.h. */
const types = {uint32: 4, int32: 5, float32: 6, string: 8, array: 9} as const;

export function ggufOf({facts, tensors}: Gguf): Buffer {
  const named = Object.entries(tensors);
  const head = Buffer.concat([
    Buffer.from("GGUF"),
    uint32(VERSION),
    uint64(named.length),
    uint64(Object.keys(facts).length),
    ...Object.entries(facts).flatMap(([name, fact]) => [text(name), factOf(fact)]),
    ...infos(named),
  ]);
  return Buffer.concat([padded(head), ...named.map(([, {numbers}]) => padded(bytesOf(numbers)))]);
}

function infos(named: readonly (readonly [string, Tensor])[]): Buffer[] {
  let offset = 0;
  return named.map(([name, {shape, numbers}]) => {
    const info = [text(name), uint32(shape.length), ...shape.map(uint64), uint32(F32)];
    const at = uint64(offset);
    offset += padded(bytesOf(numbers)).length;
    return Buffer.concat([...info, at]);
  });
}

function factOf(fact: Fact): Buffer {
  if (typeof fact === "string") return Buffer.concat([uint32(types.string), text(fact)]);
  if (typeof fact === "number") return Buffer.concat([uint32(types.uint32), uint32(fact)]);
  if ("float" in fact)
    return Buffer.concat([uint32(types.float32), bytesOf(Float32Array.of(fact.float))]);
  const isText = Array.isArray(fact);
  const kind = uint32(isText ? types.string : types.int32);
  const items = isText ? fact.map(text) : [bytesOf(fact as Int32Array)];
  return Buffer.concat([uint32(types.array), kind, uint64(fact.length), ...items]);
}

function uint32(value: number): Buffer {
  const bytes = Buffer.alloc(4);
  bytes.writeUInt32LE(value);
  return bytes;
}

function uint64(value: number): Buffer {
  const bytes = Buffer.alloc(8);
  bytes.writeBigUInt64LE(BigInt(value));
  return bytes;
}

const text = (value: string) =>
  Buffer.concat([uint64(Buffer.byteLength(value)), Buffer.from(value)]);
/** Every machine that this runs on is little-endian, as the file is. */
const bytesOf = ({buffer, byteOffset, byteLength}: Float32Array | Int32Array) =>
  Buffer.from(buffer, byteOffset, byteLength);
const padded = (bytes: Buffer) =>
  Buffer.concat([bytes, Buffer.alloc(-bytes.length & (ALIGNMENT - 1))]);
