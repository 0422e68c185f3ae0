import assert from "node:assert/strict";
import {constants} from "node:http2";
import {test} from "node:test";
import type {Received} from "../../editor/received.ts";
import {errorIn} from "../../proxy/relay/events.ts";
import {locations} from "../../regions/azure.ts";
import {until} from "../../setup/until.ts";
import {zoneOf} from "../azure/availability.ts";
import {ask, CHAT, PROMPT, send, setUp} from "./model.rig.ts";

const messages = [{role: "user", content: PROMPT}];

test("busy within: a stream's first event refuses, after a 200; what is not streamed is a 429", async (t) => {
  const {model, client} = await setUp(t);
  model.busy(7, {within: true});
  const streamed = await ask(client, {path: CHAT, body: {messages, stream: true}});
  assert.deepEqual([streamed.status, streamed.headers["retry-after"]], [200, undefined]);
  assert.equal(errorIn(Buffer.from(streamed.text)), "busy");
  assert.match(streamed.text, /^data: .*to gpt-5.6-luna for luna in eastus2 have exceeded rate/);
  assert.equal((await ask(client, {path: CHAT, body: {messages}})).status, 429);
  assert.deepEqual([model.stats().begun, model.stats().refused], [0, 2]);
});

test("quota: what is left is told with every answer, a 400 too; then 429 until there is room", async (t) => {
  const {client} = await setUp(t, {capacities: {luna: 60, codex: 60}});
  const path = CHAT;
  const told = ({headers}: Received) =>
    ["limit", "remaining"].flatMap((what) =>
      ["requests", "tokens"].map((unit) => headers[`x-ratelimit-${what}-${unit}`]),
    );
  const body = {messages, max_completion_tokens: 1000};
  const cost = 1000 + Math.ceil(PROMPT.length / 4);
  const first = await ask(client, {path, body});
  assert.deepEqual([first.status, ...told(first)], [200, "60", "60000", "59", `${60_000 - cost}`]);
  const second = await ask(client, {path, body: {...body, stop: "x"}});
  assert.deepEqual(told(second), ["60", "60000", "58", `${60_000 - 2 * cost}`]);
  const large = {prompt: "", max_tokens: 30_000, best_of: 3};
  const full = await ask(client, {body: large});
  const wait = Number(full.headers["retry-after-ms"]);
  assert.deepEqual([full.status, full.headers["retry-after"]], [429, `${Math.ceil(wait / 1000)}`]);
  assert.match(JSON.parse(full.text).error.message, /have exceeded token rate limit/);
  const statuses = await Promise.all(
    Array.from({length: 61}, async () => ask(client, {path, body: {messages, stop: "x"}})),
  );
  const refused = statuses.find(({status}) => status === 429)!;
  assert.match(
    JSON.parse(refused.text).error.message,
    /ChatCompletions_.*exceeded call rate limit/,
  );
});

test("a model that is not told how hard thinks unseen, and may use up its limit so", async (t) => {
  const {client} = await setUp(t);
  const asked = async (parameters: object) => {
    const {text} = await ask(client, {path: CHAT, body: {messages, ...parameters}});
    const {choices, usage} = JSON.parse(text);
    const {reasoning_tokens} = usage.completion_tokens_details;
    return [choices[0].message.content, choices[0].finish_reason, reasoning_tokens];
  };
  const limit = {max_completion_tokens: 60};
  assert.deepEqual(await asked({...limit, reasoning_effort: "none"}), ["window);", "stop", 0]);
  assert.deepEqual(await asked({...limit, reasoning_effort: "low"}), ["window);", "stop", 30]);
  assert.deepEqual(await asked(limit), ["", "length", 60]);
  assert.deepEqual(await asked({}), ["window);", "stop", 150]);
});

test("thoughts take time before the first word; some hosts show them", async (t) => {
  const {client} = await setUp(t, {deployments: {luna: "gpt-oss-120b"}});
  const {text} = await ask(client, {
    path: CHAT,
    body: {messages, stream: true, reasoning_effort: "low"},
  });
  const deltas = text.split("\n\n").flatMap((event) => /"delta":(\{.*?\})/.exec(event)?.[1] ?? []);
  const kinds = deltas.map((delta) => ("reasoning_content" in JSON.parse(delta) ? "hm" : "text"));
  assert.deepEqual(kinds.slice(0, 31), [...Array.from({length: 30}, () => "hm"), "text"]);
  assert.ok(!kinds.slice(30).includes("hm"));
});

test("while a model thinks unseen, nothing comes but what the filter says", async (t) => {
  const {client, model} = await setUp(t, {tokensPerSecond: 1});
  const stream = send(client, {path: CHAT, body: {messages, stream: true}});
  const first = await new Promise((resolve) => stream.once("data", resolve));
  assert.match(String(first), /^data: .*prompt_filter_results.*\n\n$/);
  stream.close(constants.NGHTTP2_CANCEL);
  await until(() => model.stats().cancelled === 1);
  assert.ok(model.stats().unsaid > 140);
});

test("asynchronous filters speak after an answer's end, without text, and before its usage", async (t) => {
  const {client} = await setUp(t, {filters: "asynchronous"});
  const parameters = {reasoning_effort: "none", stream_options: {include_usage: true}};
  const {text} = await ask(client, {path: CHAT, body: {messages, stream: true, ...parameters}});
  const last = text.trim().split("\n\n").slice(-4);
  const [end, note, usage] = last.slice(0, 3).map((event) => JSON.parse(event.slice(6)));
  assert.equal(end.choices[0].finish_reason, "stop");
  const [{content_filter_offsets: offsets, ...choice}] = note.choices;
  assert.deepEqual([choice.finish_reason, choice.delta], [null, undefined]);
  const from = PROMPT.length;
  const to = from + "window);".length;
  assert.deepEqual(offsets, {check_offset: to, start_offset: from, end_offset: to});
  assert.deepEqual([usage.choices, last[3]], [[], "data: [DONE]"]);
});

const skus = {
  Standard: ["Sweden Central"],
  DataZoneStandard: zoneOf("swedencentral")!.map((name) => locations.get(name)!.displayName),
};
for (const [sku, places] of Object.entries(skus))
  test(`a ${sku} deployment computes in ${places.length} places, and says where`, async (t) => {
    const {client} = await setUp(t, {location: "swedencentral", skus: {codex: sku}});
    const seen = new Set();
    for (let turn = 0; turn < 2 * places.length; turn++)
      seen.add((await ask(client, {})).headers["x-ms-region"]);
    assert.deepEqual([...seen].toSorted(), places.toSorted());
  });

test("a GlobalStandard deployment computes anywhere, out of its zone too", async (t) => {
  const {client} = await setUp(t, {location: "swedencentral", skus: {codex: "GlobalStandard"}});
  const answers = await Promise.all(Array.from({length: 20}, () => ask(client, {})));
  const seen = new Set(answers.map(({headers}) => headers["x-ms-region"]));
  assert.ok(seen.has("East US") && seen.has("Sweden Central"));
});
