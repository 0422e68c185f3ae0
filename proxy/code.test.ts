import assert from "node:assert/strict";
import {describe, test} from "node:test";
import fc from "fast-check";
import {type Bounds, codeOf} from "./code.ts";

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
  "a fence after the first line of code is code": {said: "a\n```\nb", text: "a\n```\nb"},
  "fences stay where the prompt has some": {
    prompt: "# Use\n```sh\nnpm start\n```\n",
    said: "```sh\nnpm test\n```",
    text: "```sh\nnpm test\n```",
  },
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

describe("codeOf", () => {
  for (const [name, {prompt = PROMPT, stop = [], said, text, ended = false}] of Object.entries(
    cases,
  ))
    test(name, () => assert.deepEqual(codeOf(said, {prompt, stop}, true), {text, ended}));

  test("what may yet prove to be a fence, an echo or a stop text is held back", () => {
    const bounds = {prompt: PROMPT, stop: ["END"]};
    const held = ["", "``", "```py", "\n ", "  ret", "return", "```js\na\n``", "aE", "aEN"];
    const texts = held.map((said) => codeOf(said, bounds, false).text);
    assert.deepEqual(texts, ["", "", "", "", "", "", "a", "a", "a"]);
  });

  test("what has been shown is never taken back, wherever the pieces are cut", () => {
    const piece = fc.constantFrom(
      "a",
      " ",
      "\n",
      "`",
      "```",
      "```js\n",
      "  return ",
      "END",
      "E",
      "é",
    );
    const bounds: fc.Arbitrary<Bounds> = fc.record({
      prompt: fc.constantFrom(PROMPT, "", "x", "# a\n```\n"),
      stop: fc.subarray(["END", "\n", "\n\n", "``", "aa"]),
    });
    fc.assert(
      fc.property(fc.array(piece, {maxLength: 20}), bounds, (pieces, bounds) => {
        const said = pieces.join("");
        const whole = codeOf(said, bounds, true);
        let shown = "";
        for (let length = 0; length <= said.length; length++) {
          const {text, ended} = codeOf(said.slice(0, length), bounds, false);
          assert.ok(
            text.startsWith(shown),
            `${JSON.stringify(text)} after ${JSON.stringify(shown)}`,
          );
          shown = text;
          if (ended) return assert.deepEqual(whole, {text, ended});
        }
        assert.ok(whole.text.startsWith(shown));
      }),
    );
  });
});
