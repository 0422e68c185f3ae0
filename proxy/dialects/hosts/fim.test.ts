import assert from "node:assert/strict";
import {createServer} from "node:http";
import {constants} from "node:http2";
import type {AddressInfo} from "node:net";
import {describe, type TestContext, test} from "node:test";
import {until} from "../../../setup/until.ts";
import {bodyOf} from "../../rewrite/body.ts";
import {
  answerEvents,
  ask,
  DONE,
  event,
  MODEL,
  type Script,
  startHost,
  startRig,
} from "../../rig.ts";
import {filled} from "./fim.ts";

type Values = Readonly<Record<string, unknown>>;
const filledQwen = (body: Values) => {
  const gap = filled(bodyOf(body), "qwen");
  return gap && {...JSON.parse(gap.body.bytes().toString()), cutAt: gap.cutAt};
};

const QWEN_STOPS = ["<|endoftext|>", "<|file_sep|>", "<|repo_name|>", "<|fim_pad|>", "<|im_end|>"];
const GAP = "<|fim_prefix|>let x = <|fim_suffix|>;<|fim_middle|>";

describe("a completion in a family's form", () => {
  const cases: Record<string, [asked: Values, sent: Values | undefined]> = {
    "prompt and suffix become one prompt, others stay": [
      {prompt: "let x = ", suffix: ";", n: 2, temperature: 0},
      {
        prompt: GAP,
        stop: QWEN_STOPS.slice(0, 4),
        cutAt: ["<|im_end|>"],
        n: 2,
        temperature: 0,
      },
    ],
    "the client's stops come first; what four do not hold is cut here": [
      {prompt: ["let x = "], suffix: ";", stop: ["\n", "\n\n", "<|file_sep|>"]},
      {
        prompt: GAP,
        stop: ["\n", "\n\n", "<|file_sep|>", "<|endoftext|>"],
        cutAt: ["<|repo_name|>", "<|fim_pad|>", "<|im_end|>"],
      },
    ],
    "an empty suffix is one": [
      {prompt: "a", suffix: "", stop: "b"},
      {
        prompt: "<|fim_prefix|>a<|fim_suffix|><|fim_middle|>",
        stop: ["b", ...QWEN_STOPS.slice(0, 3)],
        cutAt: QWEN_STOPS.slice(3),
      },
    ],
    "a prompt without a suffix is written already": [{prompt: GAP}, undefined],
    "so is one whose suffix is null": [{prompt: GAP, suffix: null}, undefined],
  };
  for (const [name, [asked, sent]] of Object.entries(cases))
    test(name, () => assert.deepEqual(filledQwen(asked), sent));
});

