import assert from "node:assert/strict";
import {describe, test} from "node:test";
import fc from "fast-check";
import type {Bounds} from "../bounds.ts";
import {createCode} from "./code.ts";
import {filtered} from "./filter.ts";

const codeOf = (said: string, bounds: Bounds) => filtered(said, createCode(bounds));

const PROMPT = "function add(a, b) {\n  return ";

const cases: Record<
  string,
  {prompt?: string; stop?: string[]; said: string; text: string; ended?: boolean}
> = {
  "code alone is left as it is": {said: "a + b;\n}", text: "a + b;\n}"},
  "leading space is the code's own": {said: "  a + b;", text: "  a + b;"},
  "a fence around it is taken off": {said: "```js\na + b;\n```", text: "a + b;", ended: true},
  "and what is said after the fence": {
    said: "```\na + b;\n```\nThis adds two numbers.",
    text: "a + b;",
    ended: true,
  },
  "a fence that was cut off": {said: "```js\na + b", text: "a + b"},
  "a fence and nothing in it": {said: "```js", text: ""},
  "a closing fence may be indented": {said: "```js\n  a;\n  ```", text: "  a;", ended: true},
  "a fence with carriage returns leaves none": {
    said: "```js\r\na;\r\nb;\r\n```\r\n",
    text: "a;\r\nb;",
    ended: true,
  },
  "a fence after the first line of code is code": {said: "a\n```\nb", text: "a\n```\nb"},
  "fences stay where the prompt has some": {
    prompt: "# Use\n```sh\nnpm start\n```\n",
    said: "```sh\nnpm test\n```",
    text: "```sh\nnpm test\n```",
  },
  "words before a fence": {
    said: "Here is the completed function:\n\n```js\na + b;\n```\nIt adds.",
    text: "a + b;",
    ended: true,
  },
  "several lines of words before a fence": {
    said: "Sure, I can help.\nThis adds two numbers:\n```\na + b;",
    text: "a + b;",
  },
  "words without a fence are the text": {
    said: "The sum of both numbers.\nIt is a number.",
    text: "The sum of both numbers.\nIt is a number.",
  },
  "a line of code in capitals is code": {said: "Adder.add(a, b);\n", text: "Adder.add(a, b);\n"},
  "thoughts before the answer": {
    said: "<think>\nThe user wants a sum.\n</think>\n\na + b;",
    text: "a + b;",
  },
  "thoughts, words and a fence": {
    said: "<thinking>x</thinking>Here is the code:\n```js\na;\n```",
    text: "a;",
    ended: true,
  },
  "thoughts that never end": {said: "<think>a + b;", text: ""},
  "a tag that is no thought": {said: "<thin/>", text: "<thin/>"},
  "a tag within the answer": {said: "a <think>b</think>", text: "a <think>b</think>"},
  "the last line said again": {said: "  return a + b;", text: "a + b;"},
  "the last line said again without its indent": {said: "return a + b;", text: "a + b;"},
  "the whole prompt said again": {said: `${PROMPT}a + b;`, text: "a + b;"},
  "said again within a fence": {said: "```js\n  return a + b;\n```", text: "a + b;", ended: true},
  "a short line is no echo": {prompt: "if x:\n  y", said: "yes()", text: "yes()"},
  "a stop text ends it": {stop: ["\n"], said: "a + b;\n}", text: "a + b;", ended: true},
  "the first of several stop texts": {stop: ["}", ";"], said: "a;}", text: "a", ended: true},
  "a stop text in the fence's own line is none": {
    stop: ["\n"],
    said: "```js\na + b;\n}\n```",
    text: "a + b;",
    ended: true,
  },
};

/** The code in pieces as they come: what is shown after each, and whether that is all. */
function shownBy(pieces: readonly string[], bounds: Bounds) {
  const code = createCode(bounds);
  let text = "";
  for (const piece of pieces) {
    text += code.push(piece);
    if (code.ended) return {text, ended: true};
  }
  return {text: text + code.end(), ended: false};
}

describe("the code in an answer", () => {
  for (const [name, {prompt = PROMPT, stop = [], said, text, ended = false}] of Object.entries(
    cases,
  ))
    test(name, () => {
      assert.deepEqual(codeOf(said, {prompt, stop}), {text, ended});
      assert.deepEqual(shownBy([...said], {prompt, stop}), {text, ended});
    });

  test("what may yet prove to be something else is held back", () => {
    const bounds = {prompt: PROMPT, stop: ["END"]};
    const held = {
      "": "",
      "``": "",
      "```py": "",
      "\n ": "",
      "  ret": "",
      return: "",
      "```js\na\n``": "a",
      "```js\na\r": "a",
      aE: "a",
      aEN: "a",
      "<thi": "",
      "Here is": "",
      "Here is the function:\n": "",
    };
    const shown = Object.keys(held).map((said) => [said, createCode(bounds).push(said)]);
    assert.deepEqual(Object.fromEntries(shown), held);
  });

  test("it is the same wherever the pieces are cut, and nothing shown is taken back", () => {
    const part = fc.constantFrom(
      ...["a", " ", "\n", "\r\n", "`", "```", "```js\n", "  return ", "END", "E", "é"],
      ...["<think>", "</think>", "<thin", "Here is the code:", "Sure", "."],
    );
    const bounds: fc.Arbitrary<Bounds> = fc.record({
      prompt: fc.constantFrom(PROMPT, "", "x", "# a\n```\n"),
      stop: fc.subarray(["END", "\n", "\n\n", "``", "aa"]),
    });
    const cuts = fc.array(fc.nat(200), {maxLength: 20});
    fc.assert(
      fc.property(fc.array(part, {maxLength: 20}), bounds, cuts, (parts, bounds, cuts) => {
        const said = parts.join("");
        const places = [0, ...cuts.filter((cut) => cut < said.length), said.length];
        const ends = places.toSorted((a, b) => a - b);
        const pieces = ends.slice(1).map((end, index) => said.slice(ends[index], end));
        assert.deepEqual(shownBy(pieces, bounds), codeOf(said, bounds));
        assert.deepEqual(shownBy([...said], bounds), codeOf(said, bounds));
      }),
      {numRuns: 3000, seed: 1},
    );
  });

  test("an answer of a million characters costs no more for each than a short one", () => {
    const code = createCode({prompt: "x".repeat(1 << 20), stop: ["END", "\n\n\n"]});
    let size = 0;
    for (let count = 0; count < 1 << 20; count++) size += code.push("y").length;
    assert.equal(size + code.end().length, 1 << 20);
  });
});
