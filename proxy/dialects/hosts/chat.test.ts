import assert from "node:assert/strict";
import {constants} from "node:http2";
import {describe, type TestContext, test} from "node:test";
import fc from "fast-check";
import {until} from "../../../setup/until.ts";
import {ProxyError} from "../../errors.ts";
import type {Asking, ChatParameters} from "../../policy.ts";
import {bodyOf} from "../../rewrite/body.ts";
import {answerEvents, ask, MODEL, open, type Script, startHost, startRig} from "../../rig.ts";
import {saidByOpenAi} from "../answer.ts";
import * as translation from "../translation.ts";
import {awaitsUsage, completionShape, translated} from "../translation.ts";
import * as chat from "./chat.ts";
import {codeFilter} from "./instruction.ts";

type Values = Readonly<Record<string, unknown>>;
const toChat = (completion: Values, parameters: ChatParameters = {}) =>
  JSON.parse(chat.toChat(bodyOf(completion), parameters).bytes().toString());
const formOf = (asked: Values) => ({shape: completionShape, newFilter: codeFilter(bodyOf(asked))});
const toCompletion = (text: string, asked: Values) =>
  translated(saidByOpenAi(JSON.parse(text)).answer!, formOf(asked));
const createTranslation = (asked: Values, choices = 1) =>
  translation.createTranslation({
    ...formOf(asked),
    read: saidByOpenAi,
    choices,
    awaitsUsage: awaitsUsage(bodyOf(asked)),
  });

interface Delta {
  readonly content?: string;
  readonly index?: number;
  readonly finish?: string;
}

/** An event of a chat, as Azure sends it. */
function delta({content, index = 0, finish}: Delta): string {
  const choice = {index, delta: {content}, finish_reason: finish ?? null, logprobs: null};
  return `data: ${JSON.stringify({id: "chat-1", created: 7, model: "nano", choices: [choice]})}\n\n`;
}

const FILTER = `data: ${JSON.stringify({choices: [], prompt_filter_results: []})}\n\n`;
const ROLE = delta({content: ""});
const DONE = "data: [DONE]\n\n";

/** The texts and the finish of each choice, and what else was said. */
function read(stream: string) {
  const texts: Record<number, string> = {};
  const finishes: Record<number, string> = {};
  const others: unknown[] = [];
  const events = stream.split("\n\n").filter(Boolean);
  assert.equal(events.pop(), "data: [DONE]");
  for (const event of events) {
    const {choices, ...rest} = JSON.parse(event.slice("data: ".length));
    if (!choices || choices.length === 0) others.push(rest);
    for (const {index, text, finish_reason} of choices ?? []) {
      texts[index] = (texts[index] ?? "") + text;
      if (finish_reason) finishes[index] = finish_reason;
    }
  }
  return {texts, finishes, others};
}

describe("toChat", () => {
  const {messages} = toChat({prompt: "a"}) as {messages: {role: string; content: string}[]};

  test("prompt and suffix become a gap to fill", () => {
    const chat = toChat({prompt: "let x = ", suffix: ";\n", max_tokens: 50, stop: "}", n: 2});
    assert.deepEqual(chat, {
      messages: [messages[0], {role: "user", content: "let x = <gap/>;\n"}],
      max_tokens: 50,
      stop: ["}"],
      n: 2,
    });
  });

  test("a limit that is left out is a completion's, not a chat's", () => {
    assert.equal(toChat({prompt: "a"}).max_tokens, 16);
  });

  test("parameters that a chat does not have are left out, others stay", () => {
    const body = {prompt: ["a"], best_of: 2, logprobs: 1, temperature: 0, stream: true};
    const {messages: _, ...rest} = toChat(body);
    assert.deepEqual(rest, {temperature: 0, stream: true, max_tokens: 16});
  });

  test("stop texts that a fence would meet are not the host's to look for", () => {
    assert.deepEqual(toChat({prompt: "a", stop: ["\n\n", "```", "\nclass "]}).stop, ["\nclass "]);
  });

  test("of more than four stop texts the host is given four; the others are cut here", () => {
    assert.deepEqual(toChat({prompt: "a", stop: ["a", "b", "\n", "c", "d", "e"]}).stop, [
      ..."abcd",
    ]);
  });

  const unfit: Record<string, object> = {
    "several prompts": {prompt: ["a", "b"]},
    "token ids": {prompt: [1, 2]},
    "no text": {prompt: null},
    "the prompt repeated": {prompt: "a", echo: true},
  };
  for (const [name, body] of Object.entries(unfit))
    test(`refuses ${name}`, () => {
      const isUnfit = (error: unknown) =>
        error instanceof ProxyError && error.code === "PARAMETER_UNFIT" && error.status === 400;
      assert.throws(() => toChat({...body}), isUnfit);
    });
});

