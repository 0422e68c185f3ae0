import assert from "node:assert/strict";
import {describe, test} from "node:test";
import fc from "fast-check";
import {ProxyError} from "../../errors.ts";
import type {Asking, ModelApi} from "../../policy.ts";
import {bodyOf, parseBody} from "../../rewrite/body.ts";
import {DONE} from "../../rig.ts";
import type {Said} from "../answer.ts";
import type {SourceFile} from "../files.ts";
import {completionShape, createTranslation, translated} from "../translation.ts";
import type {Asked, HostDialect} from "./host-dialect.ts";
import {hosts} from "./hosts.ts";
import {INSTRUCTION} from "./instruction.ts";

type Values = Readonly<Record<string, unknown>>;
const text = ({api, body}: Asked) => `${api} ${body.bytes()}`;
const reasoning: Asking["parameters"] = {effort: "low", refuses: ["temperature", "top_p", "user"]};
const asking = (api: ModelApi, parameters: Asking["parameters"] = {}): Asking => ({
  api,
  parameters,
});

/** All that an editor may send with a completion. */
const COMPLETION = parseBody(
  Buffer.from(
    `{"model":"codex","prompt":"let x = ","suffix":";","max_tokens":50,"temperature":0.1,"top_p":1,
    "n":3,"stop":["\\n","\\n\\n","a","b","c"],"presence_penalty":0,"frequency_penalty":0,"logit_bias":{"1":-100},
    "logprobs":2,"best_of":3,"seed":7,"user":"u","stream":true,"stream_options":{"include_usage":true}}`,
  ),
);
const FILES: readonly SourceFile[] = [{path: "lib/x.ts", text: "export const y = 1;"}];

describe("a completion is asked for in these bytes", () => {
  const STOPS = '"stop":["\\n","\\n\\n","a","b","c"]';
  const golden: Record<string, [asked: Asked, sent: string]> = {
    "of Mistral": [
      hosts.mistral.ask(COMPLETION, {asking: asking("mistral"), files: []}),
      `fim/completions {"max_tokens":50,"model":"codex","stream":true,"temperature":0.1,"top_p":1,"random_seed":7,${STOPS},"prompt":"let x = ","suffix":";"}`,
    ],
    "of Mistral, beside another file": [
      hosts.mistral.ask(bodyOf({prompt: "a", suffix: ""}), {
        asking: asking("mistral"),
        files: FILES,
      }),
      'fim/completions {"max_tokens":16,"prompt":"+++++ lib/x.ts\\nexport const y = 1;\\n\\n+++++ filename\\na","suffix":""}',
    ],
    "of a model that speaks Responses": [
      hosts.responses.ask(COMPLETION, {asking: asking("responses", reasoning), files: []}),
      `responses {"model":"codex","stream":true,"instructions":${JSON.stringify(INSTRUCTION)},"input":"let x = <gap/>;","max_output_tokens":50,"reasoning":{"effort":"low"},"store":false}`,
    ],
    "of one that takes sampling, for less than the least": [
      hosts.responses.ask(bodyOf({prompt: "a", max_tokens: 1, temperature: 0}), {
        asking: asking("responses"),
        files: FILES,
      }),
      `responses {"temperature":0,"instructions":${JSON.stringify(INSTRUCTION)},"input":"export const y = 1;\\n\\n--- snippet ---\\n\\na<gap/>","max_output_tokens":16,"store":false}`,
    ],
    "of llama-server": [
      hosts.infill.ask(COMPLETION, {asking: asking("infill"), files: FILES}),
      `infill {"stream":true,"temperature":0.1,"top_p":1,"frequency_penalty":0,"presence_penalty":0,"logit_bias":{"1":-100},"seed":7,${STOPS},"n_predict":50,"input_prefix":"let x = ","input_suffix":";","input_extra":[{"filename":"lib/x.ts","text":"export const y = 1;"}]}`,
    ],
    "of llama-server, written already": [
      hosts.infill.ask(bodyOf({prompt: "<fim>"}), {asking: asking("infill"), files: []}),
      'completions {"prompt":"<fim>"}',
    ],
  };
  for (const [name, [asked, sent]] of Object.entries(golden))
    test(name, () => assert.equal(text(asked), sent));
});

