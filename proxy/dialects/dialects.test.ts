import assert from "node:assert/strict";
import {describe, type TestContext, test} from "node:test";
import fc from "fast-check";
import {ProxyError} from "../errors.ts";
import {bodyOf} from "../rewrite/body.ts";
import {
  answerEvents,
  ask,
  DONE,
  event,
  judged,
  MODEL,
  type Script,
  startHost,
  startRig,
} from "../rig.ts";
import type {Dialect} from "./dialect.ts";
import {dialects} from "./dialects.ts";
import {infill} from "./infill.ts";
import {mistral} from "./mistral.ts";
import {createSpeech} from "./speech.ts";

type Values = Readonly<Record<string, unknown>>;
const read = (dialect: Dialect, body: Values) =>
  JSON.parse(dialect.read(bodyOf(body)).body.bytes().toString());

describe("what is asked becomes a completion", () => {
  const cases: Record<string, [dialect: Dialect, asked: Values, completion: Values]> = {
    "Mistral FIM, as Continue asks": [
      mistral,
      {
        model: "codestral-latest",
        prompt: "a",
        suffix: "b",
        max_tokens: 40,
        temperature: 0.01,
        top_p: 1,
        frequency_penalty: 0,
        presence_penalty: 0,
        stop: ["\n"],
        stream: true,
      },
      {
        model: "codestral-latest",
        max_tokens: 40,
        stop: ["\n"],
        stream: true,
        temperature: 0.01,
        top_p: 1,
        frequency_penalty: 0,
        presence_penalty: 0,
        prompt: "a",
        suffix: "b",
      },
    ],
    "Mistral FIM with what others do not have": [
      mistral,
      {model: "m", prompt: "a", suffix: null, random_seed: 3, min_tokens: 1, metadata: {}},
      {max_tokens: 256, model: "m", seed: 3, prompt: "a", suffix: ""},
    ],
    "infill, as llama.vscode asks": [
      infill,
      {
        input_prefix: "a\n",
        input_suffix: "\nc",
        input_extra: [{filename: "x.ts", text: "x", time: 1}],
        prompt: "b",
        n_predict: 128,
        top_k: 40,
        top_p: 0.99,
        stream: false,
        samplers: ["top_k", "top_p", "infill"],
        cache_prompt: true,
        n_indent: 2,
        t_max_prompt_ms: 500,
        t_max_predict_ms: 1000,
      },
      {
        stream: false,
        top_p: 0.99,
        model: "*",
        max_tokens: 128,
        prompt: "a\nb",
        suffix: "\nc",
      },
    ],
    "infill without a limit": [
      infill,
      {model: "m", input_prefix: "a", input_suffix: "", n_predict: -1, stop: ["x"]},
      {stop: ["x"], model: "m", max_tokens: 256, prompt: "a", suffix: ""},
    ],
  };
  for (const [name, [dialect, asked, completion]] of Object.entries(cases))
    test(name, () => assert.deepEqual(read(dialect, asked), completion));

  const unfit: Record<string, [Dialect, Values]> = {
    "Mistral FIM without a prompt": [mistral, {suffix: "b"}],
    "Mistral FIM whose suffix is a list": [mistral, {prompt: "a", suffix: ["b"]}],
    "infill without a suffix": [infill, {input_prefix: "a"}],
    "infill of token ids": [infill, {input_prefix: "a", input_suffix: "b", prompt: [1]}],
    "infill with files that are none": [
      infill,
      {input_prefix: "a", input_suffix: "b", input_extra: ["x"]},
    ],
  };
  for (const [name, [dialect, asked]] of Object.entries(unfit))
    test(`${name} is refused`, () => {
      const isUnfit = (error: unknown) =>
        error instanceof ProxyError && error.status === 400 && /^Send "/.test(error.message);
      assert.throws(() => read(dialect, asked), isUnfit);
    });
});