test("an answer in one piece: texts trimmed, finish and usage carried", () => {
  const chat = {
    id: "chat-1",
    object: "chat.completion",
    created: 7,
    model: "nano",
    choices: [
      {index: 0, message: {role: "assistant", content: "```js\na;\n```"}, finish_reason: "stop"},
      {index: 1, message: {role: "assistant", content: "b"}, finish_reason: "length"},
      {index: 2, message: {role: "assistant", content: null}, finish_reason: "content_filter"},
    ],
    usage: {total_tokens: 9},
  };
  assert.deepEqual(JSON.parse(toCompletion(JSON.stringify(chat), {prompt: "x"})), {
    id: "chat-1",
    object: "text_completion",
    created: 7,
    model: "nano",
    choices: [
      {index: 0, text: "a;", logprobs: null, finish_reason: "stop"},
      {index: 1, text: "b", logprobs: null, finish_reason: "length"},
      {index: 2, text: "", logprobs: null, finish_reason: "content_filter"},
    ],
    usage: {total_tokens: 9},
  });
});

describe("a chat's events", () => {
  const stream = [
    FILTER,
    ROLE,
    delta({content: "```js\n"}),
    delta({content: "näh", index: 0}),
    delta({content: "b", index: 1}),
    delta({content: "();\n``"}),
    delta({content: "`"}),
    delta({finish: "length", index: 1}),
    DONE,
  ].join("");
  const body = {prompt: "x", n: 2};

  test("become a completion's, whichever bytes come together", () => {
    const bytes = Buffer.from(stream);
    const cuts = fc.array(fc.integer({min: 0, max: bytes.length}), {maxLength: 12});
    fc.assert(
      fc.property(cuts, (cuts) => {
        const {push} = createTranslation(body, 2);
        const ends = [...cuts.toSorted((a, b) => a - b), bytes.length];
        const out = ends.map((end, index) => push(bytes.subarray(ends[index - 1] ?? 0, end)));
        assert.deepEqual(read(out.join("")), {
          texts: {0: "näh();", 1: "b"},
          finishes: {0: "stop", 1: "length"},
          others: [],
        });
      }),
    );
    const {push} = createTranslation(body, 2);
    const byBytes = [...bytes].map((byte) => push(Buffer.of(byte))).join("");
    assert.deepEqual(read(byBytes).texts, {0: "näh();", 1: "b"});
  });

  test("a choice counts though its index is null, a text or left out", () => {
    const frame = (index: unknown, content: unknown) =>
      `data: ${JSON.stringify({choices: [{index, delta: {content}, finish_reason: null}]})}\n\n`;
    const {push} = createTranslation({prompt: "x", n: 2}, 2);
    const parts = [
      {type: "thinking", thinking: "hm"},
      {type: "text", text: "e"},
    ];
    const events = [frame(null, "a"), frame("0", "b"), frame(undefined, "c"), frame("1", "d")];
    const out = push(Buffer.from([...events, frame(0, parts), DONE].join("")));
    assert.deepEqual(read(out).texts, {0: "abce", 1: "d"});
  });

  test("what is no choice's is let go: a ping, a field that is new", () => {
    const {push} = createTranslation({prompt: "x"});
    const out = push(Buffer.from(`data: {"type":"ping"}\n\n${delta({content: "a"})}${DONE}`));
    assert.deepEqual(read(out).texts, {0: "a"});
  });

  test("text is passed on with the event that brings it", () => {
    const {push} = createTranslation({prompt: "x"});
    const out = [ROLE, delta({content: "foo"}), delta({content: "bar"})].map((event) =>
      push(Buffer.from(event)),
    );
    assert.deepEqual(
      out.map((text) => /"text":"(\w*)"/.exec(text)?.[1]),
      [undefined, "foo", "bar"],
    );
  });

  test("where the model answers once, however many are asked for, one answer is whole", () => {
    const asked = {prompt: "x", n: 3};
    const asking: Asking = {api: "chat", parameters: {refuses: ["n"]}};
    const {choices} = chat.chat.ask(bodyOf(asked), {asking, files: []});
    const {push} = createTranslation(asked, choices);
    const out = push(Buffer.from(delta({content: "a", finish: "stop"})));
    assert.deepEqual(read(out), {texts: {0: "a"}, finishes: {0: "stop"}, others: []});
  });

  test("usage comes through, after the last choice", () => {
    const usage = `data: ${JSON.stringify({choices: [], usage: {total_tokens: 3}})}\n\n`;
    const {push} = createTranslation({prompt: "x", stream_options: {include_usage: true}});
    const out = push(Buffer.from(delta({content: "a", finish: "stop"}) + usage + DONE));
    assert.deepEqual(read(out), {
      texts: {0: "a"},
      finishes: {0: "stop"},
      others: [{object: "text_completion", usage: {total_tokens: 3}}],
    });
  });

  test("what was held back is said when the host ends without a reason", () => {
    const {push} = createTranslation({prompt: "x", stop: ["END"]});
    assert.deepEqual(read(push(Buffer.from(delta({content: "the EN"}) + DONE))), {
      texts: {0: "the EN"},
      finishes: {0: "stop"},
      others: [],
    });
  });

  test("an event that is no JSON is an error", () => {
    assert.throws(() => createTranslation({prompt: "x"}).push(Buffer.from("data: {\n\n")));
  });

  test("an error in mid-stream comes through", () => {
    const {push} = createTranslation({prompt: "x"});
    const error = `data: ${JSON.stringify({error: {message: "overloaded"}})}\n\n`;
    assert.equal(push(Buffer.from(error)), error);
  });
});