describe("what no host takes so is refused in words", () => {
  const unfit: Record<string, Values> = {
    "several prompts": {prompt: ["a", "b"], suffix: ""},
    "token ids": {prompt: [1, 2], suffix: ""},
    "the prompt repeated": {prompt: "a", suffix: "", echo: true},
    "too many stops": {prompt: "a", suffix: "", stop: Array(17).fill("x")},
  };
  const askings: readonly Asking[] = [
    ...(["chat", "mistral", "responses", "infill"] as const).map((api) => asking(api)),
    {...asking("completions"), template: "qwen"},
  ];
  for (const [name, body] of Object.entries(unfit))
    for (const asking of askings)
      test(`${name}, by ${asking.template ?? asking.api}`, () => {
        const ask = () => hosts[asking.api].ask(bodyOf(body), {asking, files: []});
        assert.throws(ask, isUnfit);
      });
});

const isUnfit = (error: unknown) =>
  error instanceof ProxyError && error.code === "PARAMETER_UNFIT" && error.status === 400;

describe("a chat of a model that speaks Responses", () => {
  const chat = (body: Values) =>
    hosts.responses.chat!(bodyOf(body), asking("responses", reasoning));

  test("is asked for in these bytes", () => {
    const asked = chat({
      model: "m",
      messages: [
        {role: "system", content: "s"},
        {
          role: "user",
          name: "ann",
          content: [
            {type: "text", text: "a"},
            {type: "text", text: "b"},
          ],
        },
        {role: "assistant", content: "c"},
      ],
      max_completion_tokens: 20,
      temperature: 0,
      stop: ["x"],
      prediction: {},
      stream: true,
    });
    assert.equal(
      text(asked),
      'responses {"model":"m","stream":true,"input":[{"role":"system","content":"s"},{"role":"user","content":"ab"},{"role":"assistant","content":"c"}],"max_output_tokens":20,"store":false}',
    );
  });

  test("has the effort that its client asks for", () => {
    const asked = chat({messages: [{role: "user", content: "a"}], reasoning_effort: "high"});
    assert.deepEqual(asked.body.get("reasoning"), {effort: "high"});
  });

  test("has no effort where its model refuses one, and no more has a completion", () => {
    const refusing = asking("responses", {effort: "low", refuses: ["reasoning_effort"]});
    const messages = [{role: "user", content: "a"}];
    const asked = [
      hosts.responses.chat!(bodyOf({messages, reasoning_effort: "high"}), refusing),
      hosts.responses.ask(bodyOf({prompt: "a"}), {asking: refusing, files: []}),
    ];
    assert.deepEqual(
      asked.map(({body}) => body.has("reasoning")),
      [false, false],
    );
  });

  const unfit: Record<string, Values> = {
    "no message": {messages: []},
    "a picture": {messages: [{role: "user", content: [{type: "image_url", image_url: {}}]}]},
    "a tool's answer": {messages: [{role: "tool", content: "x", tool_call_id: "1"}]},
    tools: {messages: [{role: "user", content: "a"}], tools: [{}]},
  };
  for (const [name, body] of Object.entries(unfit))
    test(`is refused with ${name}`, () => assert.throws(() => chat(body), isUnfit));
});

const eventOf = (said: unknown) => `data: ${JSON.stringify(said)}\n\n`;
const typed = (type: string, said: object) => `event: ${type}\n${eventOf({type, ...said})}`;
const head = {id: "resp_1", created_at: 7, model: "codex", output: []};
const usage = {input_tokens: 3, output_tokens: 2, total_tokens: 5};

