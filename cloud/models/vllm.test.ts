import assert from "node:assert/strict";
import {request} from "node:https";
import {type TestContext, test} from "node:test";
import {connect} from "node:tls";
import {FAMILIES, promptOf} from "../../proxy/dialects/templates.ts";
import {until} from "../../setup/until.ts";
import {createAuthority} from "../certs.ts";
import type {Order} from "./azure-openai.ts";
import {startModel} from "./model.ts";
import {parseVllmBody} from "./vllm.ts";

const authority = await createAuthority();
const tls = await authority.issue(["127.0.0.1"]);

async function setUp(t: TestContext, tokensPerSecond = 1e6) {
  const model = await startModel({
    listen: {host: "127.0.0.1", port: 0},
    tls,
    deployments: {coder: "Qwen/Qwen2.5-Coder-7B"},
    paths: "openai",
    family: "qwen",
    http2: false,
    firstByteMs: 0,
    tokensPerSecond,
  });
  t.after(model.close);
  const send = (body: object) => {
    const sent = request({
      host: "127.0.0.1",
      port: model.port,
      path: "/v1/completions",
      method: "POST",
      ca: authority.pem,
      agent: false,
    });
    sent.on("error", () => {});
    sent.end(JSON.stringify({model: "coder", ...body}));
    return sent;
  };
  const ask = (body: object) =>
    new Promise<{status: number; text: string}>((resolve) =>
      send(body).on("response", async (response) => {
        const text = (await response.toArray()).join("");
        resolve({status: response.statusCode ?? 0, text});
      }),
    );
  const completed = async (prompt: string) =>
    JSON.parse((await ask({prompt})).text).choices[0].text as string;
  return {model, send, ask, completed};
}

const BEFORE = "open(door);\nopen(window);\nopen(";
const AFTER = ");\n";

test("reads the signs of its own family, and makes nothing of another's", async (t) => {
  const {completed} = await setUp(t);
  const own = `<|fim_prefix|>${BEFORE}<|fim_suffix|>${AFTER}<|fim_middle|>`;
  const plain = await completed(BEFORE);
  assert.match(plain, /^(door|window)/);
  assert.match(await completed(own), /^(door|window)$/);
  for (const others of [
    `<fim_prefix>${BEFORE}<fim_suffix>${AFTER}<fim_middle>`,
    `[SUFFIX]${AFTER}[PREFIX]${BEFORE}`,
    `<|fim_suffix|>${AFTER}<|fim_prefix|>${BEFORE}<|fim_middle|>`,
  ])
    assert.doesNotMatch(await completed(others), /door|window/);
});

const FILES = [
  {path: "a.ts", text: "shut(barn);\nshut(stable);\nshut("},
  {path: "b.ts", text: "open(gate);\n"},
];
for (const family of FAMILIES)
  test(`${family}: a prompt as the proxy writes it is read, other files first`, () => {
    const read = (files: typeof FILES) =>
      parseVllmBody(
        JSON.stringify({prompt: promptOf(family, BEFORE, AFTER, files)}),
        family,
      ) as Order;
    assert.deepEqual([read([]).prompt, read([]).suffix], [BEFORE, AFTER]);
    const {prompt, suffix} = read(FILES);
    assert.ok(prompt.endsWith(BEFORE) && suffix === AFTER);
    const places = FILES.map(({text}) => prompt.indexOf(text));
    assert.ok(places[0]! >= 0 && places[0]! < places[1]!);
  });

const refused: Record<string, [body: object, message: string]> = {
  "a suffix": [{prompt: "a", suffix: "b"}, "suffix is not currently supported"],
  "five stops": [{prompt: "a", stop: [..."abcde"]}, "stop: at most 4 items"],
};
for (const [name, [body, message]] of Object.entries(refused))
  test(`refuses ${name} in its own words`, async (t) => {
    const {ask} = await setUp(t);
    const {status, text} = await ask(body);
    assert.deepEqual([status, JSON.parse(text).error.message], [400, message]);
  });

test("takes four stops", async (t) => {
  const {ask} = await setUp(t);
  assert.equal((await ask({prompt: "a", stop: [..."abcd"]})).status, 200);
});

test("offers HTTP/1.1 alone", async (t) => {
  const {model} = await setUp(t);
  const socket = connect({
    host: "127.0.0.1",
    port: model.port,
    ca: authority.pem,
    ALPNProtocols: ["http/1.1", "h2"],
  });
  t.after(() => socket.destroy());
  await new Promise((resolve) => socket.once("secureConnect", resolve));
  assert.equal(socket.alpnProtocol, "http/1.1");
});

test("stops when its connection goes", async (t) => {
  const {model, send} = await setUp(t, 1);
  const sent = send({prompt: BEFORE, stream: true});
  await until(() => model.stats().begun === 1);
  sent.destroy();
  await until(() => model.stats().cancelled === 1);
});
