import assert from "node:assert/strict";
import {test} from "node:test";
import fc from "fast-check";
import {escaped, fitted, folded} from "./markdown.ts";

const block = folded("one", "a\n```\nb", "diff");

test("a folded block outlasts the fences in it", () =>
  assert.equal(block, "<details><summary>one</summary>\n\n````diff\na\n```\nb\n````\n</details>"));

test("nothing in text mentions, links or marks up", () =>
  assert.equal(
    escaped("@a [b](c) <d> *e* _f_ `g` &h"),
    "&#64;a \\[b\\](c) &lt;d> \\*e\\* \\_f\\_ \\`g\\` &amp;h",
  ));

const cases: Record<string, [text: string, limit: number, cut: string]> = {
  "what fits stays": ["a\nb\n", 4, "a\nb\n"],
  "whole lines are kept": ["aaaa\nbbbb\ncccc\n", 12, "aaaa\n\n\nmore\n"],
  "an open block is closed": [
    `${block}\n${"x".repeat(100)}`,
    66,
    "<details><summary>one</summary>\n\n````diff\na\n````\n</details>\n\nmore\n",
  ],
};

for (const [what, [text, limit, cut]] of Object.entries(cases))
  test(`fitted: ${what}`, () => assert.equal(fitted(text, limit, "more"), cut));

test("whatever it is cut from, it fits, and no block stays open", () => {
  const word = fc.stringMatching(/^[a-z\n]{0,40}$/);
  const part = fc.oneof(
    word,
    fc.tuple(word, word).map(([title, text]) => folded(title.replaceAll("\n", ""), text)),
  );
  fc.assert(
    fc.property(fc.array(part), fc.integer({min: 20, max: 500}), (parts, limit) => {
      const cut = fitted(parts.join("\n"), limit, "more");
      const count = (pattern: RegExp) => [...cut.matchAll(pattern)].length;
      assert.ok(cut.length <= limit);
      assert.equal(count(/^<details>/gm), count(/^<\/details>$/gm));
      assert.equal(count(/^```/gm) % 2, 0);
    }),
  );
});