/** Of each reader a stream with letters of two, three and four bytes, the last in two halves, signs of life, and an end by `length`. */
const streams: Readonly<Record<Exclude<ModelApi, "completions" | "chat">, string>> = {
  mistral: [
    ": a comment\n\n",
    eventOf({id: "a", choices: [{index: 0, delta: {role: "assistant", content: ""}}]}),
    eventOf({id: "a", choices: [{index: 0, delta: {content: "nä€"}, finish_reason: null}]}),
    "\n",
    eventOf({id: "a", choices: [{index: 0, delta: {content: "h\ud83d"}}]}),
    eventOf({id: "a", choices: [{index: 0, delta: {content: "\ude00"}}]}),
    eventOf({id: "a", choices: [{index: 0, delta: {content: ""}, finish_reason: "model_length"}]}),
    ": another\n\ndata: [DONE]\n\n",
  ].join(""),
  responses: [
    typed("response.created", {response: {...head, status: "in_progress"}}),
    typed("response.output_item.added", {item: {type: "reasoning"}}),
    typed("response.reasoning_summary_text.delta", {delta: "hm"}),
    ": a comment\n\n",
    typed("response.output_text.delta", {delta: "nä€"}),
    typed("response.output_text.delta", {delta: "h\ud83d"}),
    typed("response.output_text.delta", {delta: "\ude00"}),
    "\n",
    typed("response.output_text.done", {text: "nä€h\u{1f600}"}),
    typed("response.incomplete", {
      response: {
        ...head,
        status: "incomplete",
        incomplete_details: {reason: "max_output_tokens"},
        usage,
      },
    }),
  ].join(""),
  infill: [
    eventOf({index: 0, content: "nä€", stop: false}),
    ": ping\n\n",
    eventOf({index: 0, content: "h\ud83d", stop: false}),
    eventOf({index: 0, content: "\ude00", stop: false}),
    eventOf({content: "", stop: true, stop_type: "limit", tokens_predicted: 2}),
  ].join(""),
};

const reasons = {mistral: "model_length", responses: "max_output_tokens", infill: "limit"};

function translate(host: HostDialect, pieces: readonly Buffer[], awaitsUsage = false) {
  const form = {
    shape: completionShape,
    newFilter: () => ({push: asIs, end: () => "", ended: false}),
  };
  const {push} = createTranslation({
    ...form,
    read: host.newReader(),
    choices: 1,
    awaitsUsage,
  });
  return pieces.map(push).join("");
}
const asIs = (piece: string) => piece;

/** The text and the reason of a completion's events, which end by `[DONE]` once. */
function completed(events: string): [text: string, finish: string] {
  const said = events.split("\n\n").filter(Boolean);
  assert.equal(said.indexOf("data: [DONE]"), said.length - 1);
  const choices = said.slice(0, -1).map((event) => JSON.parse(event.slice(6)).choices[0]);
  return [
    choices.map(({text}) => text).join(""),
    choices.map(({finish_reason}) => finish_reason ?? "").join(""),
  ];
}

for (const [api, stream] of Object.entries(streams) as [keyof typeof streams, string][])
  describe(`events of ${api}`, () => {
    const host = hosts[api];
    const expected = ["nä€h\u{1f600}", "length"];

    test("are a completion's, wherever they are cut and whatever ends their lines", () => {
      const cuts = fc.array(fc.nat(2 * Buffer.byteLength(stream)), {maxLength: 12});
      fc.assert(
        fc.property(fc.constantFrom("\n", "\r\n", "\r"), cuts, (lineEnd, cuts) => {
          const bytes = Buffer.from(stream.replaceAll("\n", lineEnd));
          const ends = [...cuts, bytes.length]
            .map((cut) => Math.min(cut, bytes.length))
            .toSorted((a, b) => a - b);
          const pieces = ends.map((end, at) => bytes.subarray(ends[at - 1] ?? 0, end));
          assert.deepEqual(completed(translate(host, pieces)), expected);
        }),
        {seed: 1, numRuns: 300},
      );
    });

    test("are so byte by byte, whether or not a count of tokens is to follow", () => {
      const bytes = [...Buffer.from(stream)].map((byte) => Buffer.of(byte));
      for (const awaitsUsage of [true, false])
        assert.deepEqual(completed(translate(host, bytes, awaitsUsage)), expected);
    });

    test("have no end before their reason is there", () => {
      const bytes = Buffer.from(stream);
      const last = bytes.indexOf(reasons[api]);
      for (let size = 0; size <= last; size++)
        assert.ok(!translate(host, [bytes.subarray(0, size)]).includes(DONE), `${size} bytes`);
    });
  });

