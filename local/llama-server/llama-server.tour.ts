import assert from "node:assert/strict";
import {mkdtempSync, rmSync} from "node:fs";
import {constants} from "node:http2";
import {tmpdir} from "node:os";
import {join} from "node:path";
import {after, before, describe, type TestContext, test} from "node:test";
import {parseInfill} from "../../cloud/models/infill.ts";
import type {PolicyInput} from "../../proxy/policy.ts";
import {type Answer, ask, COMPLETIONS, MODEL, open, type Rig, startRig} from "../../proxy/rig.ts";
import {findLlamaServer} from "../../setup/llama-server.js";
import {until} from "../../setup/until.ts";
import {type LlamaServer, type Slot, startLlamaServer} from "./llama-server.rig.ts";
import {randomModel} from "./random-model.rig.ts";

const program = findLlamaServer();
const skip = program ? false : "NOT RUN: no llama-server";
if (skip)
  console.log(
    `llama-server.tour.ts: ${skip}. Mend: TOOLS=build node setup/main.js builds it, with cmake, ninja and c++`,
  );

type Asked = Pick<PolicyInput["models"][string], "api" | "template">;
const TEMPLATE: Asked = {template: "qwen"};

interface Order {
  /** How the proxy asks the host. */
  readonly asked: Asked;
  readonly path: string;
  readonly body: Readonly<Record<string, unknown>>;
  /** What the model is to read. */
  readonly prompt: string;
  /** The name of the member of the body that limits the answer. */
  readonly limit: "max_tokens" | "n_predict";
  readonly textOf: (answer: Answer) => string;
}

const eventsOf = ({text}: Answer) =>
  text
    .split("\n\n")
    .filter((event) => event !== "" && event !== "data: [DONE]")
    .map((event) => JSON.parse(event.replace(/^data: /, "")));
const isStreamed = ({headers}: Answer) => `${headers["content-type"]}`.includes("event-stream");
const said = (answer: Answer) =>
  isStreamed(answer) ? eventsOf(answer) : [JSON.parse(answer.text)];
const openaiText = (answer: Answer) =>
  said(answer)
    .map(({choices}) => choices[0]?.text ?? "")
    .join("");
const infillText = (answer: Answer) =>
  said(answer)
    .map(({content}) => content)
    .join("");

/** Always the likeliest word: the same is said again. */
const SURE = {temperature: 0};

const orders: Readonly<Record<string, Order>> = {
  "by its template": {
    asked: TEMPLATE,
    path: COMPLETIONS,
    body: {...SURE, prompt: "let x = ", suffix: ";\n"},
    prompt: "<|fim_prefix|>let x = <|fim_suffix|>;\n<|fim_middle|>",
    limit: "max_tokens",
    textOf: openaiText,
  },
  "by its template, for a client that asks /infill": {
    asked: TEMPLATE,
    path: "/infill",
    body: {...SURE, input_prefix: "let y;\n", prompt: "let x = ", input_suffix: ";\n"},
    prompt: "<|fim_prefix|>let y;\nlet x = <|fim_suffix|>;\n<|fim_middle|>",
    limit: "n_predict",
    textOf: infillText,
  },
  "by its own /infill": {
    asked: {api: "infill"},
    path: COMPLETIONS,
    body: {...SURE, prompt: "let x = ", suffix: ";\n"},
    prompt:
      "<|repo_name|>myproject\n<|file_sep|>filename\n<|fim_prefix|>let x = <|fim_suffix|>;\n<|fim_middle|>",
    limit: "max_tokens",
    textOf: openaiText,
  },
  plainly: {
    asked: TEMPLATE,
    path: "/v1/completions",
    body: {...SURE, model: MODEL, prompt: "let x = "},
    prompt: "let x = ",
    limit: "max_tokens",
    textOf: openaiText,
  },
};

const TOKENS = 24;
/** More than are said before a test gives up waiting. */
const ENDLESS = 60_000;

/**
 * It looks whether the asker of a whole answer is still there when nobody has been told anything for a second, be
 * it of another answer or of its slots (tools/server/server-queue.cpp, recv_with_timeout).
 */
