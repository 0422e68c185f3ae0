import assert from "node:assert/strict";
import {test} from "node:test";
import fc from "fast-check";
import {createRefusal} from "./refusal.ts";

const read = (text: string, size = text.length) => {
  const refusal = createRefusal([]);
  const bytes = Buffer.from(text);
  for (let at = 0; at < bytes.length; at += size) refusal.push(bytes.subarray(at, at + size));
  return refusal.parameter;
};
const body = (param: unknown, code: unknown, message = "no") =>
  JSON.stringify({error: {message, type: "invalid_request_error", param, code}});

const cases: Record<string, [text: string, expected: ReturnType<typeof read>]> = {
  "a parameter that is not taken": [
    body("top_p", "unsupported_parameter"),
    {name: "top_p", code: "unsupported_parameter"},
  ],
  "a value that is not": [
    body("temperature", "unsupported_value"),
    {name: "temperature", code: "unsupported_value"},
  ],
  "one out of range": [
    body("reasoning_effort", "invalid_value"),
    {name: "reasoning_effort", code: "invalid_value"},
  ],
  "one within another": [
    body("messages[0].content", "invalid_value"),
    {name: "messages", code: "invalid_value"},
  ],
  "a prompt that the filter does not take": [body("prompt", "content_filter"), undefined],
  "an argument that is not known": [body(null, null), undefined],
  "an operation that it does not have": [body(null, "OperationNotSupported"), undefined],
  "a page": ["<html>", undefined],
  nothing: ["", undefined],
  "as much as is read": [
    body(
      "top_p",
      "unsupported_parameter",
      "n".repeat(4096 - body("top_p", "unsupported_parameter", "").length),
    ),
    {name: "top_p", code: "unsupported_parameter"},
  ],
  "more than that": [body("top_p", "unsupported_parameter", "n".repeat(4096)), undefined],
};

for (const [name, [text, expected]] of Object.entries(cases))
  test(`read of a refusal: ${name}`, () => {
    for (const size of [1, 7, text.length + 1]) assert.deepEqual(read(text, size), expected);
  });

test("whatever a host says, reading it throws nothing", () => {
  const json = fc.json().map((text) => text);
  fc.assert(fc.property(fc.oneof(fc.string(), json), (text) => void read(text)));
  fc.assert(
    fc.property(fc.anything(), fc.anything(), (param, code) => void read(body(param, code))),
  );
});
