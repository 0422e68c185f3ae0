import assert from "node:assert/strict";
import {type TestContext, test} from "node:test";
import {until} from "../../setup/until.ts";
import type {PolicyInput} from "../policy.ts";
import {ask, MODEL, startHost, startRig} from "../rig.ts";

type Asked = NonNullable<PolicyInput["models"][string]>;

/** A host that refuses all, naming a parameter. */
async function setUp(
  t: TestContext,
  {
    param,
    code = "unsupported_parameter",
    model = {},
    rules = {},
  }: {param: string; code?: string; model?: Partial<Asked>; rules?: Partial<PolicyInput>},
) {
  const text = JSON.stringify({error: {message: "no", type: "invalid_request_error", param, code}});
  const host = await startHost(t, ({stream}) => {
    stream.respond({":status": 400, "content-type": "application/json"});
    stream.end(text);
  });
  const deployments = [{upstream: "host-0", name: "codex", weight: 1}];
  const models = {[MODEL]: {...model, deployments}};
  const rig = await startRig(t, {hosts: [host], rules: {models, ...rules}});
  const [anna, ben] = await Promise.all(["anna", "ben"].map((user) => rig.token({user})));
  const send = async (token: string, body: object, path: string, more: object = {}) => {
    const headers = {...more, ":path": path, authorization: `Bearer ${token}`};
    const answer = await ask(rig.client, {headers, body: JSON.stringify({model: MODEL, ...body})});
    assert.equal(answer.status, 400);
    return answer;
  };
  const counted = async () =>
    Object.fromEntries(
      [...(await rig.metrics()).matchAll(/^meridian_parameter_refused_total\{(.*)\} (\d+)$/gm)].map(
        ([, labels, count]) => [/parameter="(.*)"/.exec(labels!)![1], Number(count)],
      ),
    );
  const told = () =>
    rig.log.flatMap((line) => {
      const {msg, mend} = JSON.parse(line);
      return msg === "parameter refused" ? [mend] : [];
    });
  return {send, counted, told, anna: anna!, ben: ben!};
}

const COMPLETION = {prompt: "x", top_p: 0.9};
const PATH = "/v1/completions";
const chats: Partial<Asked> = {api: "chat", parameters: {effort: "none", refuses: ["n"]}};
const responds: Partial<Asked> = {api: "responses", parameters: {effort: "none"}};
const renames: Partial<Asked> = {api: "chat", parameters: {limit: "max_completion_tokens"}};
const CHATS = "/v1/chat/completions";
const setsTopP = {mutations: [{name: "set", set: {top_p: 1}}]};

interface Case {
  readonly given: Omit<Parameters<typeof setUp>[1], "t">;
  readonly body?: object;
  readonly path?: string;
  readonly parameter: string | undefined;
  readonly mend?: string;
}

