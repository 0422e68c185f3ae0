import assert from "node:assert/strict";
import {describe, type TestContext, test} from "node:test";
import type {ModelApi, PolicyInput} from "../../policy.ts";
import {answerEvents, ask, MODEL, type Script, startHost, startRig} from "../../rig.ts";

/** Hosts that speak Mistral's FIM, Responses or llama-server's /infill, asked over real sockets. */
async function before(
  t: TestContext,
  script: Script,
  {api = "mistral" as ModelApi, rules = {} as Partial<PolicyInput>} = {},
) {
  const host = await startHost(t, script);
  const upstream = {url: host.url, api: "openai", credential: {kind: "none"}} as const;
  const deployments = [{upstream: "host-0", name: "codestral", weight: 1}];
  const rig = await startRig(t, {
    hosts: [host],
    rules: {
      upstreams: {"host-0": upstream},
      models: {[MODEL]: {api, aliases: ["*"], deployments}},
      ...rules,
    },
  });
  const crowd = await rig.crowd();
  return {
    host,
    rig,
    ask: (path: string, body: string) =>
      ask(rig.client, {headers: {...crowd(), ":path": path}, body}),
  };
}

const FIM = "/v1/fim/completions";
const json =
  (text: string, status = 200): Script =>
  ({stream}) => {
    stream.respond({":status": status, "content-type": "application/json"});
    stream.end(text);
  };

describe("a client and a host that both speak Mistral's FIM", () => {
  const asked = `{ "model":"${MODEL}","prompt" : "\\u0061", "suffix":null,"max_tokens":50,"min_tokens":1, "random_seed": 9007199254740993,"metadata":{"a": 1.0}`;
  const sent = `"prompt" : "\\u0061", "suffix":null,"max_tokens":50,"min_tokens":1, "random_seed": 9007199254740993,"metadata":{"a": 1.0}`;

  test("are given each other's bytes, of events", async (t) => {
    const said =
      ': hi\n\ndata: {"choices":[{"delta":{"content":"\\u0062"},"x":1}]}\n\ndata: [DONE]\n\n';
    const {host, ask} = await before(t, ({stream}) => {
      answerEvents(stream);
      stream.end(said);
    });
    assert.equal((await ask(FIM, `${asked},"stream":true}`)).text, said);
    const body = await host.seen[0]!.body;
    assert.equal(body, `{${sent},"stream":true,"model":"codestral"}`);
  });

  test("and of an answer in one piece, and of a refusal", async (t) => {
    const said = '{"choices" : [{"message":{"content":"b"}}], "new": 1.0}';
    const {ask} = await before(t, json(said));
    assert.equal((await ask(FIM, `${asked}}`)).text, said);
    const no = '{"detail":[{"loc":["body","prompt"],"msg":"no","type":"x"}]}';
    const other = await before(t, json(no, 422));
    const {status, text} = await other.ask(FIM, `${asked}}`);
    assert.deepEqual([status, text], [400, no]);
  });

  test("and a limit where none is asked for", async (t) => {
    const {host, ask} = await before(t, json("{}"));
    await ask(FIM, `{"model":"${MODEL}","prompt":"a"}`);
    assert.equal(JSON.parse(await host.seen[0]!.body).max_tokens, 256);
  });

  test("keep to the rules of traffic", async (t) => {
    const mutations = [{name: "short", cap: {max_tokens: 9}, stop: ["x"]}];
    const {host, ask} = await before(t, json("{}"), {rules: {mutations}});
    await ask(FIM, `{"model":"${MODEL}","prompt":"a","max_tokens":50}`);
    const {max_tokens, stop} = JSON.parse(await host.seen[0]!.body);
    assert.deepEqual([max_tokens, stop], [9, ["x"]]);
  });

  test("and a mirror that completes is asked for a completion", async (t) => {
    const mirror = await startHost(t, json("{}"));
    const host = await startHost(t, json('{"choices":[]}'));
    const upstreamAt = (url: string) => ({url, api: "openai", credential: {kind: "none"}}) as const;
    const served = (upstream: string) => [{upstream, name: "m", weight: 1}];
    const rig = await startRig(t, {
      hosts: [host, mirror],
      rules: {
        upstreams: {"host-0": upstreamAt(host.url), "host-1": upstreamAt(mirror.url)},
        models: {
          [MODEL]: {api: "mistral", deployments: served("host-0")},
          other: {deployments: served("host-1")},
        },
        mirrors: [{name: "m", share: 100, model: "other"}],
      },
    });
    const headers = {authorization: `Bearer ${await rig.token()}`, ":path": FIM};
    await ask(rig.client, {headers, body: `{"model":"${MODEL}","prompt":"a","random_seed":3}`});
    const [seen] = mirror.seen;
    assert.equal(seen!.headers[":path"], "/v1/completions");
    const {prompt, seed} = JSON.parse(await seen!.body);
    assert.deepEqual([prompt, seed], ["a", 3]);
  });
});

