import assert from "node:assert/strict";
import {test} from "node:test";
import {createAnswerLengths} from "./answer-length.ts";

test("what was not said is what whole answers of the model are longer by, on the average", () => {
  const lengths = createAnswerLengths();
  assert.equal(lengths.unsaid("codex", 0), 0);
  lengths.whole("codex", 20);
  lengths.whole("codex", 20);
  assert.deepEqual([lengths.unsaid("codex", 5), lengths.unsaid("codex", 30)], [15, 0]);
  assert.equal(lengths.unsaid("nano", 0), 0);
  for (let answer = 0; answer < 300; answer++) lengths.whole("codex", 60);
  assert.ok(lengths.unsaid("codex", 0) > 59);
});
