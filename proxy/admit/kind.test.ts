import assert from "node:assert/strict";
import {test} from "node:test";
import {dialects} from "../dialects/dialects.ts";
import {type Kind, kindOf, objectiveNameOf} from "./kind.ts";

const paths: Record<string, Kind> = {
  "/v1/engines/copilot-codex/completions": "completion",
  "/v1/completions": "completion",
  ...Object.fromEntries(dialects.map(({path}) => [path, "completion"] as const)),
  "/v1/chat/completions": "chat",
  "/chat/completions": "next_edit",
};

/** Only what an editor says of a guess makes a call one ahead. */
const headers: Record<string, [headers: Record<string, string>, ahead: boolean]> = {
  "no header": [{}, false],
  "a guess": [{"x-copilot-speculative": "true"}, true],
  "a guess, in capitals": [{"x-copilot-speculative": "True"}, true],
  "no guess": [{"x-copilot-speculative": "false"}, false],
  "an empty header": [{"x-copilot-speculative": ""}, false],
  "what is sent in the background": [{"x-copilot-async": "true"}, false],
  "who began it": [{"x-initiator": "agent", "openai-intent": "copilot-ghost"}, false],
};

for (const [path, kind] of Object.entries(paths))
  for (const [name, [given, isAhead]] of Object.entries(headers))
    test(`${path}, ${name}: ${isAhead ? "ahead" : kind}`, () =>
      assert.equal(kindOf(path, given), isAhead ? "ahead" : kind));

test("next edits alone are held to an objective of their own", () => {
  assert.equal(objectiveNameOf("next_edit"), "next_edits");
  for (const kind of ["completion", "chat", "ahead"] as const)
    assert.equal(objectiveNameOf(kind), "model");
});
