import assert from "node:assert/strict";
import {describe, test} from "node:test";
import {toChat} from "../../proxy/dialects/hosts/chat.ts";
import {parseBody} from "../../proxy/rewrite/body.ts";
import {families, familyOf, UNKNOWN_FAMILY} from "./families.ts";

/** All that an editor may send with a completion. */
const COMPLETION = JSON.stringify({
  model: "copilot-codex",
  prompt: "let x = ",
  suffix: ";",
  max_tokens: 50,
  temperature: 0,
  top_p: 1,
  n: 3,
  stop: ["\nclass "],
  presence_penalty: 0,
  frequency_penalty: 0,
  logit_bias: {"1": -100},
  logprobs: 2,
  best_of: 3,
  seed: 1,
  user: "u",
  stream: true,
  stream_options: {include_usage: true},
});

const HEAD = '{"model":"copilot-codex",';
const SAMPLING =
  '"temperature":0,"top_p":1,"n":3,"presence_penalty":0,"frequency_penalty":0,"logit_bias":{"1":-100},"seed":1,"user":"u",';
const STREAM = '"stream":true,"stream_options":{"include_usage":true},';
const MESSAGES =
  '"messages":[{"role":"system","content":"You complete code in an editor. The user\'s text is a file with a gap, marked <gap/>. Answer with exactly the text that belongs in the gap: no explanation, no Markdown fence, nothing repeated from before or after the gap."},{"role":"user","content":"let x = <gap/>;"}],';
const STOP = '"stop":["\\nclass "],';

const plain = `${HEAD}"max_tokens":50,${SAMPLING}${STREAM}${STOP}${MESSAGES.slice(0, -1)}}`;
const lean = (effort: string) =>
  `${HEAD}${STREAM}${MESSAGES}"reasoning_effort":"${effort}","max_completion_tokens":50}`;

/** By family: a name that it covers, and the bytes that ask it for the completion. */
const golden: Record<string, [model: string, sent: string]> = {
  "gpt-4o, gpt-4.1": ["gpt-4.1-nano", plain],
  "gpt-5": ["gpt-5-nano", lean("minimal")],
  "gpt-5.1 and later": ["gpt-5.6-luna", lean("none")],
  "gpt-6-astra": ["gpt-6-astra", lean("low")],
  "gpt-oss": ["gpt-oss-120b", `${plain.slice(0, -1)},"reasoning_effort":"low"}`],
  partners: ["Codestral-2501", plain],
};

describe("a completion is asked of", () => {
  const chatting = Object.entries(families).filter(([, {api}]) => api === "chat");
  for (const [name, family] of chatting)
    test(`${name} in these bytes`, () => {
      const [model, sent] = golden[name]!;
      assert.equal(familyOf(model), family);
      assert.equal(asked(family.parameters), sent);
    });

  test("a model that is not known in the safest way", () => {
    assert.equal(asked(UNKNOWN_FAMILY.parameters), lean("low"));
  });
});

const asked = (parameters: Parameters<typeof toChat>[1]) =>
  toChat(parseBody(Buffer.from(COMPLETION)), parameters)
    .bytes()
    .toString();

const covered: Record<string, readonly string[]> = {
  "gpt-35-turbo-instruct": ["gpt-35-turbo-instruct"],
  "codex-mini": ["gpt-5.1-codex-mini", "codex-mini"],
  codex: ["gpt-5-codex", "gpt-5.1-codex-max", "gpt-5.3-codex"],
  "gpt-5-pro": ["gpt-5-pro"],
  pro: ["gpt-5.2-pro", "gpt-5.4-pro"],
  "gpt-4o, gpt-4.1": ["gpt-4o", "gpt-4o-mini", "gpt-4.1", "gpt-4.1-mini"],
  "gpt-5": ["gpt-5", "gpt-5-mini"],
  "gpt-5.1 and later": ["gpt-5.1", "gpt-5.4-mini", "gpt-5.4-nano", "gpt-5.6-terra", "gpt-6-luna"],
  "gpt-6-astra": ["gpt-6-astra"],
  "gpt-oss": ["gpt-oss-20b"],
  partners: ["Phi-4-mini-instruct", "Mistral-Large-3", "Ministral-3B", "DeepSeek-V4-Flash"],
};

for (const [name, models] of Object.entries(covered))
  test(`${models.join(", ")}: family ${name}`, () => {
    for (const model of models) assert.equal(familyOf(model), families[name], model);
  });

test("no family claims a name that nobody has looked up", () => {
  for (const model of ["gpt-7", "gpt-50", "gpt-4", "grok-code-fast-1", "o4-mini", ""])
    assert.equal(familyOf(model), undefined, model);
});
