import assert from "node:assert/strict";
import {isUtf8} from "node:buffer";
import {describe, test} from "node:test";
import fc from "fast-check";
import {plainEnd} from "./bytes.ts";
import {membersOf} from "./members.ts";
import {nameAt} from "./names.ts";
import {JsonFault} from "./scanner.ts";

/** What means something in JSON, or nearly does, and what means nothing. */
const pieces = fc.constantFrom(
  ...'{}[],:"\\ \n\t0129-.ex/\u0001\u007fé😀',
  ...["\\u12", "\\u00e9", "\\ud83d", '\\"', "\\n", "1e+", "-0.5E3", "tru", "null", '"a":'],
);
const edits = fc.array(
  fc.record({at: fc.nat(), piece: fc.oneof(pieces, fc.constant("")), over: fc.nat({max: 2})}),
  {maxLength: 3},
);
/** The text of any object, a few of whose bytes are others, more or fewer; anywhere in memory. */
const texts = fc
  .record({
    value: fc.dictionary(
      fc.oneof(fc.string({unit: "binary"}), fc.constantFrom("stream", "n", "prompt", "__proto__")),
      fc.jsonValue({depthSize: "small", noUnicodeString: false}),
      {maxKeys: 6},
    ),
    indent: fc.constantFrom("", " ", "\r\n\t"),
    edits,
    shift: fc.nat({max: 7}),
  })
  .map(({value, indent, edits, shift}) => {
    const text = [...Buffer.from(JSON.stringify(value, null, indent))];
    for (const {at, piece, over} of edits)
      text.splice(at % (text.length + 1), over, ...Buffer.from(piece));
    return Buffer.from([...new Array(shift).fill(0x22), ...text]).subarray(shift);
  });

/** What JSON.parse takes for an object, by its own member names in order; undefined where it takes none. */
function objectOf(bytes: Buffer): Record<string, unknown> | undefined {
  try {
    const value = isUtf8(bytes) && JSON.parse(bytes.toString());
    return typeof value === "object" && value !== null && !Array.isArray(value) ? value : undefined;
  } catch {
    return undefined;
  }
}

function membersIfValid(bytes: Buffer) {
  try {
    return isUtf8(bytes) ? membersOf(bytes) : undefined;
  } catch (error) {
    assert.ok(error instanceof JsonFault && error.at >= 0 && error.at <= bytes.length, `${error}`);
    return undefined;
  }
}

describe("members", () => {
  test("are those that JSON.parse finds, with its values, of whatever bytes it takes", () => {
    let taken = 0;
    fc.assert(
      fc.property(texts, (bytes) => {
        const expected = objectOf(bytes);
        const members = membersIfValid(bytes);
        assert.equal(members === undefined, expected === undefined, bytes.toString("latin1"));
        if (!members || !expected) return;
        taken++;
        const found = members.map(({name, start, end}) => {
          const value: unknown = JSON.parse(bytes.toString("utf8", start, end));
          return [name, value] as const;
        });
        assert.deepEqual(Object.fromEntries(found), expected);
        for (const {name, from, start} of members) {
          const head = bytes.toString("utf8", from, start);
          assert.equal(JSON.parse(head.slice(0, head.lastIndexOf(":"))), name);
        }
      }),
      {numRuns: 5000, seed: 1},
    );
    assert.ok(taken > 1000 && taken < 4000, `${taken} were taken`);
  });

  test("follow each other, and count the values that each is made of", () => {
    const members = membersOf(Buffer.from('{"a":[1,{"b":null}], "c" : "d"}'));
    assert.deepEqual(
      members.map(({name, place, values}) => [name, place, values]),
      [
        ["a", 0, 4],
        ["c", 1, 1],
      ],
    );
  });
});

test("a run of plain characters ends where the first special byte is, wherever it lies", () => {
  const special = (byte: number) => byte < 0x20 || byte === 0x22 || byte === 0x5c;
  const near = fc.constantFrom(0x1f, 0x20, 0x21, 0x22, 0x23, 0x5b, 0x5c, 0x5d, 0xa2, 0xdc, 0, 0x80);
  fc.assert(
    fc.property(fc.array(fc.oneof(near, fc.nat({max: 255})), {maxLength: 24}), (list) => {
      const bytes = Buffer.from(list);
      const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.length);
      for (let at = 0; at <= bytes.length; at++) {
        const end = bytes.findIndex((byte, index) => index >= at && special(byte));
        assert.equal(plainEnd(bytes, view, at), end < 0 ? bytes.length : end);
      }
    }),
    {numRuns: 2000, seed: 1},
  );
});

test("a name is what its bytes say, whichever were met before", () => {
  const name = fc.oneof(
    fc.string({unit: fc.constantFrom("a", "b", "é", "Ã", "©", "😀"), maxLength: 6}),
    fc.string({unit: "binary", maxLength: 60}).map((text) => text.toWellFormed()),
  );
  fc.assert(
    fc.property(fc.array(name, {maxLength: 20}), (names) => {
      for (const each of [...names, ...names]) {
        const bytes = Buffer.from(`"${each}"`);
        assert.equal(nameAt(bytes, 1, bytes.length - 1), each);
      }
    }),
    {numRuns: 2000, seed: 1},
  );
});

test("a name is not taken for one that has its bytes as its characters", () => {
  for (let code = 0x80; code < 0xd800; code++) {
    const name = Buffer.from(String.fromCharCode(code));
    const other = Buffer.from(name.toString("latin1"));
    for (const each of [other, name]) assert.equal(nameAt(each, 0, each.length), each.toString());
  }
});
