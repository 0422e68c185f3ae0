import assert from "node:assert/strict";
import {request} from "node:http";
import {type TestContext, test} from "node:test";
import {promptOf} from "../../../proxy/dialects/templates.ts";
import {until} from "../../../setup/until.ts";
import {A100_7B} from "../batching/speed.ts";
import {readArguments} from "./arguments.ts";
import {startVllm, type VllmOptions} from "./server.ts";

const usual = readArguments(["serve", "az://weights/coder", "--served-model-name", "coder"]);
/** So that tests need not wait for a GPU's pace, and that they can where they are about it. */
const QUICK = {baseMs: 0, perSequenceMs: 0, perPromptTokenMs: 0};

async function setUp(t: TestContext, options: Partial<VllmOptions> = {}) {
  const listen = {host: "127.0.0.1", port: 0};
  const given = {...usual, listen, speed: QUICK, keepAliveMs: 5000, family: "qwen", ...options};
  const vllm = await startVllm(given);
  t.after(() => vllm.leave(0));
  const send = (path: string, body?: unknown) => {
    const to = {host: "127.0.0.1", port: vllm.port, path, agent: false};
    const sent = request({...to, method: body === undefined ? "GET" : "POST"});
    sent.on("error", () => {});
    return sent.end(body === undefined ? undefined : JSON.stringify(body));
  };
  const ask = (path: string, body?: unknown) =>
    new Promise<{status: number; text: string}>((resolve, reject) => {
      const sent = send(path, body);
      sent.on("error", reject);
      sent.on("response", async (response) => {
        const text = (await response.toArray().catch(() => ["(cut)"])).join("");
        resolve({status: response.statusCode ?? 0, text});
      });
    });
  const complete = (body: object) => ask("/v1/completions", {model: "coder", ...body});
  const metric = async (name: string) => {
    const {text} = await ask("/metrics");
    return Number(new RegExp(`^${name}\\{[^}]*\\} (\\S+)$`, "m").exec(text)?.[1]);
  };
  return {vllm, send, ask, complete, metric};
}

const textsOf = (stream: string) =>
  stream
    .split("\n\n")
    .filter((event) => event.startsWith("data: {"))
    .map((event) => JSON.parse(event.slice(6)).choices[0].text as string);

const BEFORE = "open(door);\nopen(window);\nopen(";
const PROMPT = promptOf("qwen", BEFORE, ");\n", []);

test("it reads the signs of its family, and says the same whole and streamed", async (t) => {
  const {complete} = await setUp(t);
  const whole = await complete({prompt: PROMPT});
  const {text, finish_reason} = JSON.parse(whole.text).choices[0];
  assert.match(text, /^(door|window)$/);
  assert.equal(finish_reason, "stop");
  const stream = await complete({prompt: PROMPT, stream: true});
  assert.equal(textsOf(stream.text).join(""), text);
  assert.ok(stream.text.endsWith("data: [DONE]\n\n"));
});

test("what it counts has vLLM's names, and what one prompt leaves serves the next of the same salt", async (t) => {
  const {complete, metric} = await setUp(t);
  const prompt = "let a = 1;\n".repeat(40);
  await complete({prompt, cache_salt: "one"});
  assert.equal(await metric("vllm:prompt_tokens_cached_total"), 0);
  await complete({prompt, cache_salt: "two"});
  assert.equal(await metric("vllm:prompt_tokens_cached_total"), 0);
  await complete({prompt, cache_salt: "one"});
  const [cached, all] = [
    await metric("vllm:prompt_tokens_cached_total"),
    await metric("vllm:prompt_tokens_total"),
  ];
  assert.ok(cached > 0 && cached % 16 === 0 && 3 * cached < all, `${cached} of ${all}`);
  assert.equal(await metric("vllm:time_to_first_token_seconds_count"), 3);
  assert.equal(await metric("vllm:kv_cache_usage_perc"), 0);
});

for (const stream of [true, false])
  test(`a connection that closes frees its place, and counts, ${stream ? "streamed" : "whole"}`, async (t) => {
    const batch = {...usual.batch, sequences: 1};
    const {vllm, send, ask, metric} = await setUp(t, {batch, speed: {...A100_7B, baseMs: 300}});
    const asked = {model: "coder", prompt: "for (const one of ", max_tokens: 100, stream};
    const [first, second] = [1, 2].map(() => send("/v1/completions", asked));
    await until(() => vllm.state().running === 1 && vllm.state().waiting === 1);
    assert.equal(await metric("vllm:num_requests_waiting"), 1);
    second!.destroy();
    await until(() => vllm.state().waiting === 0);
    first!.destroy();
    await until(() => vllm.state().running === 0);
    assert.match((await ask("/metrics")).text, /finished_reason="abort"\} 2$/m);
  });

const refused: Record<string, [body: object, status: number, message: RegExp]> = {
  "another model": [{model: "other", prompt: ""}, 404, /^The model `other` does not exist\.$/],
  "a suffix": [{prompt: "a", suffix: "b"}, 400, /^suffix is not currently supported$/],
  "an empty salt": [{prompt: "a", cache_salt: ""}, 400, /cache_salt/],
  "a salt that is too long": [{prompt: "a", cache_salt: "s".repeat(129)}, 400, /at most 128/],
  "a salt with a sign in it": [{prompt: "a", cache_salt: "github@1"}, 400, /not contain '@'/],
  "a priority that it has no queue for": [{prompt: "a", priority: 1}, 400, /^Got priority 1 but/],
  "more than it has room for": [
    {prompt: "a b c", max_tokens: 32_766},
    400,
    /maximum context length is 32768 tokens.*32766 output.*3 input/,
  ],
};
for (const [what, [body, status, message]] of Object.entries(refused))
  test(`it refuses ${what}`, async (t) => {
    const {complete} = await setUp(t);
    const answer = await complete(body);
    assert.equal(answer.status, status);
    assert.match(JSON.parse(answer.text).error.message, message);
  });

test("it takes priorities where they are its policy", async (t) => {
  const {complete} = await setUp(t, {batch: {...usual.batch, policy: "priority"}});
  assert.equal((await complete({prompt: "a", priority: -3})).status, 200);
});

test("told to stop it takes nothing new and ends what is under way, or breaks it off when its time is over", async (t) => {
  const slow = {speed: {...A100_7B, baseMs: 50}};
  for (const [withinMs, ending] of [
    [60_000, /\[DONE\]\n\n$/],
    [0, /^\(cut\)$/],
  ] as const) {
    const {vllm, ask, complete} = await setUp(t, slow);
    const whole = complete({prompt: BEFORE, stream: true});
    await until(() => vllm.state().generatedTokens > 0);
    const left = vllm.leave(withinMs);
    if (withinMs > 0) {
      assert.equal((await ask("/health")).status, 503);
      assert.equal((await complete({prompt: "a"})).status, 503);
    }
    assert.match((await whole).text, ending);
    await left;
    await assert.rejects(ask("/health"));
  }
});