const end = {
  id: "c",
  created: 7,
  model: "m",
  choices: [{index: 0, text: "", finish_reason: "length"}],
};
const streamed = [
  ": a comment\n\n",
  `data: ${JSON.stringify({choices: [], prompt_filter_results: []})}\n\n`,
  event("nä"),
  event("h\u{1f600}"),
  `data: ${JSON.stringify({type: "ping"})}\n\n`,
  `data: ${JSON.stringify(end)}\n\n`,
  DONE,
].join("");

const spoken: Record<string, [dialect: Dialect, said: string]> = {
  "Mistral FIM": [
    mistral,
    [
      {
        id: "",
        object: "chat.completion.chunk",
        created: 0,
        model: "",
        choices: [{index: 0, delta: {role: "assistant", content: "nä"}, finish_reason: null}],
      },
      {
        id: "",
        object: "chat.completion.chunk",
        created: 0,
        model: "",
        choices: [
          {index: 0, delta: {role: "assistant", content: "h\u{1f600}"}, finish_reason: null},
        ],
      },
      {
        id: "c",
        object: "chat.completion.chunk",
        created: 7,
        model: "m",
        choices: [{index: 0, delta: {role: "assistant", content: ""}, finish_reason: "length"}],
      },
    ]
      .map((said) => `data: ${JSON.stringify(said)}\n\n`)
      .join("") + DONE,
  ],
  infill: [
    infill,
    [
      {index: 0, content: "nä", tokens: [], stop: false, id_slot: -1},
      {index: 0, content: "h\u{1f600}", tokens: [], stop: false, id_slot: -1},
      {
        index: 0,
        content: "",
        tokens: [],
        id_slot: -1,
        stop: true,
        model: "m",
        truncated: false,
        stop_type: "limit",
        stopping_word: "",
      },
    ]
      .map((said) => `data: ${JSON.stringify(said)}\n\n`)
      .join(""),
  ],
};
for (const [name, [dialect, said]] of Object.entries(spoken))
  test(`${name}: events are said in full, whichever bytes come together`, () => {
    const bytes = Buffer.from(streamed);
    const cuts = fc.array(fc.integer({min: 0, max: bytes.length}), {maxLength: 12});
    fc.assert(
      fc.property(cuts, (cuts) => {
        const {push, end} = createSpeech(dialect, "events", 200);
        const ends = [...cuts.toSorted((a, b) => a - b), bytes.length];
        const out = ends.map((end, index) => push(bytes.subarray(ends[index - 1] ?? 0, end)));
        assert.equal(out.join("") + end(), said);
      }),
    );
  });

test("Mistral FIM says all that Mistral's SDK requires, however little its host says", () => {
  const {push, end} = createSpeech(mistral, "whole", 200);
  push(Buffer.from('{"choices": [{"index": 0, "text": "a"}]}'));
  assert.deepEqual(JSON.parse(end()), {
    id: "",
    object: "chat.completion",
    created: 0,
    model: "",
    usage: {prompt_tokens: 0, completion_tokens: 0, total_tokens: 0},
    choices: [
      {
        index: 0,
        message: {role: "assistant", content: "a", tool_calls: null},
        finish_reason: null,
      },
    ],
  });
});

test("infill says that it has ended where its host gives no reason", () => {
  const {push} = createSpeech(infill, "events", 200);
  const events = push(Buffer.from(event("a") + DONE)).split("\n\n");
  assert.match(events[1]!, /"content":"".*"stop":true/);
});

