import assert from "node:assert/strict";
import {describe, test} from "node:test";
import fc from "fast-check";
import {createDecoder} from "./decoder.ts";
import type {Field} from "./field.ts";
import {encodeHuffman} from "./huffman.rig.ts";

/** How a line may be written (RFC 7541, 6.2): entered in the table, not entered, never to be. */
const FORMS = {entered: 0x40, plain: 0x00, never: 0x10};

interface Line {
  readonly form: keyof typeof FORMS;
  readonly name: string;
  readonly value: string;
  readonly isHuffman: boolean;
}

/** RFC 7541, 5.1, with a prefix of seven bits. */
function lengthOf(bytes: Buffer, flag: number): Buffer {
  if (bytes.length < 127) return Buffer.from([flag | bytes.length]);
  const rest = bytes.length - 127;
  return Buffer.from([flag | 127, (rest & 127) | 128, rest >> 7]);
}

function stringOf(text: string, isHuffman: boolean): Buffer {
  const plain = Buffer.from(text, "latin1");
  const bytes = isHuffman ? encodeHuffman(plain) : plain;
  return Buffer.concat([lengthOf(bytes, isHuffman ? 0x80 : 0), bytes]);
}

const written = ({form, name, value, isHuffman}: Line) =>
  Buffer.concat([
    Buffer.from([FORMS[form]]),
    stringOf(name, !isHuffman),
    stringOf(value, isHuffman),
  ]);

function read(decode: ReturnType<typeof createDecoder>, lines: readonly Line[]): Field[] {
  const fields: Field[] = [];
  const block = Buffer.concat(lines.map(written));
  decode(block, 0, block.length, (field) => fields.push(field));
  return fields;
}

const saidOf = (of: readonly Field[]) => of.map(({name, value}) => [name.text, value]);
const token = (user: number): Line => ({
  form: "never",
  name: "authorization",
  value: `Bearer ey${"x".repeat(200)}${user}`,
  isHuffman: false,
});

/** Two whose bytes are the same, one of them in the Huffman code. */
const ALIKE = ["eyJhbGciOi", encodeHuffman(Buffer.from("eyJhbGciOi")).toString("latin1")];
const values = fc.oneof(
  fc.constantFrom("", "a", "b", ...ALIKE, token(1).value, token(2).value, "z".repeat(5000)),
  fc.string({unit: fc.constantFrom("a", "b", "\xff"), maxLength: 4}),
);
const line: fc.Arbitrary<Line> = fc.record({
  form: fc.constantFrom("entered", "plain", "never"),
  name: fc.constantFrom("authorization", "x-api-key", "x-request-id", "x-other", ":path"),
  value: values,
  isHuffman: fc.boolean(),
});

test("what is said again is read as it was said, in any order and form", () => {
  fc.assert(
    fc.property(fc.array(fc.array(line, {maxLength: 8}), {maxLength: 20}), (blocks) => {
      const decode = createDecoder();
      for (const lines of blocks)
        assert.deepEqual(
          saidOf(read(decode, lines)),
          lines.map(({name, value}) => [name, value]),
        );
    }),
    {numRuns: 300},
  );
});

describe("what is kept", () => {
  const again = (decode: ReturnType<typeof createDecoder>, line: Line) => {
    const [first] = read(decode, [line]);
    return first === read(decode, [line])[0];
  };

  test("is known in whatever block it comes", () => {
    const decode = createDecoder();
    const [first] = read(decode, [token(1)]);
    assert.equal(read(decode, [token(2), token(1)])[1], first);
    assert.equal(read(decode, [{...token(1), form: "entered"}])[0], first);
  });

  test("is not what changes each time, is read by nobody, or is very long", () => {
    const decode = createDecoder();
    for (const name of ["x-request-id", "content-length", "x-other"])
      assert.equal(again(decode, {...token(1), name}), false, name);
    assert.equal(again(decode, {...token(1), value: `ey${"v".repeat(10_000)}`}), false);
    assert.equal(again(decode, token(1)), true);
  });

  test("is no key of a user's, which is in memory while it is traded alone", () => {
    const decode = createDecoder();
    for (const value of ["Bearer ghp_0123456789", "bearer  mk-1", "sk-1", "Basic ZXk6", ""])
      for (const name of ["authorization", "x-api-key", "api-key"])
        assert.equal(again(decode, {...token(1), name, value}), false, `${name} ${value}`);
    for (const value of ["Bearer eyJhbGciOi", "eyJhbGciOi"])
      assert.equal(again(decode, {...token(1), value}), true, value);
  });

  test("is of its own connection", () => {
    const [first] = read(createDecoder(), [token(1)]);
    assert.notEqual(read(createDecoder(), [token(1)])[0], first);
  });

  test("loses four to a block that has thousands", () => {
    const decode = createDecoder();
    const known = read(decode, [token(0)])[0];
    const flood = Array.from({length: 5000}, (_, user) => token(user + 1));
    const came = read(decode, flood);
    assert.equal(read(decode, [token(0)])[0], known);
    const kept = flood.filter((line, index) => read(decode, [line])[0] === came[index]);
    assert.deepEqual(kept, flood.slice(0, 4));
  });

  test("is forgotten when there is too much of it, and then kept again", () => {
    for (const length of [10, 1500]) {
      const decode = createDecoder();
      const value = `ey${"v".repeat(length)}`;
      const known = read(decode, [token(0)])[0];
      for (let user = 0; user < 5000; user++)
        read(decode, [{...token(0), value: `${value}${user}`}]);
      assert.notEqual(read(decode, [token(0)])[0], known);
      assert.equal(again(decode, token(0)), true);
    }
  });
});
