import assert from "node:assert/strict";
import {createServer, type IncomingMessage} from "node:http";
import {constants} from "node:http2";
import {request as requestOverHttp1} from "node:https";
import type {AddressInfo} from "node:net";
import {test} from "node:test";
import {until} from "../../setup/until.ts";
import {
  type Asked,
  ask,
  authority,
  CHAT,
  COMPLETIONS,
  chatOf,
  KEY,
  PROMPT,
  send,
  setUp,
  TOKEN,
} from "./model.rig.ts";
import type {Model} from "./model.ts";

/** The text of each choice, and how it ended, from an event stream. */
function choicesOf(events: string): string[] {
  const choices: string[] = [];
  for (const line of events.split("\n\n").filter((line) => line.startsWith("data: {"))) {
    const [choice] = JSON.parse(line.slice(6)).choices;
    if (!choice) continue;
    const text = choice.text ?? choice.delta.content;
    choices[choice.index] =
      `${choices[choice.index] ?? ""}${text}${choice.finish_reason ? ` (${choice.finish_reason})` : ""}`;
  }
  return choices;
}

const streamed: Record<string, {path?: string; body: Record<string, unknown>; choices: string[]}> =
  {
    "a completion": {body: {prompt: PROMPT}, choices: ["window); (stop)"]},
    "a suffix": {body: {prompt: "use(", suffix: ");\nuse(tea);"}, choices: ["tea (stop)"]},
    max_tokens: {body: {prompt: PROMPT, max_tokens: 2}, choices: ["window) (length)"]},
    "a stop text": {body: {prompt: PROMPT, stop: "dow"}, choices: ["win (stop)"]},
    "stop texts": {body: {prompt: PROMPT, stop: ["x", ";"]}, choices: ["window) (stop)"]},
    "n choices": {body: {prompt: PROMPT, n: 2}, choices: ["window); (stop)", "door); (stop)"]},
    "a chat": {
      path: CHAT,
      body: {messages: [{role: "user", content: PROMPT}]},
      choices: ["window); (stop)"],
    },
    "a chat's gap, whatever its system says": {
      path: CHAT,
      body: {
        messages: [
          {role: "system", content: "Fill <gap/>."},
          {role: "user", content: "use(<gap/>);\nuse(tea);"},
        ],
      },
      choices: ["tea (stop)"],
    },
  };

for (const [name, {path = COMPLETIONS, body, choices}] of Object.entries(streamed)) {
  test(`streams ${name}, the same each time, and ends with [DONE]`, async (t) => {
    const {client, model} = await setUp(t);
    for (const _ of [1, 2]) {
      const answer = await ask(client, {path, body: {...body, stream: true}});
      assert.deepEqual(
        [answer.status, answer.headers["content-type"], answer.code, choicesOf(answer.text)],
        [200, "text/event-stream", 0, choices],
      );
      assert.ok(answer.text.endsWith("data: [DONE]\n\n"));
    }
    assert.deepEqual([model.stats().begun, model.stats().finished], [2, 2]);
  });
}

test("without stream the answer is one body, with usage", async (t) => {
  const {client} = await setUp(t);
  const {text} = await ask(client, {body: {prompt: PROMPT, max_tokens: 2}});
  const {choices, usage} = JSON.parse(text);
  assert.deepEqual(choices, [{index: 0, text: "window)", logprobs: null, finish_reason: "length"}]);
  assert.deepEqual(usage, {
    ...{prompt_tokens: 14, completion_tokens: 2, total_tokens: 16},
    completion_tokens_details: {reasoning_tokens: 0},
  });
});