describe("a proxy that is asked in another dialect", () => {
  async function before(t: TestContext, script: Script, aliases = ["*"]) {
    const host = await startHost(t, script);
    const deployments = [{upstream: "host-0", name: "m", weight: 1}];
    const rig = await startRig(t, {
      hosts: [host],
      rules: {models: {[MODEL]: {aliases, deployments}}},
    });
    const crowd = await rig.crowd();
    return {
      host,
      rig,
      ask: (path: string, body: Values, headers = {}) =>
        ask(rig.client, {
          headers: {...crowd(), ":path": path, ...headers},
          body: JSON.stringify(body),
        }),
    };
  }
  const silent: Script = () => {};
  const warming = {input_prefix: "", input_suffix: "", prompt: "", n_predict: 0, samplers: []};

  test("a call that asks for nothing is answered at once, counted, and asks no host", async (t) => {
    const {host, rig, ask} = await before(t, silent);
    const whole = await ask("/infill", warming);
    assert.deepEqual([whole.status, JSON.parse(whole.text).content], [200, ""]);
    const events = await ask("/infill", {...warming, stream: true});
    assert.match(events.text, /^data: \{.*"stop":true.*\}\n\n$/);
    assert.equal(host.seen.length, 0);
    const metrics = await rig.metrics();
    assert.ok(metrics.includes(`meridian_ahead_calls_total{model="${MODEL}",end="warmed"} 2`));
    assert.deepEqual(await judged(rig), [0, 0, 0]);
  });

  test("infill without a model needs one that takes any name", async (t) => {
    const {ask} = await before(t, silent, []);
    const {status, text} = await ask("/infill", warming);
    const {code, message} = JSON.parse(text).error;
    assert.deepEqual([status, code], [404, 404]);
    assert.match(message, /add "model", or have one given the alias "\*"/);
  });

  const refusals: Record<string, [headers: object, body: Values, status: number]> = {
    "no token": [{authorization: ""}, {}, 401],
    "another content type": [{"content-type": "text/plain"}, {}, 415],
    "a body without a gap": [{}, {}, 400],
  };
  for (const [name, [headers, body, status]] of Object.entries(refusals))
    for (const {path} of dialects)
      test(`${path}: ${name} is told in it`, async (t) => {
        const {ask} = await before(t, silent);
        const answer = await ask(path, body, headers);
        assert.equal(answer.status, status);
        const said = JSON.parse(answer.text);
        if (path === mistral.path) assert.equal(said.object, "error");
        else assert.equal(said.error.code, status);
      });

  for (const [name, text, message] of [
    ["in JSON", '{"error":{"message":"too long","code":"context_length_exceeded"}}', "too long"],
    ["in no JSON", "<html>", "The model host refused the request"],
  ] as const)
    test(`what a host refuses ${name} is told in it`, async (t) => {
      const {ask} = await before(t, ({stream}) => {
        stream.respond({":status": 422, "content-type": "application/json"});
        stream.end(text);
      });
      const fim = await ask("/v1/fim/completions", {model: MODEL, prompt: "a"});
      assert.equal(fim.status, 400);
      assert.ok(JSON.parse(fim.text).message.startsWith(message));
      const {text: said} = await ask("/infill", {input_prefix: "a", input_suffix: ""});
      assert.equal(JSON.parse(said).error.code, 400);
      assert.ok(JSON.parse(said).error.message.startsWith(message));
    });

  test("a whole answer that is none is the next host's to give, then a status", async (t) => {
    const {ask} = await before(t, ({stream}) => {
      stream.respond({":status": 200, "content-type": "application/json"});
      stream.end("{}");
    });
    const answer = await ask("/infill", {input_prefix: "a", input_suffix: ""});
    assert.deepEqual([answer.status, JSON.parse(answer.text).error.code], [502, 502]);
  });

  test("an event that is none cuts the answer", async (t) => {
    const {ask} = await before(t, ({stream}) => {
      answerEvents(stream);
      stream.write(event("a"));
      stream.end(`data: {\n\n${DONE}`);
    });
    const {code} = await ask("/infill", {input_prefix: "a", input_suffix: "", stream: true});
    assert.equal(code, 2);
  });

  test("PUT is told which method there is", async (t) => {
    const {rig} = await before(t, silent);
    const answer = await ask(rig.client, {headers: {":method": "PUT", ":path": "/infill"}});
    assert.deepEqual([answer.status, answer.headers.allow], [405, "POST, OPTIONS"]);
  });
});
