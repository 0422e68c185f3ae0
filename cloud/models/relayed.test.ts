import assert from "node:assert/strict";
import {connect} from "node:http2";
import {type TestContext, test} from "node:test";
import {ask, type Host, MODEL, startHost, startRig} from "../../proxy/rig.ts";
import {familyOf} from "../../regions/models/families.ts";
import {until} from "../../setup/until.ts";
import {createAuthority} from "../certs.ts";
import {type Model, type ModelOptions, startModel} from "./model.ts";

/** What hosts of Azure's say, and what a real proxy makes of it for a client that asks for completions. */

const authority = await createAuthority();
const tls = await authority.issue(["127.0.0.1"]);
const PROMPT = "open(door);\nopen(window);\nopen(";
const TOKEN = "token-of-the-proxy";
const SERVED = "window);";

/** A host, and the way to it: the rig's proxy speaks no TLS. */
async function startAzure(t: TestContext, options: Partial<ModelOptions>) {
  const model = await startModel({
    ...{listen: {host: "127.0.0.1", port: 0}, tls, firstByteMs: 0, tokensPerSecond: 1e6},
    ...{deployments: {codex: "gpt-5.6-luna"}, ...options},
  });
  const session = connect(`https://127.0.0.1:${model.port}`, {ca: authority.pem});
  const host = await startHost(t, ({headers, stream}) => {
    const {":path": path, ":method": method} = headers;
    const authorization = `Bearer ${TOKEN}`;
    const asked = session.request({":path": path, ":method": method, authorization});
    asked.on("response", ({":status": status, ...rest}) =>
      stream.respond({":status": status!, "content-type": rest["content-type"]!, ...waits(rest)}),
    );
    asked.pipe(stream);
    stream.pipe(asked);
  });
  t.after(() => {
    session.destroy();
    model.close();
  });
  return {model, host};
}

const waits = (headers: Record<string, unknown>) =>
  Object.fromEntries(
    Object.entries(headers).filter(([name]) => /^(retry-after|x-rate)/.test(name)),
  ) as Record<string, string>;

async function setUp(t: TestContext, name = "gpt-5.6-luna", options: Partial<ModelOptions> = {}) {
  const deployments = {codex: name};
  const first = await startAzure(t, {...options, deployments});
  const second = await startAzure(t, {deployments});
  const hosts: Host[] = [first.host, second.host];
  const [one, two] = [0, 1].map((at) => ({upstream: `host-${at}`, name: "codex", weight: 1}));
  const {parameters} = familyOf(name)!;
  const rig = await startRig(t, {
    hosts,
    rules: {models: {[MODEL]: {api: "chat", parameters, deployments: [one!], fallback: [two!]}}},
  });
  const headers = {authorization: `Bearer ${await rig.token()}`};
  const complete = async (stream = true) => {
    const body = JSON.stringify({prompt: PROMPT, max_tokens: 60, stream});
    const {status, code, text} = await ask(rig.client, {headers, body});
    return [status, code, stream ? textOf(text) : JSON.parse(text).choices[0].text];
  };
  return {models: [first.model, second.model] as [Model, Model], complete, metrics: rig.metrics};
}

/** The text of a stream that ends as it should. */
function textOf(stream: string): string {
  const events = stream.trim().split("\n\n");
  assert.equal(events.pop(), "data: [DONE]");
  const choices = events.flatMap((event) => JSON.parse(event.slice(6)).choices);
  assert.equal(choices.filter(({finish_reason}) => finish_reason).length, 1);
  return choices.map(({text}) => text).join("");
}

const finished = (models: readonly Model[]) => models.map((model) => model.stats().finished);

const kinds: Record<string, [model: string, options: Partial<ModelOptions>]> = {
  "a model that holds its text until it is filtered": ["gpt-5.6-luna", {}],
  "asynchronous filters, which speak after the end": ["gpt-5.6-luna", {filters: "asynchronous"}],
  "a model that shows its thoughts": ["gpt-oss-120b", {}],
  "a model that always thinks unseen": ["gpt-5-nano", {}],
};
for (const [name, [model, options]] of Object.entries(kinds))
  for (const stream of [true, false])
    test(`${name}: a completion comes whole, ${stream ? "streamed" : "in one piece"}`, async (t) => {
      const {models, complete} = await setUp(t, model, options);
      assert.deepEqual(await complete(stream), [200, 0, SERVED]);
      assert.deepEqual(finished(models), [1, 0]);
    });

const full: Record<string, [set: (model: Model) => void, options: Partial<ModelOptions>]> = {
  "within its stream": [(model) => model.busy(5, {within: true}), {}],
  "by its status": [(model) => model.busy(5), {}],
  "for want of quota": [() => {}, {capacities: {codex: 0}}],
};
for (const [name, [set, options]] of Object.entries(full))
  test(`a host that refuses ${name}: the next serves, and it is left alone for a while`, async (t) => {
    const {models, complete, metrics} = await setUp(t, undefined, options);
    set(models[0]);
    for (const _ of [1, 2]) assert.deepEqual(await complete(), [200, 0, SERVED]);
    assert.deepEqual([...finished(models), models[0].stats().refused], [0, 2, 1]);
    assert.match(await metrics(), /meridian_spills_total\{[^}]*reason="429"\} 1/);
  });

test("a host whose role does not hold yet puts its proxy out, which asks again, and is back once it holds", async (t) => {
  const {model, host} = await startAzure(t, {tokens: [TOKEN], unsettled: 22});
  const {parameters} = familyOf("gpt-5.6-luna")!;
  const deployments = [{upstream: "host-0", name: "codex", weight: 1}];
  const rig = await startRig(t, {
    hosts: [host],
    rules: {models: {[MODEL]: {api: "chat", parameters, deployments}}},
  });
  const crowd = await rig.crowd();
  const body = JSON.stringify({prompt: PROMPT, max_tokens: 60, stream: true});
  const page = {":path": "/healthz", ":method": "GET"};
  const vote = async () => (await ask(rig.client, {headers: page})).status;
  while ((await vote()) === 200) await ask(rig.client, {headers: crowd(), body});
  assert.equal(model.stats().finished, 0);
  await until(async () => (await vote()) === 200);
  assert.ok(model.stats().refused >= 22);
  assert.equal((await ask(rig.client, {headers: crowd(), body})).status, 200);
});
