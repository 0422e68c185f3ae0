import assert from "node:assert/strict";
import {test} from "node:test";
import fc from "fast-check";
import {createEvents, errorIn, isComment} from "./events.ts";

const ANSWER = 'data: {"text":"a\\r\\nb"}\n\ndata: [DONE]\n\n';

/** How an answer reads that comes in these pieces: its text, and after which of them it had ended. */
function read(pieces: readonly Buffer[]) {
  const events = createEvents();
  let text = "";
  let ended: number | undefined;
  for (const [index, piece] of pieces.entries()) {
    const plain = events.plain(piece);
    text += plain.toString("latin1");
    if (events.isLast(plain)) ended ??= index;
  }
  return {text, ended, isWhole: events.isWhole};
}

const lineEnds = ["\n", "\r\n", "\r"];

test("whatever the line ends, and wherever it is cut, an answer is the same and ends when it is there", () => {
  const cuts = fc.array(fc.nat(ANSWER.length * 2), {maxLength: 12});
  fc.assert(
    fc.property(fc.constantFrom(...lineEnds), cuts, (lineEnd, cuts) => {
      const bytes = Buffer.from(ANSWER.replaceAll("\n", lineEnd));
      const ends = [0, ...cuts, bytes.length]
        .map((cut) => Math.min(cut, bytes.length))
        .toSorted((a, b) => a - b);
      const pieces = ends.slice(1).map((end, index) => bytes.subarray(ends[index], end));
      const {text, ended, isWhole} = read(pieces);
      assert.deepEqual([text, isWhole, ended === undefined], [ANSWER, true, false]);
    }),
    {numRuns: 2000, seed: 1},
  );
});

const ends: Record<string, [text: string, isLast: boolean, isWhole: boolean]> = {
  "the last event": ["data: [DONE]\n\n", true, true],
  "without a space": ["data:[DONE]\n\n", true, true],
  "without its blank line": ["data: [DONE]\n", false, true],
  "without any line end": ["data: [DONE]", false, true],
  "another event": ['data: {"text":"[DONE]"}\n\n', false, false],
  "its words within a text": ['data: {"text":"\\ndata: [DONE]\\n\\n"}\n\n', false, false],
  "a comment after it": ["data: [DONE]\n\n: bye\n\n", false, false],
};
for (const [name, [text, isLast, isWhole]] of Object.entries(ends))
  test(`${name}: ${isLast ? "ended" : isWhole ? "whole" : "not ended"}`, () => {
    const events = createEvents();
    assert.equal(events.isLast(Buffer.from(text)), isLast);
    assert.equal(events.isWhole, isWhole);
  });

test("comments are told from what is said", () => {
  const comments = [": ping\n\n", ":\n", "\n", "", ": a\n: b\n\n", "\n".repeat(1 << 20)];
  const others = ["data: x\n\n", ": ping\n\ndata: x\n\n", ": cut", "event: ping\n\n"];
  assert.deepEqual([...new Set(comments.map((text) => isComment(Buffer.from(text))))], [true]);
  assert.deepEqual([...new Set(others.map((text) => isComment(Buffer.from(text))))], [false]);
});

test("an error within the events is told from what is said", () => {
  const events: Record<string, "busy" | "failed" | undefined> = {
    'data: {"error":{"message":"x"}}\n\n': "failed",
    'data:{"error": "x"}\n\n': "failed",
    'data: {"choices":[]}\n\ndata: {"error":{"code":"server_error"}}\n\n': "failed",
    'data: {"error":{"type":"rate_limit_error"}}\n\n': "busy",
    'data: {"error":{"code":429}}\n\n': "busy",
    'data: {"choices":[{"text":"{\\"error\\": 429}"}]}\n\n': undefined,
    'data: {"choices":[{"text":"\\ndata: {\\"error\\""}]}\n\n': undefined,
    'data: {"choices":[],"error":null}\n\n': undefined,
    'data: {"id":"a","choices":[{"finish_reason":"error"}],"error":{"code":502}}\n\n': "failed",
    'data: {"id":"a","choices":[],"error":{"code":429}}\n\n': "busy",
    'data: {"choices":[{"content_filter_results":{"error":{"code":"x"}}}]}\n\n': undefined,
  };
  const told = Object.keys(events).map((text) => [text, errorIn(Buffer.from(text))]);
  assert.deepEqual(Object.fromEntries(told), events);
});
