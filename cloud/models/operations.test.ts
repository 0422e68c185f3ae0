import assert from "node:assert/strict";
import {connect} from "node:http2";
import {describe, type TestContext, test} from "node:test";
import {receive} from "../../editor/received.ts";
import {hosts} from "../../proxy/dialects/hosts/hosts.ts";
import {completionShape, createTranslation, translated} from "../../proxy/dialects/translation.ts";
import type {ChatParameters} from "../../proxy/policy.ts";
import {parseBody} from "../../proxy/rewrite/body.ts";
import {families, familyOf} from "../../regions/models/families.ts";
import {until} from "../../setup/until.ts";
import {createAuthority} from "../certs.ts";
import {type ModelOptions, startModel} from "./model.ts";

/** Responses, Mistral's FIM and /infill as hosts answer them, asked by hand and by what the proxy sends. */
const authority = await createAuthority();
const tls = await authority.issue(["127.0.0.1"]);
const RESPONSES = "/openai/v1/responses";
const FIM = "/v1/fim/completions";
const BEFORE = "open(door);\nopen(window);\nopen(";

async function setUp(t: TestContext, options: Partial<ModelOptions> = {}) {
  const model = await startModel({
    listen: {host: "127.0.0.1", port: 0},
    tls,
    deployments: {codex: "gpt-5.3-codex", luna: "gpt-5.6-luna", instruct: "gpt-35-turbo-instruct"},
    firstByteMs: 0,
    tokensPerSecond: 1e6,
    ...options,
  });
  const client = connect(`https://127.0.0.1:${model.port}`, {ca: authority.pem});
  t.after(() => {
    client.destroy();
    model.close();
  });
  const send = (path: string, body: unknown) => {
    const stream = client.request({":method": "POST", ":path": path});
    stream.on("error", () => {});
    stream.end(typeof body === "string" ? body : JSON.stringify(body));
    return stream;
  };
  const ask = (path: string, body: unknown) => receive(send(path, body));
  return {model, send, ask};
}
const mistral = {deployments: {codestral: "codestral-2508"}, paths: "openai"} as const;

const eventsOf = (text: string) =>
  text
    .split("\n\n")
    .filter((event) => event.includes("data: {"))
    .map((event) => JSON.parse(event.slice(event.indexOf("data: ") + 6)));

