import assert from "node:assert/strict";
import {describe, test} from "node:test";
import {toChat} from "../../proxy/dialects/hosts/chat.ts";
import {parseBody} from "../../proxy/rewrite/body.ts";
import {families} from "../../regions/models/families.ts";
import type {Refusal} from "./azure-openai.ts";
import {chatRefusal, operationRefusal} from "./chat-rules.ts";

/** A refusal's status, code, parameter and how its words begin. */
function told(refusal: Refusal | undefined) {
  if (!refusal) return "taken";
  const {error} = refusal.body as {error: {code: string; param?: string; message: string}};
  return `${refusal.status} ${error.code} ${error.param}: ${error.message.split(/\.(?: |$)/)[0]}`;
}

const UNSUPPORTED = (name: string) =>
  `400 unsupported_parameter ${name}: Unsupported parameter: '${name}' is not supported with this model`;
const ONLY_DEFAULT = (name: string, value: number | string) =>
  `400 unsupported_value ${name}: Unsupported value: '${name}' does not support ${value} with this model`;

const cases: Record<string, readonly [given: object, answer: string]> = {
  "gpt-4.1-nano 1": [{max_tokens: 1, temperature: 0.2, stop: ["a"], n: 3, prediction: {}}, "taken"],
  "gpt-4.1-nano 2": [
    {reasoning_effort: "none"},
    "400 null null: Unrecognized request argument supplied: reasoning_effort",
  ],
  "gpt-4o-mini": [{prediction: {}, max_completion_tokens: 5}, UNSUPPORTED("max_completion_tokens")],
  "gpt-5-nano 1": [{reasoning_effort: "minimal", temperature: 1, n: 1}, "taken"],
  "gpt-5-nano 2": [{reasoning_effort: "none"}, ONLY_DEFAULT("reasoning_effort", "'none'")],
  "gpt-5-nano 3": [{stop: ["a"]}, UNSUPPORTED("stop")],
  "gpt-5.4-nano 1": [{reasoning_effort: "xhigh", max_completion_tokens: 1}, "taken"],
  "gpt-5.4-nano 2": [{reasoning_effort: "max"}, ONLY_DEFAULT("reasoning_effort", "'max'")],
  "gpt-5.6-luna 1": [{reasoning_effort: "max"}, "taken"],
  "gpt-5.6-luna 2": [{reasoning_effort: "minimal"}, ONLY_DEFAULT("reasoning_effort", "'minimal'")],
  "gpt-5.6-luna 3": [{temperature: 0.1}, ONLY_DEFAULT("temperature", 0.1)],
  "gpt-5.6-luna 4": [{stop: ["a"], max_tokens: 5, prediction: {}}, UNSUPPORTED("max_tokens")],
  "gpt-5.6-luna 5": [{presence_penalty: 1}, ONLY_DEFAULT("presence_penalty", 1)],
  "Codestral-2501": [{max_tokens: 5, temperature: 0, stop: ["a"]}, "taken"],
  "gpt-oss-120b 1": [{max_tokens: 5, stop: ["a"], reasoning_effort: "low"}, "taken"],
  "gpt-oss-120b 2": [{reasoning_effort: "none"}, ONLY_DEFAULT("reasoning_effort", "'none'")],
  "gpt-9-unheard-of 1": [{reasoning_effort: "none"}, ONLY_DEFAULT("reasoning_effort", "'none'")],
  "gpt-9-unheard-of 2": [{logit_bias: {}}, UNSUPPORTED("logit_bias")],
};

describe("of all that is wrong with a chat, one thing is told", () => {
  for (const [name, [given, answer]] of Object.entries(cases))
    test(`${name}: ${JSON.stringify(given)}`, () => {
      assert.equal(told(chatRefusal(name.split(" ")[0]!, {...given})), answer);
    });
});

describe("what the proxy sends is refused by no model that its table knows", () => {
  const body = parseBody(
    Buffer.from(
      JSON.stringify({
        ...{prompt: "a", max_tokens: 5, temperature: 0, top_p: 0.9, n: 3, stop: ["x"], seed: 1},
        ...{presence_penalty: 1, frequency_penalty: 1, logit_bias: {"1": 1}, logprobs: 1},
        ...{stream: true, stream_options: {include_usage: true}},
      }),
    ),
  );
  const examples = ["gpt-4o-mini", "gpt-4.1-nano", "gpt-5", "gpt-5-nano", "gpt-5.1", "gpt-5.2"];
  const others = [
    "gpt-5.4-nano",
    "gpt-5.6-luna",
    "gpt-6-luna",
    "gpt-6-astra",
    "gpt-oss-120b",
    "Codestral-2501",
  ];
  for (const model of [...examples, ...others])
    test(model, () => {
      const family = Object.values(families).find(({models}) => models.test(model))!;
      const sent = JSON.parse(toChat(body, family.parameters).bytes().toString());
      assert.equal(told(chatRefusal(model, sent)), "taken");
    });
});

test("a model is asked for what it does", () => {
  const does = (model: string) =>
    (["completion", "chatCompletion"] as const).filter((one) => !operationRefusal(one, model));
  assert.deepEqual(does("gpt-35-turbo-instruct"), ["completion"]);
  assert.deepEqual(does("gpt-5.6-luna"), ["chatCompletion"]);
  assert.deepEqual(does("gpt-5.3-codex"), []);
  assert.match(
    told(operationRefusal("completion", "gpt-4.1")),
    /^400 OperationNotSupported .*The completion operation does not work with the specified model, gpt-4/,
  );
});