describe("what an answer in one piece says", () => {
  const whole = (api: ModelApi, answer: unknown) => hosts[api].whole(answer);
  const form = {
    shape: completionShape,
    newFilter: () => ({push: asIs, end: () => "", ended: false}),
  };
  const message = (content: readonly object[]) => ({type: "message", role: "assistant", content});
  const part = {type: "output_text", text: "a", annotations: []};
  const refusal = {type: "refusal", refusal: "no"};
  const cases: Record<string, [said: Said, completion: Values | "none"]> = {
    "Responses: thoughts and tools are no text": [
      whole("responses", {
        ...head,
        status: "completed",
        error: null,
        output: [
          {type: "reasoning", summary: []},
          message([part, part]),
          {type: "custom_tool_call"},
        ],
        usage,
      }),
      {
        id: "resp_1",
        object: "text_completion",
        created: 7,
        model: "codex",
        choices: [{index: 0, text: "aa", logprobs: null, finish_reason: "stop"}],
        usage: {prompt_tokens: 3, completion_tokens: 2, total_tokens: 5},
      },
    ],
    "Responses: one refused is one for its content": [
      whole("responses", {status: "completed", output: [message([refusal])]}),
      {
        object: "text_completion",
        choices: [{index: 0, text: "", logprobs: null, finish_reason: "content_filter"}],
      },
    ],
    "Responses: one that failed is none": [
      whole("responses", {...head, status: "failed", error: {code: "server_error", message: "x"}}),
      "none",
    ],
    "Responses: one still queued is none": [whole("responses", {status: "queued"}), "none"],
    "Mistral: one that ended by an error is none": [
      whole("mistral", {choices: [{message: {content: "a"}, finish_reason: "error"}]}),
      "none",
    ],
    "llama-server": [
      whole("infill", {content: "a", stop: true, stop_type: "word", tokens_evaluated: 4}),
      {
        object: "text_completion",
        choices: [{index: 0, text: "a", logprobs: null, finish_reason: "stop"}],
        usage: {prompt_tokens: 4, completion_tokens: 0, total_tokens: 4},
      },
    ],
  };
  for (const [name, [{answer, error}, completion]] of Object.entries(cases))
    test(name, () => {
      if (completion === "none") return assert.ok(error !== undefined && answer === undefined);
      assert.deepEqual(JSON.parse(translated(answer!, form)), completion);
    });

  for (const api of ["mistral", "responses", "infill"] as const)
    test(`${api}: what is none is an error, not an empty text`, () => {
      for (const answer of [null, [], "x", 7]) assert.throws(() => whole(api, answer));
    });
});

describe("an error within events", () => {
  const read = (event: unknown) => hosts.responses.newReader()(event).error;
  const error = {type: "too_many_requests", code: "rate_limit_exceeded", message: "x"};
  test("of Responses is told as it is documented, and as it comes", () => {
    assert.deepEqual(read({type: "error", error}), error);
    assert.deepEqual(read({type: "error", code: "server_error", message: "x", param: null}), {
      message: "x",
      type: "server_error",
      param: null,
      code: "server_error",
    });
    assert.deepEqual(read({type: "response.failed", response: {error}}), error);
  });

  test("of Responses that failed without a reason waits for the reason", () => {
    assert.equal(read({type: "response.failed", response: {error: null}}), undefined);
  });

  test("of Responses refused for its content ends so", () => {
    const next = hosts.responses.newReader();
    next({type: "response.refusal.delta", delta: "no"});
    const {answer} = next({type: "response.completed", response: {...head, status: "completed"}});
    assert.equal(answer!.choices[0]!.finish_reason, "content_filter");
  });
});

const refused: Record<string, [body: string, message: string | undefined]> = {
  "a list of faults": [
    '{"detail":[{"type":"missing","loc":["body","prompt"],"msg":"Field required"},{"type":"extra_forbidden","loc":["body","n"],"msg":"Extra inputs are not permitted"}]}',
    "prompt: Field required; n: Extra inputs are not permitted",
  ],
  "a list within": [
    '{"object":"error","message":{"detail":[{"type":"extra_forbidden","loc":["body","n"],"msg":"Extra inputs are not permitted","input":1}]},"type":"invalid_request_error","param":null,"code":null}',
    "n: Extra inputs are not permitted",
  ],
  words: [
    '{"object":"error","message":"too long","type":"invalid_request_error","code":"3051"}',
    "too long",
  ],
  "no JSON": ["<html>", undefined],
};
for (const [name, [body, message]] of Object.entries(refused))
  test(`Mistral's refusal by ${name} is told in words`, () =>
    assert.equal(hosts.mistral.refusal!(body), message));