const QUIET_MS = 1500;

/** A proxy before hosts of one model, the first of which gets all it can take. */
async function startBefore(
  t: TestContext,
  hosts: readonly LlamaServer[],
  asked = TEMPLATE,
): Promise<Rig> {
  const names = hosts.map((_, index) => `llama-${index}`);
  const upstreams = Object.fromEntries(
    hosts.map(({url}, index) => [
      names[index]!,
      {url, api: "openai", protocol: "http/1.1", credential: {kind: "none"}} as const,
    ]),
  );
  const [first, ...rest] = names.map((upstream) => ({upstream, name: "noise", weight: 1}));
  const served = {...asked, aliases: ["*"], deployments: [first!], fallback: rest};
  const models = {[MODEL]: served};
  return startRig(t, {hosts: [], rules: {upstreams, models}});
}

describe("llama.cpp's server behind a proxy", {skip}, () => {
  const folder = mkdtempSync(join(tmpdir(), "meridian-"));
  let llama: LlamaServer;

  before(async () => {
    llama = startLlamaServer(program!, folder, randomModel());
    await until(async () => (await llama.health()) === 200);
  });
  after(async () => {
    await llama?.stop();
    rmSync(folder, {recursive: true});
  });

  const busy = async () => (await llama.slots()).filter(({is_processing}) => is_processing);
  const idle = () => until(async () => (await busy()).length === 0);
  const lastSlot = async (): Promise<Slot> =>
    (await llama.slots()).toSorted((a, b) => (b.id_task ?? -1) - (a.id_task ?? -1))[0]!;

  /** A client that asks in one way. */
  async function clientOf(t: TestContext, order: Order) {
    const rig = await startBefore(t, [llama], order.asked);
    const headers = {":path": order.path, authorization: `Bearer ${await rig.token()}`};
    const request = (most: number, changes: object) => ({
      headers,
      body: JSON.stringify({...order.body, [order.limit]: most, ...changes}),
    });
    return {
      ask: async (most: number, changes: object) => {
        const answer = await ask(rig.client, request(most, changes));
        assert.deepEqual([answer.status, answer.code], [200, 0], answer.text);
        return order.textOf(answer);
      },
      open: (most: number, changes: object) => open(rig.client, request(most, changes)),
    };
  }

  for (const [way, order] of Object.entries(orders))
    describe(`asked ${way}`, () => {
      test("it reads the prompt and its signs, and says the same whole and streamed", async (t) => {
        const client = await clientOf(t, order);
        const whole = await client.ask(TOKENS, {stream: false});
        assert.equal((await lastSlot()).prompt, order.prompt);
        assert.equal(whole.length, TOKENS);
        assert.equal(await client.ask(TOKENS, {stream: true}), whole);
      });

      for (const stream of [false, true])
        test(`stops end it, ${stream ? "streamed" : "whole"}: its own, and those that the proxy looks for`, async (t) => {
          const client = await clientOf(t, order);
          const whole = await client.ask(TOKENS, {stream: false});
          const stop = whole.slice(9, 12);
          const before = whole.slice(0, whole.indexOf(stop));
          assert.equal(await client.ask(TOKENS, {stream, stop: [stop]}), before);
          const many = [1, 2, 3, 4].map((number) => `\u0000${number}`);
          // What is not asked by a template passes as it came, and is the host's alone to stop.
          // An answer in one piece is whole before the proxy sees any of it.
          const most = stream ? ENDLESS : TOKENS;
          assert.equal(await client.ask(most, {stream, stop: [...many, stop]}), before);
          await idle();
        });

      test("a client that leaves a streamed answer frees its slot, and no other", async (t) => {
        const client = await clientOf(t, order);
        const other = client.open(ENDLESS, {stream: true});
        await until(async () => (await busy()).length === 1);
        const [kept] = await busy();
        const left = client.open(ENDLESS, {stream: true});
        await until(async () => (await busy()).length === 2);
        left.close(constants.NGHTTP2_CANCEL);
        await until(async () => (await busy()).length === 1);
        assert.deepEqual(
          (await busy()).map(({id_task}) => id_task),
          [kept!.id_task],
        );
        other.close(constants.NGHTTP2_CANCEL);
        await idle();
      });

      test("a client that leaves a whole answer frees its slot, on a host that is otherwise quiet", async (t) => {
        const client = await clientOf(t, order);
        const left = client.open(ENDLESS, {stream: false});
        await until(async () => (await busy()).length === 1);
        left.close(constants.NGHTTP2_CANCEL);
        await until(async () => (await busy()).length === 0, {everyMs: QUIET_MS});
      });
    });

  test("what it says to /infill itself is what the proxy says in its dialect", async (t) => {
    const {body, path} = orders["by its template, for a client that asks /infill"]!;
    const rig = await startBefore(t, [llama]);
    const order = JSON.stringify({...body, n_predict: TOKENS, stream: false});
    const headers = {":path": path, authorization: `Bearer ${await rig.token()}`};
    const ours = JSON.parse((await ask(rig.client, {headers, body: order})).text);
    const theirs = await (await fetch(llama.url + path, {method: "POST", body: order})).json();
    for (const [name, value] of Object.entries(ours))
      assert.equal(typeof value, typeof (theirs as Record<string, unknown>)[name], name);
    const tail = ({stop, stop_type, tokens_predicted}: Record<string, unknown>) => ({
      stop,
      stop_type,
      tokens_predicted,
    });
    assert.deepEqual(tail(ours), tail(theirs as Record<string, unknown>));
  });

  test("of further files the proxy's template makes what its own /infill makes", async (t) => {
    const order = orders["by its template, for a client that asks /infill"]!;
    const input_extra = [{filename: "a.ts", text: "let a;\n"}, {text: "let b;\n"}];
    const client = await clientOf(t, order);
    // Qwen's own example ends each file with a line feed that llama-server leaves out.
    const lastPrompt = async () => (await lastSlot()).prompt.replace(/\n+(?=<)/g, "");
    await client.ask(TOKENS, {input_extra});
    const ours = await lastPrompt();
    const body = JSON.stringify({...order.body, n_predict: TOKENS, input_extra});
    await (await fetch(llama.url + order.path, {method: "POST", body})).text();
    assert.equal(await lastPrompt(), ours);
    assert.match(ours, /let a;.*let b;/s);
  });

  for (const [what, body] of Object.entries({
    "no prefix": {input_suffix: ""},
    "no suffix": {input_prefix: ""},
    "files that are no list": {input_prefix: "", input_suffix: "", input_extra: "a"},
    "a file without a text": {input_prefix: "", input_suffix: "", input_extra: [{}]},
    "a file whose name is none": {
      input_prefix: "",
      input_suffix: "",
      input_extra: [{text: "", filename: 1}],
    },
  }))
    test(`its /infill refuses ${what} as the stand-in does`, async () => {
      const order = JSON.stringify(body);
      const refused = await fetch(`${llama.url}/infill`, {method: "POST", body: order});
      const said = {status: refused.status, body: await refused.json()};
      assert.deepEqual(parseInfill(order), said);
    });

  test("while it loads its model another serves in its place", async (t) => {
    const loading = mkdtempSync(join(tmpdir(), "meridian-"));
    const slow = startLlamaServer(program!, loading, randomModel({merges: 200_000}));
    t.after(async () => {
      await slow.stop();
      rmSync(loading, {recursive: true});
    });
    const rig = await startBefore(t, [slow, llama]);
    const headers = {authorization: `Bearer ${await rig.token()}`};
    const body = JSON.stringify({prompt: "let x = ", max_tokens: TOKENS});
    await until(async () => (await slow.health()) === 503, {everyMs: 1});
    assert.equal((await ask(rig.client, {headers, body})).status, 200);
    assert.equal(await slow.health(), 503, "it had loaded its model before it was asked");
    await until(async () => (await slow.health()) === 200);
    await until(async () => {
      rig.pass(60_000);
      assert.equal((await ask(rig.client, {headers, body})).status, 200);
      return (await slow.slots()).some(({id_task}) => id_task >= 0);
    });
  });
});