const refused: Record<string, Asked & {answer: [number, string]}> = {
  "a wrong key": {headers: {"api-key": "no"}, answer: [401, "401"]},
  "no api-version": {path: "/openai/deployments/codex/completions", answer: [404, "404"]},
  "another path": {path: "/v1/completions", answer: [404, "404"]},
  "a path that is none": {path: "//", answer: [404, "404"]},
  "another method": {method: "PUT", answer: [404, "404"]},
  "an unknown deployment": {
    path: COMPLETIONS.replace("codex", "other"),
    answer: [404, "DeploymentNotFound"],
  },
  "a body that is not JSON": {
    body: "{",
    answer: [
      400,
      "We could not parse the JSON body of your request. The OpenAI API expects a JSON payload, but what was sent was not valid JSON.",
    ],
  },
  "a parameter it does not know": {
    body: {prompt: "", nwo: "a/b", extra: {}},
    answer: [400, "Unrecognized request arguments supplied: nwo, extra"],
  },
  "a parameter of the wrong type": {
    body: {max_tokens: 0},
    answer: [400, "max_tokens: Too small: expected number to be >=1"],
  },
  "a chat of a model that completes": {
    path: chatOf("codex"),
    body: {messages: [{role: "user", content: "x"}]},
    answer: [400, "OperationNotSupported"],
  },
  "a completion of a model that chats": {
    path: COMPLETIONS.replace("codex", "luna"),
    answer: [400, "OperationNotSupported"],
  },
  "what the model does not take": {
    path: CHAT,
    body: {messages: [{role: "user", content: "x"}], stop: ["a"]},
    answer: [400, "unsupported_parameter"],
  },
  "stream_options without a stream": {
    body: {stream_options: {include_usage: true}},
    answer: [400, "The 'stream_options' parameter is only allowed when 'stream' is enabled."],
  },
  "a body of 5 MB": {body: {prompt: "x".repeat(5e6)}, answer: [413, "413"]},
};

for (const [name, {answer, ...asked}] of Object.entries(refused)) {
  test(`refuses ${name}: ${answer[0]}`, async (t) => {
    const {client, model} = await setUp(t);
    const {status, text} = await ask(client, asked);
    const {error} = JSON.parse(text);
    assert.deepEqual([status, error.code ?? error.message], answer);
    assert.deepEqual([model.stats().begun, model.stats().refused], [0, 1]);
    assert.equal((await ask(client, {})).status, 200);
  });
}

test("a bearer's token is checked like a key, and refused in words of its own", async (t) => {
  const {client} = await setUp(t);
  const withBearer = (authorization: string) =>
    send(client, {headers: {authorization, "api-key": undefined}});
  const statusOf = (stream: ReturnType<typeof send>) =>
    new Promise((resolve) => stream.on("response", (headers) => resolve(headers[":status"])));
  assert.equal(await statusOf(withBearer(`Bearer ${TOKEN}`)), 200);
  assert.equal(await statusOf(withBearer("Bearer other")), 401);
});

test("an account without keys says so to those who come with one", async (t) => {
  const {client} = await setUp(t, {key: undefined});
  const {status, text} = await ask(client, {});
  assert.deepEqual([status, JSON.parse(text).error.code], [403, "AuthenticationTypeDisabled"]);
});

test("a host that is not Azure's goes by OpenAI's paths and the body's model; it may be open", async (t) => {
  const openTo = {key: undefined, tokens: undefined, paths: "openai"} as const;
  const {client} = await setUp(t, openTo);
  const cases = {
    "/v1/completions codex": 200,
    "/base/v1/completions codex": 200,
    "/v1/completions other": 404,
    [`${COMPLETIONS} codex`]: 404,
  };
  for (const [words, expected] of Object.entries(cases)) {
    const [path, model] = words.split(" ") as [string, string];
    const {status} = await ask(client, {path, body: {model, prompt: PROMPT}});
    assert.equal(status, expected, words);
  }
});

const slowly = {firstByteMs: 0, tokensPerSecond: 0.01};

test("a cancel is counted once, with its code, request id and time", async (t) => {
  const {model, client, cancels} = await setUp(t, slowly);
  const beganMs = Date.now();
  for (const code of [constants.NGHTTP2_CANCEL, constants.NGHTTP2_NO_ERROR]) {
    const stream = send(client, {headers: {"x-request-id": `with-${code}`}, body: {stream: true}});
    await begun(stream);
    stream.close(code);
    await until(() => model.stats().lastCancel?.id === `with-${code}`);
  }
  assert.deepEqual(
    cancels.map(({id, code}) => [id, code]),
    [
      ["with-8", 8],
      ["with-0", 0],
    ],
  );
  assert.ok(beganMs <= cancels[0]!.atMs && cancels[0]!.atMs <= Date.now());
  // Each has said the first token of "window);".
  await until(() => model.stats().unsaid > 0);
  assert.deepEqual(countsOf(model), {...none, begun: 2, cancelled: 2, unsaid: 4});
  assert.equal(client.destroyed, false);
});

test("a connection that closes is a cancel without a code", async (t) => {
  const {model, client, cancels} = await setUp(t, slowly);
  await begun(send(client, {body: {stream: true}}));
  client.destroy();
  await until(() => cancels.length > 0);
  assert.equal(cancels[0]!.code, undefined);
  assert.equal(model.stats().cancelled, 1);
});

