import assert from "node:assert/strict";
import {describe, test} from "node:test";
import fc from "fast-check";
import {codingOf, lengthOf, mediaTypeOf, traceparentOf, waitOf} from "./headers.ts";

const NOW = Date.parse("2026-11-26T12:00:00Z");

describe("the wait that a host names", () => {
  const cases: Record<string, [headers: Record<string, string>, seconds: number]> = {
    none: [{}, 1],
    seconds: [{"retry-after": "7"}, 7],
    "a part of a second": [{"retry-after": "0.4"}, 1],
    "none at all": [{"retry-after": "0"}, 1],
    "less than none": [{"retry-after": "-5"}, 1],
    "a day": [{"retry-after": "86400"}, 60],
    milliseconds: [{"retry-after-ms": "2500"}, 3],
    "milliseconds beside seconds": [{"retry-after-ms": "1500", "retry-after": "30"}, 2],
    "a date": [{"retry-after": "Thu, 26 Nov 2026 12:00:20 GMT"}, 20],
    "a date that has passed": [{"retry-after": "Thu, 26 Nov 2026 11:00:00 GMT"}, 1],
    "a date far off": [{"retry-after": "Fri, 27 Nov 2026 12:00:00 GMT"}, 60],
    "no wait": [{"retry-after": "soon"}, 1],
    "a number too large to be one": [{"retry-after": "9".repeat(400)}, 60],
  };
  for (const [name, [headers, seconds]] of Object.entries(cases))
    test(`${name}: ${seconds} s`, () => assert.equal(waitOf(headers, NOW), seconds));

  test("whatever it says, it is a whole number from 1 to 60", () => {
    const text = fc.oneof(fc.string(), fc.double().map(String), fc.date().map(String));
    fc.assert(
      fc.property(text, text, (after, milliseconds) => {
        const wait = waitOf({"retry-after": after, "retry-after-ms": milliseconds}, NOW);
        assert.ok(Number.isInteger(wait) && wait >= 1 && wait <= 60, `${wait}`);
      }),
      {seed: 1},
    );
  });
});

test("media types and codings have no case", () => {
  const types = ["Text/Event-Stream; Charset=utf-8", " text/event-stream ", "TEXT/EVENT-STREAM"];
  for (const type of types) assert.equal(mediaTypeOf({"content-type": type}), "text/event-stream");
  assert.equal(mediaTypeOf({}), "");
  const codings = [undefined, "", "Identity", "GZip", " br "].map((coding) =>
    codingOf({"content-encoding": coding}),
  );
  assert.deepEqual(codings, ["", "", "", "gzip", "br"]);
});

test("a length is a whole number, or none", () => {
  const lengths = ["12", "0", "", "-1", "1.5", "12, 12", "x", "9".repeat(30)].map((length) =>
    lengthOf({"content-length": length}),
  );
  assert.deepEqual(lengths, [12, 0, ...Array(6).fill(undefined)]);
});

test("a trace is passed on in W3C's form alone", () => {
  const good = `00-${"a".repeat(32)}-${"b".repeat(16)}-01`;
  assert.equal(traceparentOf({traceparent: good}), good);
  const bad = [
    "",
    "x".repeat(20_000),
    `${good}-more`,
    good.toUpperCase(),
    good.replace("00", "ff"),
    `00-${"0".repeat(32)}-${"b".repeat(16)}-01`,
    `00-${"a".repeat(32)}-${"0".repeat(16)}-01`,
  ];
  for (const traceparent of bad) assert.equal(traceparentOf({traceparent}), undefined, traceparent);
});
