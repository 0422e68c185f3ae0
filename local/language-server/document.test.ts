import assert from "node:assert/strict";
import {test} from "node:test";
import fc from "fast-check";
import {ghostText, openDocument} from "./document.ts";

interface Change {
  readonly textDocument: {readonly version: number};
  readonly contentChanges: readonly {readonly range: Range; readonly text: string}[];
}

interface Range {
  readonly start: {readonly line: number; readonly character: number};
}

/** Applies a change as a server does: by its position, not by where the sender's cursor was. */
function applied(text: string, {contentChanges}: Change): string {
  return contentChanges.reduce((before, {range: {start}, text}) => {
    const lines = before.split("\n");
    const line = lines[start.line]!;
    lines[start.line] = line.slice(0, start.character) + text + line.slice(start.character);
    return lines.join("\n");
  }, text);
}

const endOf = (text: string) => openDocument("file:///a.ts", "typescript", text).cursor;

const text = fc.string({unit: fc.constantFrom("a", " ", "\n", "é", "𝒳")});

test("changes lead from the text that was opened to the one that is there, version by version", () =>
  fc.assert(
    fc.property(text, fc.array(text), (begun, typed) => {
      const document = openDocument("file:///a.ts", "typescript", begun);
      const changes = typed.map((added) => document.type(added) as Change);
      assert.equal(changes.reduce(applied, begun), document.item.text);
      assert.deepEqual(
        changes.map(({textDocument}) => textDocument.version),
        typed.map((_, index) => index + 2),
      );
    }),
  ));

test("an edit leaves what is before and after its range", () =>
  fc.assert(
    fc.property(text, text, text, text, (before, old, after, added) => {
      const document = openDocument("file:///a.ts", "typescript", before + old + after);
      const range = {start: endOf(before), end: endOf(before + old)};
      assert.equal(document.after({text: added, range}), before + added + after);
    }),
  ));

test("the grey text is what a suggestion adds to its line", () => {
  const document = openDocument("file:///a.ts", "typescript", "{\n  return ");
  const {cursor} = document;
  const over = (character: number, insertText: string) =>
    ghostText(document, {insertText, range: {start: {...cursor, character}, end: cursor}});
  assert.deepEqual(
    [over(0, "  return a + b;"), over(9, "a + b;"), over(2, "throw")],
    ["a + b;", "a + b;", "throw"],
  );
});