describe("a model that only chats", () => {
  const stream =
    (...events: string[]): Script =>
    ({stream}) => {
      answerEvents(stream);
      stream.end(events.join(""));
    };

  async function before(t: TestContext, script: Script, parameters: ChatParameters = {}) {
    const host = await startHost(t, script);
    const deployments = [{upstream: "host-0", name: "nano", weight: 1}];
    const rig = await startRig(t, {
      hosts: [host],
      rules: {models: {[MODEL]: {api: "chat", parameters, deployments}}},
    });
    const crowd = await rig.crowd();
    const request = (body: object, path?: string) => ({
      headers: {...crowd(), ...(path && {":path": path})},
      body: JSON.stringify({prompt: "let x = ", stream: true, ...body}),
    });
    return {
      host,
      rig,
      ask: (body = {}, path = "") => ask(rig.client, request(body, path)),
      request,
    };
  }

  test("completes: by chat at the host, as a completion at the client", async (t) => {
    const script = stream(FILTER, ROLE, delta({content: "42"}), delta({finish: "stop"}), DONE);
    const {host, ask} = await before(t, script);
    const answer = await ask();
    assert.deepEqual([answer.status, read(answer.text).texts], [200, {0: "42"}]);
    const [seen] = host.seen;
    const path = "/openai/deployments/nano/chat/completions?api-version=2024-10-21";
    assert.equal(seen!.headers[":path"], path);
    assert.match(await seen!.body, /"content":"let x = <gap\/>"/);
  });

  test("chats with those who ask for a chat", async (t) => {
    const {host, ask} = await before(t, stream(delta({content: "hi"}), DONE));
    const body = {model: MODEL, messages: [{role: "user", content: "hi"}], prompt: undefined};
    const answer = await ask(body, "/v1/chat/completions");
    assert.equal(answer.text, delta({content: "hi"}) + DONE);
    assert.deepEqual(JSON.parse(await host.seen[0]!.body).messages, body.messages);
  });

  test("gets no parameter that it refuses, in a chat either, and else the bytes that came", async (t) => {
    const parameters: ChatParameters = {
      limit: "max_completion_tokens",
      effort: "none",
      refuses: ["temperature", "prediction", "stop"],
    };
    const {host, rig} = await before(t, stream(delta({content: "hi"}), DONE), parameters);
    const crowd = await rig.crowd();
    const sent = `{"model":"${MODEL}", "temperature":0, "messages":[{"role":"user","content":"\\u0068i"}],"max_tokens":1.0, "prediction":{"type":"content"},"stream":true }`;
    await ask(rig.client, {headers: {...crowd(), ":path": "/v1/chat/completions"}, body: sent});
    assert.equal(
      await host.seen[0]!.body,
      `{"model":"${MODEL}","messages":[{"role":"user","content":"\\u0068i"}],"stream":true,"max_completion_tokens":1.0}`,
    );
  });

  test("answers in one piece where no stream is asked for", async (t) => {
    const {ask} = await before(t, ({stream}) => {
      const body = JSON.stringify({choices: [{message: {content: "```\n42\n```"}}]});
      const headers = {"content-type": "application/json", "content-length": body.length};
      stream.respond({":status": 200, ...headers});
      stream.end(body);
    });
    const answer = await ask({stream: false});
    assert.equal(JSON.parse(answer.text).choices[0].text, "42");
  });

  test("its errors are the client's to read", async (t) => {
    const {ask} = await before(t, ({stream}) => {
      stream.respond({":status": 400, "content-type": "application/json"});
      stream.end('{"error":{"message":"content filtered"}}');
    });
    const answer = await ask();
    assert.deepEqual(
      [answer.status, answer.text],
      [400, '{"error":{"message":"content filtered"}}'],
    );
  });

  test("a prompt that it cannot take is refused before it is asked", async (t) => {
    const {host, ask} = await before(t, stream(DONE));
    const answer = await ask({prompt: [1, 2]});
    assert.equal(JSON.parse(answer.text).error.code, "parameter_unfit");
    assert.deepEqual([answer.status, host.seen.length], [400, 0]);
  });

  test("while it thinks it is waited for, and what it thinks is not shown", async (t) => {
    // What it thinks is not heard of at the client: it takes a moment to reach the proxy.
    const arrival = () => new Promise((resolve) => setTimeout(resolve, 50));
    const {ask, rig} = await before(t, async ({stream}) => {
      const choice = {index: 0, delta: {reasoning_content: "hm"}, finish_reason: null};
      const think = async (forMs: number) => {
        stream.write(`data: ${JSON.stringify({choices: [choice]})}\n\n`);
        await arrival();
        rig.pass(forMs);
      };
      answerEvents(stream);
      for (let count = 0; count < 3; count++) await think(14_000);
      stream.write(delta({content: "4"}));
      for (let count = 0; count < 3; count++) await think(19_000);
      stream.end(delta({content: "2", finish: "stop"}) + DONE);
    });
    const answer = await ask();
    assert.deepEqual([answer.status, read(answer.text).texts], [200, {0: "42"}]);
  });

  test("more stop texts than it can be given are refused in words", async (t) => {
    const {host, ask} = await before(t, stream(DONE));
    const answer = await ask({stop: Array.from({length: 17}, (_, index) => `stop ${index}`)});
    assert.deepEqual([answer.status, host.seen.length], [400, 0]);
    assert.match(JSON.parse(answer.text).error.message, /^This model takes up to 16 stop texts/);
  });

  test("a stop text ends the answer and resets the host's stream: it need not go on", async (t) => {
    const {host, ask} = await before(t, ({stream}) => {
      answerEvents(stream);
      stream.write(delta({content: "42;\nlet y"}));
    });
    const answer = await ask({stop: ["\n"]});
    assert.deepEqual(read(answer.text), {texts: {0: "42;"}, finishes: {0: "stop"}, others: []});
    assert.equal(answer.code, constants.NGHTTP2_NO_ERROR);
    assert.equal(await host.seen[0]!.closed, constants.NGHTTP2_CANCEL);
  });

  test("a host that has said [DONE] is not reset", async (t) => {
    const {host, ask} = await before(t, stream(delta({content: "42", finish: "stop"}), DONE));
    await ask();
    assert.equal(await host.seen[0]!.closed, constants.NGHTTP2_NO_ERROR);
  });

  test("a client's cancel reaches it", async (t) => {
    const {host, rig, request} = await before(t, ({stream}) => {
      answerEvents(stream);
      stream.write(delta({content: "42"}));
    });
    const left = open(rig.client, request({}));
    await new Promise((resolve) => left.once("data", resolve));
    left.close(constants.NGHTTP2_NO_ERROR);
    assert.equal(await host.seen[0]!.closed, constants.NGHTTP2_CANCEL);
  });

  const broken: Record<string, Script> = {
    "an end without [DONE]": stream(delta({content: "4"}), delta({content: "2"})),
    "an event without end": ({stream}) => {
      answerEvents(stream);
      stream.write(delta({content: "4"}));
      stream.write(`data: "${"x".repeat(20 << 20)}`);
    },
  };
  for (const [name, script] of Object.entries(broken))
    test(`${name} reaches the client as INTERNAL_ERROR`, async (t) => {
      const {ask} = await before(t, script);
      assert.equal((await ask()).code, constants.NGHTTP2_INTERNAL_ERROR);
    });

  test("an answer in one piece that is none is a status", async (t) => {
    const {ask} = await before(t, ({stream}) => {
      stream.respond({":status": 200, "content-type": "application/json"});
      stream.end("{}");
    });
    assert.equal((await ask({stream: false})).status, 502);
  });

  test("an answer in one piece without a bound is a status, and its host is told to stop", async (t) => {
    const {host, ask} = await before(t, ({stream}) => {
      stream.respond({":status": 200, "content-type": "application/json"});
      const content = "x".repeat(9 << 20);
      stream.end(JSON.stringify({choices: [{message: {content}}]}));
    });
    assert.equal((await ask({stream: false})).status, 502);
    assert.equal(await host.seen[0]!.closed, constants.NGHTTP2_CANCEL);
  });

  test("while the proxy is out of rotation it is probed by chat", async (t) => {
    const {host, ask} = await before(t, ({stream}) =>
      stream.respond({":status": 500}, {endStream: true}),
    );
    for (let count = 0; count < 60; count++) await ask();
    const asked = host.seen.length;
    await until(() => host.seen.length > asked);
    const {messages, max_tokens} = JSON.parse(await host.seen.at(-1)!.body);
    assert.deepEqual([messages.length, max_tokens], [2, 1]);
  });
});
