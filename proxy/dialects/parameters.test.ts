import assert from "node:assert/strict";
import {test} from "node:test";
import fc from "fast-check";
import type {ChatParameters} from "../policy.ts";
import {parseBody} from "../rewrite/body.ts";
import {fitted, hurried} from "./parameters.ts";

const fit = (text: string, parameters: ChatParameters) =>
  fitted(parseBody(Buffer.from(text)), parameters)
    .bytes()
    .toString();

const limit = "max_completion_tokens";
const cases: Record<string, [sent: string, parameters: ChatParameters, got: string]> = {
  "nothing is known of the model": [
    '{"stop": "a", "max_tokens":1}',
    {},
    '{"stop": "a", "max_tokens":1}',
  ],
  "the limit has another name": [
    '{"max_tokens":1.50,"n":1}',
    {limit},
    '{"n":1,"max_completion_tokens":1.50}',
  ],
  "the limit has the other name": [
    '{"max_completion_tokens":9}',
    {limit: "max_tokens"},
    '{"max_tokens":9}',
  ],
  "the limit has both names": [
    '{"max_tokens":1,"max_completion_tokens":2}',
    {limit},
    '{"max_completion_tokens":2}',
  ],
  "a refused parameter": ['{"top_p":1, "n":1 }', {refuses: ["top_p"]}, '{"n":1}'],
};

for (const [name, [sent, parameters, got]] of Object.entries(cases))
  test(`a chat fits where ${name}`, () => assert.equal(fit(sent, parameters), got));

const efforts: Record<string, [sent: string, parameters: ChatParameters, got: string]> = {
  "the least that the model takes, where none is named": [
    '{"n":1}',
    {effort: "none"},
    '{"n":1,"reasoning_effort":"none"}',
  ],
  "the same, where null is": [
    '{"reasoning_effort":null}',
    {effort: "low"},
    '{"reasoning_effort":"low"}',
  ],
  "the client's, where it is named": [
    '{"reasoning_effort":"high"}',
    {effort: "low"},
    '{"reasoning_effort":"high"}',
  ],
  "none, where the model does not think": ['{"n":1}', {}, '{"n":1}'],
};

for (const [name, [sent, parameters, got]] of Object.entries(efforts))
  test(`who is in a hurry asks for ${name}`, () =>
    assert.equal(
      hurried(parseBody(Buffer.from(sent)), parameters)
        .bytes()
        .toString(),
      got,
    ));

test("whatever is sent, nothing refused is left, and all else is as it came", () => {
  const names = ["max_tokens", "max_completion_tokens", "stop", "n", "top_p", "seed", "messages"];
  const body = fc.dictionary(fc.constantFrom(...names), fc.jsonValue());
  const parameters = fc.record({
    limit: fc.constantFrom("max_tokens", "max_completion_tokens"),
    refuses: fc.subarray(["stop", "n", "top_p", "tools"]),
  }) as fc.Arbitrary<ChatParameters>;
  fc.assert(
    fc.property(body, parameters, (body, parameters) => {
      const {max_tokens, max_completion_tokens, ...got} = JSON.parse(
        fit(JSON.stringify(body), parameters),
      );
      const other = parameters.limit === "max_tokens" ? max_completion_tokens : max_tokens;
      assert.equal(other, undefined);
      const kept = Object.entries(JSON.parse(JSON.stringify(body))).filter(
        ([name]) => !/^max_/.test(name) && !parameters.refuses!.includes(name),
      );
      assert.deepEqual(Object.entries(got).toSorted(), kept.toSorted());
    }),
    {seed: 16},
  );
});