describe("a model with a template", () => {
  async function before(t: TestContext, script: Script) {
    const host = await startHost(t, script);
    const deployments = [{upstream: "host-0", name: "coder", weight: 1}];
    const models = {[MODEL]: {template: "qwen" as const, deployments}};
    const rig = await startRig(t, {hosts: [host], rules: {models}});
    const crowd = await rig.crowd();
    return {
      host,
      ask: (body: string | Values) =>
        ask(rig.client, {
          headers: crowd(),
          body: typeof body === "string" ? body : JSON.stringify(body),
        }),
    };
  }
  const stream =
    (...events: string[]): Script =>
    ({stream}) => {
      answerEvents(stream);
      stream.end(events.join(""));
    };

  test("is sent the gap in its own signs", async (t) => {
    const {host, ask} = await before(t, stream(event("42"), DONE));
    const answer = await ask({prompt: "let x = ", suffix: ";", stream: true});
    assert.match(answer.text, /"text":"42"/);
    assert.ok(answer.text.endsWith(DONE));
    assert.deepEqual(JSON.parse(await host.seen[0]!.body), {
      stream: true,
      prompt: GAP,
      stop: QWEN_STOPS.slice(0, 4),
    });
  });

  test("a prompt without a suffix reaches it, and its answer the client, byte for byte", async (t) => {
    const {host, ask} = await before(t, stream(event("4"), event("2"), DONE));
    const body = `{ "stream":true,"prompt" : ${JSON.stringify(GAP)}, "seed": 9007199254740993 }`;
    const answer = await ask(body);
    assert.equal(answer.text, event("4") + event("2") + DONE);
    const {0: seen} = host.seen;
    assert.equal((await seen!.body).replace(/\s/g, ""), body.replace(/\s/g, ""));
    assert.match(await seen!.body, /"seed": 9007199254740993/);
  });

  test("a stop that it was not told of ends the answer, and the host is told to stop", async (t) => {
    const {host, ask} = await before(t, ({stream}) => {
      answerEvents(stream);
      stream.write(event("42<|im_"));
      stream.write(event("end|>rambling"));
    });
    const answer = await ask({prompt: "x", suffix: ";", stream: true});
    const texts = [...answer.text.matchAll(/"text":"([^"]*)"/g)].map(([, text]) => text);
    assert.equal(texts.join(""), "42");
    assert.match(answer.text, /"finish_reason":"stop"/);
    assert.equal(answer.code, constants.NGHTTP2_NO_ERROR);
    assert.equal(await host.seen[0]!.closed, constants.NGHTTP2_CANCEL);
  });

  test("over HTTP/1.1 it is told so by its connection's end", async (t) => {
    let gone = false;
    const server = createServer((request, response) => {
      request.resume();
      response.on("close", () => {
        gone = !response.writableFinished;
      });
      response.writeHead(200, {"content-type": "text/event-stream"});
      response.write(event("42<|im_end|>rambling"));
    });
    await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
    t.after(() => server.close());
    const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
    const upstream = {
      url,
      api: "openai",
      protocol: "http/1.1",
      credential: {kind: "none"},
    } as const;
    const deployments = [{upstream: "vllm", name: "coder", weight: 1}];
    const models = {[MODEL]: {template: "qwen" as const, deployments}};
    const rig = await startRig(t, {hosts: [], rules: {models, upstreams: {vllm: upstream}}});
    const body = JSON.stringify({prompt: "x", suffix: ";", stream: true});
    const headers = {authorization: `Bearer ${await rig.token()}`};
    const {text, code} = await ask(rig.client, {headers, body});
    assert.match(text, /"text":"42"/);
    assert.equal(code, constants.NGHTTP2_NO_ERROR);
    await until(() => gone);
  });

  test("an answer in one piece is cut in the same place", async (t) => {
    const {ask} = await before(t, ({stream}) => {
      stream.respond({":status": 200, "content-type": "application/json"});
      const choices = [{index: 0, text: "42<|im_end|>rambling", finish_reason: "length"}];
      stream.end(JSON.stringify({id: "cmpl-1", choices, usage: {total_tokens: 3}}));
    });
    const answer = await ask({prompt: "x", suffix: ";"});
    assert.deepEqual(JSON.parse(answer.text), {
      id: "cmpl-1",
      object: "text_completion",
      choices: [{index: 0, text: "42", logprobs: null, finish_reason: "stop"}],
      usage: {total_tokens: 3},
    });
  });

  test("a host that ends by itself is not reset: its connection may serve the next", async (t) => {
    const end = {choices: [{index: 0, text: "", finish_reason: "stop"}]};
    const {host, ask} = await before(t, ({stream}) => {
      answerEvents(stream);
      stream.write(`${event("42")}data: ${JSON.stringify(end)}\n\n`);
      setTimeout(() => stream.end(DONE), 20);
    });
    const answer = await ask({prompt: "x", suffix: ";", stream: true});
    assert.equal(answer.code, constants.NGHTTP2_NO_ERROR);
    assert.equal(await host.seen[0]!.closed, constants.NGHTTP2_NO_ERROR);
  });

  test("an answer that breaks off does not end cleanly", async (t) => {
    const {ask} = await before(t, stream(event("4")));
    const answer = await ask({prompt: "x", suffix: ";", stream: true});
    assert.equal(answer.code, constants.NGHTTP2_INTERNAL_ERROR);
  });
});
