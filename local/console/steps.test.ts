import assert from "node:assert/strict";
import {test} from "node:test";
import {endOf, noteOf, wayOf} from "./steps.ts";

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

test("the way of a request, host by host", () => {
  const asked = {id: "1", atMs: 0, protocol: "HTTP/2", parameters: []} as const;
  const gone = {...asked, dialect: "completions", deployment: "old", status: 410};
  const kept = {...asked, dialect: "chat/completions", deployment: "new", status: 200};
  assert.equal(
    wayOf([gone, kept]),
    "old asked by completions: 410, then new asked by chat/completions",
  );
  assert.equal(wayOf([]), "");
});