describe("Responses", () => {
  test("streams events in the order of its kind, numbered, and no [DONE]", async (t) => {
    const {ask} = await setUp(t);
    const body = {model: "codex", input: `${BEFORE}<gap/>);\n`, stream: true};
    const {status, text} = await ask(RESPONSES, body);
    const events = eventsOf(text);
    const deltas = events.filter(({type}) => type === "response.output_text.delta");
    assert.deepEqual([status, deltas.map(({delta}) => delta).join("")], [200, "window"]);
    assert.deepEqual(
      events.map(({sequence_number}) => sequence_number),
      events.map((_, index) => index),
    );
    const types = [...new Set(events.map(({type}) => type.replace("response.", "")))];
    assert.deepEqual(types, [
      ...["created", "in_progress", "output_item.added", "content_part.added", "output_text.delta"],
      ...["output_text.done", "content_part.done", "output_item.done", "completed"],
    ]);
    assert.ok(text.startsWith("event: response.created\n") && !text.includes("[DONE]"));
    const {response} = events.at(-1);
    assert.deepEqual(response.output[0].content[0].text, "window");
  });

  test("thoughts count against the limit, and may leave nothing of it", async (t) => {
    const {ask} = await setUp(t);
    const asked = {model: "codex", input: BEFORE, reasoning: {effort: "low"}};
    const {status, output, usage} = JSON.parse(
      (await ask(RESPONSES, {...asked, max_output_tokens: 16})).text,
    );
    assert.deepEqual([status, output[0].content[0].text], ["incomplete", ""]);
    assert.deepEqual(usage.output_tokens_details, {reasoning_tokens: 16});
  });

  test("an answer that meets its limit is incomplete", async (t) => {
    const {ask} = await setUp(t);
    const input = `${"line();\n".repeat(3)}a(b, c, d, e, f, g, h, i, j, k, l, m, n, o, p);\na(`;
    const asked = {model: "luna", input, reasoning: {effort: "none"}, max_output_tokens: 16};
    const {text} = await ask(RESPONSES, asked);
    const {status, incomplete_details, usage, output} = JSON.parse(text);
    assert.equal(output[0].content[0].text, "b, c, d, e, f, g, h, i,");
    assert.deepEqual(
      [status, incomplete_details?.reason, usage.output_tokens],
      ["incomplete", "max_output_tokens", 16],
    );
  });

  const refused: Record<string, [body: object, code: string, param: string | null]> = {
    "a stop text": [{model: "codex", input: "a", stop: ["b"]}, "unknown_parameter", "stop"],
    "several answers": [{model: "codex", input: "a", n: 2}, "unknown_parameter", "n"],
    "fewer tokens than the least": [
      {model: "codex", input: "a", max_output_tokens: 15},
      "integer_below_min_value",
      "max_output_tokens",
    ],
    "an effort that the model does not have": [
      {model: "codex", input: "a", reasoning: {effort: "none"}},
      "unsupported_value",
      "reasoning.effort",
    ],
    sampling: [
      {model: "codex", input: "a", temperature: 0},
      "unsupported_parameter",
      "temperature",
    ],
    "no input": [{model: "codex"}, "invalid_type", "input"],
    "a model that completes": [{model: "instruct", input: "a"}, "OperationNotSupported", null],
  };
  for (const [name, [body, code, param]] of Object.entries(refused))
    test(`refuses ${name}`, async (t) => {
      const {ask} = await setUp(t);
      const {status, text} = await ask(RESPONSES, body);
      const {error} = JSON.parse(text);
      assert.deepEqual([status, error.code, error.param ?? null], [400, code, param]);
    });

  test("a chat model speaks it too, and one that is not there does not", async (t) => {
    const {ask} = await setUp(t);
    assert.equal((await ask(RESPONSES, {model: "luna", input: "a"})).status, 200);
    assert.equal((await ask(RESPONSES, {model: "other", input: "a"})).status, 404);
  });

  test("stops when its client leaves", async (t) => {
    const {model, send} = await setUp(t, {tokensPerSecond: 1});
    const sent = send(RESPONSES, {model: "codex", input: BEFORE, stream: true});
    await until(() => model.stats().begun === 1);
    sent.close(8);
    await until(() => model.stats().cancelled === 1);
  });
});

describe("Mistral's FIM", () => {
  test("streams a chat's events, the usage in the last, and [DONE]", async (t) => {
    const {ask} = await setUp(t, mistral);
    const asked = {model: "codestral", prompt: BEFORE, suffix: ");\n", stream: true};
    const {text} = await ask(FIM, asked);
    const events = eventsOf(text);
    assert.equal(events.map(({choices}) => choices[0].delta.content).join(""), "window");
    assert.deepEqual(
      events.map(({usage}) => usage !== undefined),
      events.map((_, index) => index === events.length - 1),
    );
    assert.equal(events.at(-1).choices[0].finish_reason, "stop");
    assert.ok(text.endsWith("data: [DONE]\n\n"));
  });

  test("an answer in one piece has a message, its reason and its usage", async (t) => {
    const {ask} = await setUp(t, mistral);
    const asked = {model: "codestral", prompt: BEFORE, max_tokens: 1};
    const {object, choices, usage} = JSON.parse((await ask(FIM, asked)).text);
    assert.deepEqual(
      [object, choices[0].message.content, choices[0].finish_reason, usage.completion_tokens],
      ["chat.completion", "window", "length", 1],
    );
  });

  test("refuses all that it does not know at once, in its own form", async (t) => {
    const {ask} = await setUp(t, mistral);
    const asked = {model: "codestral", suffix: "b", n: 1, logit_bias: {}, temperature: 2};
    const {status, text} = await ask(FIM, asked);
    const {object, message} = JSON.parse(text);
    assert.deepEqual([status, object], [422, "error"]);
    const told = message.detail.map(({type, loc}: {type: string; loc: string[]}) => [type, ...loc]);
    assert.deepEqual(told, [
      ["missing", "body", "prompt"],
      ["value_error", "body", "temperature"],
      ["extra_forbidden", "body", "n"],
      ["extra_forbidden", "body", "logit_bias"],
    ]);
  });

  test("takes more than four stops", async (t) => {
    const {ask} = await setUp(t, mistral);
    const asked = {model: "codestral", prompt: "a", stop: [..."bcdefg"]};
    assert.equal((await ask(FIM, asked)).status, 200);
  });
});