test("HTTP/1.1 is answered the same, and its cancel is a closed connection", async (t) => {
  const {model} = await setUp(t);
  const {text, status} = await askOverHttp1(model, {});
  assert.deepEqual([status, choicesOf(text)], [200, ["window); (stop)"]]);
  assert.equal((await askOverHttp1(model, {"api-key": "no"})).status, 401);
  assert.equal(model.stats().cancelled, 0);

  const slow = await setUp(t, slowly);
  await askOverHttp1(slow.model, {}, (response) => response.destroy());
  await until(() => slow.cancels.length > 0);
  assert.equal(slow.cancels[0]!.code, undefined);
});

test("lost: what is under way is broken off, what comes is answered 500, until it is restored", async (t) => {
  const {model, client} = await setUp(t, slowly);
  const stream = send(client, {body: {stream: true}});
  await begun(stream);
  model.lose();
  await until(() => stream.closed);
  assert.equal(stream.rstCode, constants.NGHTTP2_INTERNAL_ERROR);
  assert.equal((await ask(client, {})).status, 500);
  assert.deepEqual(countsOf(model), {...none, begun: 1, lost: 1, refused: 1});
  model.restore();
  await begun(send(client, {body: {stream: true}}));
});

test("busy: 429, and when to come again", async (t) => {
  const {model, client} = await setUp(t);
  model.busy(7);
  const {status, headers, text} = await ask(client, {});
  const waits = [headers["retry-after"], headers["retry-after-ms"]];
  assert.deepEqual([status, ...waits], [429, "7", "7000"]);
  assert.match(
    JSON.parse(text).error.message,
    /^Requests to the Completions_Create Operation.*7 seconds/,
  );
});

test("a model that was retired before answers 410 whatever is restored", async (t) => {
  const {model, client} = await setUp(t, {retired: ["codex"]});
  model.restore();
  assert.equal((await ask(client, {})).status, 410);
});

test("retired: 410 for the deployment, until it is restored; others go on", async (t) => {
  const {model, client} = await setUp(t);
  model.retire("codex");
  assert.equal((await ask(client, {})).status, 410);
  const chat = {path: CHAT, body: {messages: [{role: "user", content: "x"}]}};
  assert.equal((await ask(client, chat)).status, 200);
  model.restore();
  assert.equal((await ask(client, {})).status, 200);
});

test("a deployment that is made meanwhile answers from then on", async (t) => {
  const {model, client} = await setUp(t);
  const chat = {
    path: chatOf("newer"),
    body: {messages: [{role: "user", content: "x"}]},
  };
  assert.equal((await ask(client, chat)).status, 404);
  model.deploy({newer: "gpt-6-luna"});
  assert.equal((await ask(client, chat)).status, 200);
});

test("a chat's stream begins with what the filter says, and ends with usage where it is asked for", async (t) => {
  const {client} = await setUp(t);
  const messages = [{role: "user", content: PROMPT}];
  const eventsOf = async (options?: object) => {
    const limit = {max_completion_tokens: 2, reasoning_effort: "none"};
    const body = {messages, stream: true, ...limit, ...options};
    const {text} = await ask(client, {path: CHAT, body});
    return text
      .split("\n\n")
      .slice(0, -2)
      .map((event) => JSON.parse(event.slice(6)));
  };
  const events = await eventsOf({stream_options: {include_usage: true}});
  assert.deepEqual([events[0].choices, events[0].prompt_filter_results.length], [[], 1]);
  const {choices, usage} = events.at(-1);
  assert.deepEqual([choices, usage.completion_tokens], [[], 2]);
  assert.equal((await eventsOf()).length, events.length - 1);
});

test("stain: each choice has the token, unless its request forbids it or stops there", async (t) => {
  const {model, client} = await setUp(t);
  model.stain({id: "100259", text: "<|fim_middle|>"});
  const body = {prompt: PROMPT, stream: true, stop: ["<|fim"]};
  assert.deepEqual(choicesOf((await ask(client, {body})).text), ["window (stop)"]);
  const ask100259 = async (bias?: number) => {
    const logit_bias = bias === undefined ? undefined : {"100259": bias};
    const {text} = await ask(client, {body: {prompt: PROMPT, stream: true, logit_bias}});
    return choicesOf(text);
  };
  assert.deepEqual(await ask100259(), ["window<|fim_middle|>); (stop)"]);
  assert.deepEqual(await ask100259(-5), ["window<|fim_middle|>); (stop)"]);
  assert.deepEqual(await ask100259(-100), ["window); (stop)"]);
  model.restore();
  assert.deepEqual(await ask100259(), ["window); (stop)"]);
});

