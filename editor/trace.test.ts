import assert from "node:assert/strict";
import {test} from "node:test";
import fc from "fast-check";
import {parseTrace, strokeOf, traceLine} from "./trace.ts";

test("what was recorded is replayed: pauses, not times; long breaks cut", () => {
  const text = [
    traceLine(100.4, {kind: "key", size: 1}),
    "\n",
    traceLine(350, {kind: "delete", size: 1}),
    traceLine(3_600_000, {kind: "key", size: 42}),
  ].join("");
  assert.deepEqual(parseTrace(text), [
    {afterMs: 100, kind: "key", size: 1},
    {afterMs: 250, kind: "delete", size: 1},
    {afterMs: 30_000, kind: "key", size: 42},
  ]);
});

const refused: Record<string, [text: string, message: RegExp]> = {
  nothing: ["\n\n", /^The trace is not valid:\n {2}- it holds no stroke$/],
  "all that is wrong, by line": [
    '{"atMs":5,"kind":"key","size":1}\nhello\n{"atMs":1,"kind":"key","size":1}\n{"atMs":9,"kind":"paste","size":0,"text":"secret"}',
    /^The trace is not valid:\n {2}- line 2: it: .*write \{"atMs":120,.*\n {2}- line 3: atMs goes back; write in order\n {2}- line 4: kind: .*size: .*Unrecognized key/,
  ],
};

for (const [what, [text, message]] of Object.entries(refused))
  test(`a trace of ${what} is refused`, () => assert.throws(() => parseTrace(text), {message}));

const sent: Record<string, [text: string, stroke: ReturnType<typeof strokeOf>]> = {
  "a key": ["a", {kind: "key", size: 1}],
  "a backspace": ["\x7f", {kind: "delete", size: 1}],
  "a new line": ["\r", {kind: "key", size: 1}],
  "a paste": ["const a = 1;\n", {kind: "key", size: 13}],
  "one letter of two units": ["😀", {kind: "key", size: 1}],
  "an arrow": ["\x1b[A", undefined],
  "a control key": ["\x01", undefined],
};

for (const [what, [text, stroke]] of Object.entries(sent))
  test(`recorded: ${what}`, () => assert.deepEqual(strokeOf(text), stroke));

test("nothing of what was written is in a trace, only how much", () => {
  fc.assert(
    fc.property(fc.stringMatching(/^[g-z]{1,20}$/), (text) => {
      const line = traceLine(1, strokeOf(text)!);
      assert.equal(line, `{"atMs":1,"kind":"key","size":${text.length}}\n`);
    }),
  );
});