describe("llama-server's /infill", () => {
  const own = {deployments: {m: "qwen"}, paths: "openai"} as const;
  const gap = {model: "m", input_prefix: BEFORE, input_suffix: ");\n"};

  test("streams pieces and an end without text, and no [DONE]", async (t) => {
    const {ask} = await setUp(t, own);
    const {text} = await ask("/infill", {...gap, stream: true});
    const events = eventsOf(text);
    assert.equal(events.map(({content}) => content).join(""), "window");
    const {content, stop, stop_type} = events.at(-1);
    assert.deepEqual([content, stop, stop_type], ["", true, "eos"]);
    assert.ok(!text.includes("[DONE]"));
  });

  const refused: Record<string, [body: object, message: RegExp]> = {
    "no suffix": [{input_prefix: "a"}, /key 'input_suffix' not found/],
    "token ids": [{...gap, prompt: [1]}, /^"prompt" must be a string/],
    "a file without a text": [{...gap, input_extra: [{filename: "x"}]}, /"text" field/],
    "a file whose name is none": [{...gap, input_extra: [{filename: 1, text: ""}]}, /"filename" f/],
    "sampling that is no number": [{...gap, temperature: "x"}, /^Field 'temperature'/],
  };
  for (const [name, [body, message]] of Object.entries(refused))
    test(`refuses ${name}`, async (t) => {
      const {ask} = await setUp(t, own);
      const {status, text} = await ask("/infill", body);
      const {error} = JSON.parse(text);
      assert.deepEqual([status, error.code, error.type], [400, 400, "invalid_request_error"]);
      assert.match(error.message, message);
    });
});

/** All that an editor may send. */
const COMPLETION = (stream: boolean) =>
  parseBody(
    Buffer.from(
      JSON.stringify({
        ...{prompt: BEFORE, suffix: ");\n", max_tokens: 2000, temperature: 0.1, top_p: 0.9, n: 3},
        ...{stop: [..."bcxyz"], seed: 1, user: "u", logprobs: 1, best_of: 3, stream},
        ...{presence_penalty: 1, frequency_penalty: 1, logit_bias: {"1": 1}},
        ...(stream && {stream_options: {include_usage: true}}),
      }),
    ),
  );

describe("what the proxy sends is taken, and what comes back is read", () => {
  const models = ["gpt-5-codex", "gpt-5.1-codex-mini", "gpt-5.3-codex", "gpt-5-pro", "gpt-5.4-pro"];
  const paths = {responses: RESPONSES, mistral: FIM, infill: "/infill"} as const;
  const asked: (readonly [model: string, api: keyof typeof paths, parameters: ChatParameters])[] = [
    ...models.map((model) => [model, "responses", familyOf(model)!.parameters] as const),
    ["codestral-latest", "mistral", {}],
    ["qwen", "infill", {}],
  ];
  for (const [model, api, parameters] of asked)
    for (const stream of [true, false])
      test(`${model}, ${stream ? "streamed" : "whole"}`, async (t) => {
        const {ask} = await setUp(t, {
          deployments: {m: model},
          paths: api === "responses" ? "azure" : "openai",
        });
        const host = hosts[api];
        const question = host.ask(COMPLETION(stream), {asking: {api, parameters}, files: []});
        const {status, text} = await ask(paths[api], question.body.bytes({model: "m"}).toString());
        assert.equal(status, 200, text);
        const form = {shape: completionShape, newFilter: question.newFilter!};
        const said = stream
          ? createTranslation({
              ...form,
              read: host.newReader(),
              choices: 1,
              awaitsUsage: true,
            }).push(Buffer.from(text))
          : translated(host.whole(JSON.parse(text)).answer!, form);
        assert.match(said, /"finish_reason":"(stop|length)"/);
        assert.match(said, /"completion_tokens":[1-9]/);
        assert.match(said, /"text":"(win|window)"/);
      });

  test("of every family that speaks Responses", () => {
    const covered = models.map((model) => familyOf(model));
    const speaking = Object.values(families).filter(({api}) => api === "responses");
    assert.deepEqual(
      speaking.filter((family) => !covered.includes(family)),
      [],
    );
  });
});