test("poison: a request with the parameter breaks off all others, and the host returns", async (t) => {
  const {model, client} = await setUp(t, {tokensPerSecond: 5});
  model.poison("echo");
  const stream = send(client, {body: {stream: true}});
  await begun(stream);
  assert.equal((await ask(client, {body: {echo: false}})).status, 500);
  await until(() => stream.closed);
  assert.equal(stream.rstCode, constants.NGHTTP2_INTERNAL_ERROR);
  assert.equal((await ask(client, {})).status, 500);
  await until(async () => (await ask(client, {body: {max_tokens: 1}})).status === 200);
  assert.equal(model.stats().crashes, 1);
});

test("slow: nothing is answered in time", async (t) => {
  const {model, client, cancels} = await setUp(t);
  model.slow(3_600_000);
  const stream = send(client, {headers: {"x-request-id": "waits"}});
  await until(() => model.stats().begun === 1);
  stream.close(constants.NGHTTP2_CANCEL);
  await until(() => cancels.length > 0);
  assert.equal(cancels[0]!.id, "waits");
});

test("a port in use is said in plain words", async (t) => {
  const {model} = await setUp(t);
  await assert.rejects(setUp(t, {listen: {host: "127.0.0.1", port: model.port}}), {
    code: "EADDRINUSE",
  });
});

test("forward: a real server completes, and is stopped by a cancel", async (t) => {
  const asked: {url: string | undefined; body: string}[] = [];
  let left = 0;
  const server = createServer(async (request, response) => {
    if (request.url === "/v1/models") return void response.end('{"data": [{"id": "qwen"}]}');
    let body = "";
    for await (const chunk of request) body += chunk;
    asked.push({url: request.url, body});
    response.on("close", () => (left += response.writableFinished ? 0 : 1));
    response.writeHead(200, {"content-type": "text/event-stream"}).write("data: one\n\n");
    if (asked.length === 1) response.end("data: [DONE]\n\n");
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  t.after(() => {
    server.closeAllConnections();
    server.close();
  });
  const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  const {model, client} = await setUp(t, {forward: url});
  const {text, status} = await ask(client, {body: {prompt: "x", stream: true}});
  assert.deepEqual([status, text], [200, "data: one\n\ndata: [DONE]\n\n"]);
  assert.deepEqual(asked, [
    {url: "/v1/completions", body: '{"prompt":"x","stream":true,"model":"qwen"}'},
  ]);
  const stream = send(client, {path: CHAT, body: {messages: [{role: "user", content: "x"}]}});
  await begun(stream);
  stream.close(constants.NGHTTP2_CANCEL);
  await until(() => left === 1);
  assert.equal(model.stats().cancelled, 1);
});

test("forward: a server that is not there is a lost host", async (t) => {
  t.mock.method(console, "error", () => {});
  const {model, client} = await setUp(t, {forward: "http://127.0.0.1:9"});
  assert.equal((await ask(client, {body: {prompt: "x"}})).status, 500);
  assert.equal(model.stats().lost, 1);
});

const none = {begun: 0, finished: 0, cancelled: 0, unsaid: 0, lost: 0, refused: 0, crashes: 0};

function countsOf(model: Model) {
  const {lastCancel: _, ...counts} = model.stats();
  return counts;
}

/** Once the first bytes of its answer are here. */
function begun(stream: ReturnType<typeof send>): Promise<unknown> {
  return new Promise((resolve) => stream.once("data", resolve));
}

function askOverHttp1(
  model: Model,
  headers: Record<string, string>,
  onBegun: (response: IncomingMessage) => void = () => {},
): Promise<{text: string; status: number | undefined}> {
  const request = requestOverHttp1({
    port: model.port,
    host: "127.0.0.1",
    ca: authority.pem,
    method: "POST",
    path: COMPLETIONS,
    headers: {"api-key": KEY, ...headers},
  });
  request.end(JSON.stringify({prompt: PROMPT, stream: true}));
  return new Promise((resolve) =>
    request.on("response", (response) => {
      let text = "";
      response.on("error", () => {});
      response.on("data", (chunk) => {
        text += chunk;
        onBegun(response);
      });
      response.on("close", () => resolve({text, status: response.statusCode}));
    }),
  );
}