describe("what a host of another dialect refuses", () => {
  const no = '{"object":"error","message":{"detail":[{"loc":["body","n"],"msg":"no"}]}}';
  const message = "n: no";
  const told: Record<string, [path: string, body: object, told: (said: Said) => unknown]> = {
    "OpenAI's": ["/v1/completions", {model: MODEL, prompt: "a"}, ({error}) => error?.message],
    "llama.cpp's": [
      "/infill",
      {input_prefix: "a", input_suffix: ""},
      ({error}) => error?.code === 400 && error.message,
    ],
  };
  interface Said {
    readonly error?: {readonly message: string; readonly code: unknown};
  }
  for (const [name, [path, body, messageOf]] of Object.entries(told))
    test(`is told in ${name} form`, async (t) => {
      const {ask} = await before(t, json(no, 422));
      const {status, text} = await ask(path, JSON.stringify(body));
      assert.deepEqual([status, messageOf(JSON.parse(text))], [400, message]);
    });

  test("for want of room within a 200 cools it as long as its head says", async (t) => {
    const error = {type: "too_many_requests", code: "rate_limit_exceeded", message: "x"};
    const {ask} = await before(
      t,
      ({stream}) => {
        stream.respond({":status": 200, "content-type": "text/event-stream", "retry-after": "9"});
        stream.end(`data: ${JSON.stringify({type: "error", error})}\n\n`);
      },
      {api: "responses"},
    );
    const body = JSON.stringify({model: MODEL, prompt: "a", stream: true});
    const {status, headers} = await ask("/v1/completions", body);
    assert.deepEqual([status, headers["retry-after"]], [429, "9"]);
  });
});

test("files that /infill shows go to llama-server as they are named", async (t) => {
  const {host, ask} = await before(t, json('{"content":"b","stop":true}'), {api: "infill"});
  const extra = [
    {filename: "x.ts", text: "x", time: 1},
    {text: "y"},
    {filename: "a\nb", text: "z"},
  ];
  const asked = {input_prefix: "a", input_suffix: "c", input_extra: extra, n_predict: 5};
  const {text} = await ask("/infill", JSON.stringify(asked));
  assert.equal(JSON.parse(text).content, "b");
  assert.deepEqual(JSON.parse(await host.seen[0]!.body).input_extra, [
    {filename: "x.ts", text: "x"},
    {filename: "tmp", text: "y"},
    {filename: "a b", text: "z"},
  ]);
});

describe("an event that has choices and an error is an end that is none", () => {
  const choice = {index: 0, text: "", delta: {content: ""}, finish_reason: "error"};
  const failed = {id: "a", error: {code: 502, message: "no"}, choices: [choice]};
  const begun = {id: "a", choices: [{index: 0, text: "b", delta: {content: "b"}}]};
  const eventOf = (said: object) => `data: ${JSON.stringify(said)}\n\n`;
  for (const api of ["completions", "chat", "mistral"] as const)
    for (const path of ["/v1/completions", FIM, "/v1/chat/completions"])
      for (const events of [[failed], [begun, failed]])
        test(`${api} by ${path}, ${events.length === 1 ? "first" : "in mid-answer"}`, async (t) => {
          const {ask} = await before(
            t,
            ({stream}) => {
              answerEvents(stream);
              stream.end(`${events.map(eventOf).join("")}data: [DONE]\n\n`);
            },
            {api},
          );
          const said = {model: MODEL, prompt: "a", messages: [], stream: true};
          const {status, code} = await ask(path, JSON.stringify(said));
          assert.ok(status === 502 || code !== 0, `${status} ${code}`);
        });
});

test("what a host without room has said is not counted to the next one's answer", async (t) => {
  const full = await startHost(t, ({stream}) => {
    answerEvents(stream);
    stream.end('data: {"error":{"code":429,"message":"no room"}}\n\n');
  });
  const whole = '{"choices":[{"index":0,"text":"b","finish_reason":"stop"}]}';
  const next = await startHost(t, ({stream}) => {
    const length = whole.length;
    stream.respond({":status": 200, "content-type": "application/json", "content-length": length});
    stream.end(whole);
  });
  const rig = await startRig(t, {hosts: [full, next]});
  const headers = {authorization: `Bearer ${await rig.token()}`};
  const answer = await ask(rig.client, {headers, body: '{"prompt":"a","stream":true}'});
  const {status, text, code} = answer;
  assert.deepEqual([status, text, code, full.seen.length], [200, whole, 0, 1]);
});

test("a limit below 0 asks for as much as none does", async (t) => {
  for (const api of ["mistral", "completions"] as const) {
    const {host, ask} = await before(t, json("{}"), {api});
    await ask(FIM, `{"model":"${MODEL}","prompt":"a","max_tokens":-1}`);
    assert.equal(JSON.parse(await host.seen[0]!.body).max_tokens, 256);
  }
});
