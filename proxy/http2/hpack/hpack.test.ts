import assert from "node:assert/strict";
import {describe, test} from "node:test";
import fc from "fast-check";
import {idHeaders} from "../../errors.ts";
import {ConnectionError} from "../wire.ts";
import {createDecoder} from "./decoder.ts";
import {createEncoder, type Encoder, type OutgoingFields} from "./encoder.ts";
import {CHANGING} from "./names.ts";

type Lines = readonly (readonly [name: string, value: string])[];

function read(decode: ReturnType<typeof createDecoder>, block: Buffer): Lines {
  const lines: [string, string][] = [];
  decode(block, 0, block.length, ({name, value}) => lines.push([name.text, value]));
  return lines;
}

const decoded = (...blocks: readonly string[]): readonly Lines[] => {
  const decode = createDecoder();
  return blocks.map((hex) => read(decode, Buffer.from(hex.replaceAll(" ", ""), "hex")));
};

function written(encoder: Encoder, fields: OutgoingFields): Buffer {
  const bytes = Buffer.alloc(encoder.room(fields));
  return bytes.subarray(0, encoder.write(bytes, 0, fields));
}

const request = (path: string, ...more: Lines): Lines => [
  [":method", "GET"],
  [":scheme", path === "/" ? "http" : "https"],
  [":path", path],
  [":authority", "www.example.com"],
  ...more,
];

/** Three requests on one connection, in plain octets and in the Huffman code. */
const examples: Record<string, readonly string[]> = {
  "C.3": [
    "828684410f7777772e6578616d706c652e636f6d",
    "828684be58086e6f2d6361636865",
    "828785bf400a637573746f6d2d6b65790c637573746f6d2d76616c7565",
  ],
  "C.4": [
    "828684418cf1e3c2e5f23a6ba0ab90f4ff",
    "828684be5886a8eb10649cbf",
    "828785bf408825a849e95ba97d7f8925a849e95bb8e8b4bf",
  ],
};

for (const [section, blocks] of Object.entries(examples))
  test(`the example of RFC 7541, ${section}`, () => {
    assert.deepEqual(decoded(...blocks), [
      request("/"),
      request("/", ["cache-control", "no-cache"]),
      request("/index.html", ["custom-key", "custom-value"]),
    ]);
  });

const broken: Record<string, string> = {
  "index 0": "80",
  "an index that no table has": "be",
  "a field that ends before its value": "400161",
  "a string longer than its block": "40057465",
  "an integer without end": "ffffffffffff7f",
  "a table larger than was allowed": "3fe21f",
  "a change of table size after a field": "823fe11f",
  "Huffman padding of zeros": "408161" + "8100" + "0161",
  "Huffman padding of eight ones": "4082" + "1fff" + "0161",
  "the end-of-string symbol": "4084ffffffff0161",
};

describe("what is no header block is COMPRESSION_ERROR", () => {
  for (const [name, hex] of Object.entries(broken))
    test(name, () => {
      assert.throws(
        () => decoded(hex),
        (error) => error instanceof ConnectionError && error.code === 9,
      );
    });
});

const text = fc.string({
  unit: fc.integer({min: 0x21, max: 0xff}).map((code) => String.fromCharCode(code)),
});
const fields = fc.dictionary(
  fc.stringMatching(/^[a-z-]{1,12}$/),
  fc.oneof(text, fc.constantFrom("a", "bb")),
  {
    maxKeys: 12,
  },
);
const step = fc.record({fields, resize: fc.option(fc.nat(5000), {nil: undefined})});

test("what is encoded is decoded, whatever the table's sizes meanwhile", () => {
  fc.assert(
    fc.property(fc.array(step, {maxLength: 30}), (steps) => {
      const encoder = createEncoder();
      const decode = createDecoder();
      for (const {fields, resize} of steps) {
        if (resize !== undefined) encoder.resize(resize);
        assert.deepEqual(read(decode, written(encoder, fields)), Object.entries(fields));
      }
    }),
  );
});

test("no bytes whatsoever do more than throw COMPRESSION_ERROR", () => {
  fc.assert(
    fc.property(fc.array(fc.uint8Array({maxLength: 60}), {maxLength: 8}), (blocks) => {
      const decode = createDecoder();
      try {
        for (const block of blocks) read(decode, Buffer.from(block));
      } catch (error) {
        assert.ok(error instanceof ConnectionError && error.code === 9);
      }
    }),
    {numRuns: 2000},
  );
});

test("what is said again is one byte or two; what is seldom the same enters no table", () => {
  const encoder = createEncoder();
  const fields = {
    ":method": "POST",
    ":path": "/v1/completions",
    authorization: "Bearer a-credential",
  };
  written(encoder, {...fields, "content-length": "10", "x-request-id": "1"});
  assert.equal(written(encoder, fields).length, 3);
  const other = {"content-length": "11", "x-request-id": "2"};
  const first = written(encoder, other);
  assert.deepEqual(written(encoder, other), first);
});

test("what is another one each time pushes out nothing that is said again", () => {
  const encoder = createEncoder();
  const constant = {":status": "200", "content-type": "application/json", "x-meridian-region": "a"};
  const lengths = Array.from({length: 200}, (_, answer) => {
    const id = `${answer}`.padStart(36, "0");
    const fields = {...constant, ...idHeaders(id), ...Object.fromEntries(changing(id))};
    return written(encoder, fields).length;
  });
  assert.equal(new Set(lengths.slice(1)).size, 1);
});

const changing = (value: string) => [...CHANGING].map((name) => [name, value]);
