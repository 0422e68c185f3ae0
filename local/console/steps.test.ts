import assert from "node:assert/strict";
import {test} from "node:test";
import {endOf, noteOf} from "./steps.ts";

test("the end of a stream that nobody cancelled", () => {
  const refused = JSON.stringify({error: {message: "No deployment has room."}});
  assert.deepEqual(endOf(200, 0, "text"), ["done", ""]);
  assert.deepEqual(endOf(200, 2, "te"), ["refused", "cut short (code 2)"]);
  assert.deepEqual(endOf(429, 0, refused), ["refused", "429: No deployment has room."]);
  assert.deepEqual(endOf(502, 0, "<html>"), ["refused", "502"]);
  assert.deepEqual(endOf(0, 8, ""), ["refused", "no answer (code 8)"]);
});

test("what a cancel has spared", () => {
  assert.equal(noteOf(undefined, false), "before it was sent on; no model saw it");
  assert.equal(noteOf(2.34, false), "waiting; the model stopped 2.3 ms later");
  assert.equal(noteOf(2.34, true), "streaming; the model stopped 2.3 ms later");
  assert.equal(noteOf(undefined, true), "streaming; the model had just finished");
});