const cases: Record<string, Case> = {
  "a completion that is asked for by chat": {
    given: {param: "top_p", model: chats},
    parameter: "top_p",
    mend: `models.${MODEL}.parameters: {refuses: [n, top_p]}`,
  },
  "a limit by another name": {
    given: {param: "max_tokens", model: chats},
    parameter: "max_tokens",
    mend: `models.${MODEL}.parameters: {limit: max_completion_tokens}`,
  },
  "an effort of ours that is out of range": {
    given: {param: "reasoning_effort", code: "invalid_value", model: chats},
    parameter: "reasoning_effort",
    mend: `models.${MODEL}.parameters: {effort: ...}, one that the host's message names`,
  },
  "an effort of ours that Responses does not know": {
    given: {param: "reasoning.effort", code: "unsupported_value", model: responds},
    parameter: "reasoning_effort",
    mend: `models.${MODEL}.parameters: {effort: ...}, one that the host's message names`,
  },
  "an effort of ours where Responses takes none": {
    given: {param: "reasoning.effort", model: responds},
    parameter: "reasoning_effort",
    mend: `models.${MODEL}.parameters: {refuses: [reasoning_effort]}`,
  },
  "the client's own effort, by Responses": {
    given: {param: "reasoning.effort", code: "unsupported_value", model: responds},
    body: {messages: [{role: "user", content: "x"}], reasoning_effort: "huge"},
    path: CHATS,
    parameter: undefined,
  },
  "the client's own limit, by Responses": {
    given: {param: "max_output_tokens", code: "invalid_value", model: responds},
    body: {messages: [{role: "user", content: "x"}], max_tokens: 1e9},
    path: CHATS,
    parameter: undefined,
  },
  "the client's own text, by Responses": {
    given: {param: "input", code: "invalid_value", model: responds},
    body: {messages: [{role: "user", content: "x"}]},
    path: CHATS,
    parameter: undefined,
  },
  "the client's own limit, renamed": {
    given: {param: "max_completion_tokens", code: "invalid_value", model: renames},
    body: {prompt: "x", max_tokens: 1e9},
    parameter: undefined,
  },
  "a limit that is renamed to what its model does not take": {
    given: {param: "max_completion_tokens", model: renames},
    body: {prompt: "x", max_tokens: 9},
    parameter: "max_completion_tokens",
    mend: `models.${MODEL}.parameters: {limit: max_tokens}`,
  },
  "a limit that nobody asks for": {
    given: {param: "max_completion_tokens", code: "invalid_value", model: renames},
    parameter: "max_completion_tokens",
    mend: `models.${MODEL}.parameters: {limit: max_tokens}`,
  },
  "a completion by a template": {
    given: {param: "top_p", model: {template: "qwen"}},
    parameter: "top_p",
    mend: `traffic.mutations: {name: no-top_p, when: {models: [${MODEL}]}, drop: [top_p]}`,
  },
  "a parameter that a rule sets": {
    given: {param: "top_p", rules: setsTopP},
    body: {prompt: "x"},
    parameter: "top_p",
    mend: `traffic.mutations: {name: no-top_p, when: {models: [${MODEL}]}, drop: [top_p]}`,
  },
  "another dialect": {
    given: {param: "top_p"},
    body: {...COMPLETION, suffix: ""},
    path: "/v1/fim/completions",
    parameter: "top_p",
    mend: `traffic.mutations: {name: no-top_p, when: {models: [${MODEL}]}, drop: [top_p]}`,
  },
  "a name that nobody knows": {
    given: {param: "x-1\n", model: chats},
    parameter: "other",
    mend: "the client was told which; drop it by a mutation",
  },
  "the client's own, passed on": {given: {param: "top_p"}, parameter: undefined},
  "the client's own in a chat": {
    given: {param: "top_p", model: chats},
    body: {messages: [{role: "user", content: "x"}], top_p: 1},
    path: "/v1/chat/completions",
    parameter: undefined,
  },
  "the client's own value, out of range": {
    given: {param: "top_p", code: "invalid_value", model: chats},
    parameter: undefined,
  },
  "what a filter refuses": {
    given: {param: "prompt", code: "content_filter", model: chats},
    parameter: undefined,
  },
};

for (const [name, {given, body = COMPLETION, path = PATH, parameter, mend}] of Object.entries(
  cases,
))
  test(`refused: ${name}`, async (t) => {
    const {send, counted, told, anna, ben} = await setUp(t, given);
    for (let turn = 0; turn < 5; turn++) {
      await send(anna, body, path);
      await send(ben, body, path);
    }
    if (mend !== undefined) await until(() => told().length > 0);
    assert.deepEqual(await counted(), parameter === undefined ? {} : {[parameter]: 9});
    assert.deepEqual(told(), mend === undefined ? [] : [mend]);
  });

test("one user alone moves no alert, however often they ask", async (t) => {
  const {send, counted, anna, ben} = await setUp(t, {param: "top_p", model: chats});
  for (let turn = 0; turn < 20; turn++) await send(anna, COMPLETION, PATH);
  assert.deepEqual(await counted(), {top_p: 0});
  await send(ben, COMPLETION, PATH);
  assert.deepEqual(await counted(), {top_p: 1});
});

test("a call ahead counts for nothing", async (t) => {
  const {send, counted, told, anna, ben} = await setUp(t, {param: "top_p", model: chats});
  const ahead = {"x-copilot-speculative": "true"};
  for (const token of [anna, ben, anna]) await send(token, COMPLETION, PATH, ahead);
  assert.deepEqual([await counted(), told()], [{}, []]);
});

test("the client is told what the host said, as ever", async (t) => {
  const {send, anna} = await setUp(t, {param: "top_p", model: chats});
  const {text} = await send(anna, COMPLETION, PATH);
  assert.equal(JSON.parse(text).error.param, "top_p");
});
