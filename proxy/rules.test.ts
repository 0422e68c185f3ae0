import assert from "node:assert/strict";
import {constants} from "node:http2";
import {describe, test} from "node:test";
import {until} from "../setup/until.ts";
import type {PolicyInput} from "./policy.ts";
import {answerEvents, ask, DONE, MODEL, open, type Script, startHost, startRig} from "./rig.ts";

const complete: Script = ({stream}) => {
  answerEvents(stream);
  stream.end(DONE);
};

async function between(
  t: Parameters<typeof startHost>[0],
  rules: Partial<PolicyInput>,
  script = complete,
) {
  const host = await startHost(t, script);
  const rig = await startRig(t, {hosts: [host], rules});
  return {host, rig, headers: {authorization: `Bearer ${await rig.token()}`}};
}

const codeOf = (text: string) => JSON.parse(text).error.code;

describe("clients that a rule turns away", () => {
  const clients: PolicyInput["clients"] = [
    {name: "ancient", editor: "vscode", below: "1.60.0", text: "Update your editor."},
    {name: "broken", plugin: "copilot", from: "1.250", below: "1.251", text: "Update it."},
    {name: "not-here", editor: "notepad", status: 403, text: "Not here."},
  ];
  const cases: Record<string, [editor: string, plugin: string, status: number, text: string]> = {
    "too old": ["vscode/1.59.9", "copilot/1.9", 466, "Update your editor."],
    "new enough": ["vscode/1.60.0", "copilot/1.9", 200, DONE],
    "another editor": ["jetbrains/1.0", "copilot/1.9", 200, DONE],
    "a broken plugin": ["jetbrains/1.0", "copilot/1.250.7", 466, "Update it."],
    "a status of the rule's own": ["Notepad/1", "copilot/1.9", 403, "Not here."],
  };
  for (const [name, [editor, plugin, status, text]] of Object.entries(cases)) {
    test(name, async (t) => {
      const {host, rig, headers} = await between(t, {clients});
      const answer = await ask(rig.client, {
        headers: {...headers, "editor-version": editor, "editor-plugin-version": plugin},
      });
      assert.equal(answer.status, status);
      assert.equal(status === 403 ? JSON.parse(answer.text).error.message : answer.text, text);
      assert.equal(answer.code, constants.NGHTTP2_NO_ERROR);
      assert.match(String(answer.headers["x-github-request-id"]), /^\S{36}$/);
      assert.equal(host.seen.length, status === 200 ? 1 : 0);
    });
  }
});

describe("a revocation holds as soon as the policy is read again, for a token seen before", () => {
  for (const kind of ["tokens", "users", "keys"] as const) {
    test(kind, async (t) => {
      const {rig, headers} = await between(t, {});
      assert.equal((await ask(rig.client, {headers})).status, 200);
      const revoked = {tokens: "ticket-1", users: "github:1", keys: rig.kid}[kind];
      rig.writePolicy({...rig.policy, revoked: {[kind]: [revoked]}});
      await until(async () => (await ask(rig.client, {headers})).status === 401);
      assert.equal(codeOf((await ask(rig.client, {headers})).text), "token_revoked");
      rig.writePolicy(rig.policy);
      await until(async () => (await ask(rig.client, {headers})).status === 200);
    });
  }
});

test("a user's rate has its limit, told with the time to wait", async (t) => {
  const {rig, headers} = await between(t, {limits: {perSecond: 0.1, burst: 2}});
  const statuses = [];
  for (let count = 0; count < 3; count++) statuses.push(await ask(rig.client, {headers}));
  assert.deepEqual(
    statuses.map(({status}) => status),
    [200, 200, 429],
  );
  assert.equal(codeOf(statuses[2]!.text), "user_busy");
  assert.equal(statuses[2]!.headers["retry-after"], "10");
  assert.match(await rig.metrics(), /meridian_refusals_total\{code="user_busy"\} 1/);
});

test("a user's streams have their limit, and a cancelled one makes room", async (t) => {
  const {rig, headers, host} = await between(t, {limits: {streams: 1}}, ({stream}) => {
    answerEvents(stream);
    stream.write("data: {}\n\n");
  });
  const stream = open(rig.client, {headers});
  await until(() => host.seen.length === 1);
  const answer = await ask(rig.client, {headers});
  assert.deepEqual([answer.status, codeOf(answer.text)], [429, "user_streams"]);
  stream.close(constants.NGHTTP2_CANCEL);
  await host.seen[0]!.closed;
  const next = ask(rig.client, {headers});
  await until(() => host.seen.length === 2);
  host.seen[1]!.stream.end(DONE);
  assert.equal((await next).status, 200);
});

test("a rule sees the language that the editor names, the host does not", async (t) => {
  const mutations = [{name: "go", when: {languages: ["go"]}, set: {n: 2}}];
  const {host, rig, headers} = await between(t, {mutations});
  const body = {prompt: "x", extra: {language: "go"}, nwo: "a/b", code_annotations: true};
  await ask(rig.client, {headers, body: JSON.stringify(body)});
  assert.deepEqual(JSON.parse(await host.seen[0]!.body), {prompt: "x", n: 2});
});

test("a next edit is asked of the model that its name leads to, without a prediction", async (t) => {
  const deployments = [{upstream: "host-0", name: "edits", weight: 1}];
  const models = {
    [MODEL]: {aliases: ["*"], deployments: [{upstream: "host-0", name: "codex", weight: 1}]},
    edits: {api: "chat" as const, aliases: ["copilot-nes-*"], deployments},
  };
  const {host, rig} = await between(t, {models});
  const headers = {
    ":path": "/chat/completions",
    authorization: `Bearer ${await rig.token({models: [MODEL, "edits"]})}`,
  };
  const edit = {messages: [{role: "user", content: "x"}], temperature: 0, top_p: 1, n: 1};
  const body = {...edit, model: "copilot-nes-oct", stream: true};
  const prediction = {type: "content", content: "y"};
  await ask(rig.client, {headers, body: JSON.stringify({...body, prediction})});
  const [seen] = host.seen;
  assert.match(seen!.headers[":path"]!, /\/edits\/chat\/completions\?/);
  assert.deepEqual(JSON.parse(await seen!.body), body);
});

test("the largest body is the policy's to say", async (t) => {
  const {rig, headers} = await between(t, {limits: {bodyBytes: 2048}});
  const body = (length: number) => JSON.stringify({prompt: "x".repeat(length)});
  assert.equal((await ask(rig.client, {headers, body: body(1000)})).status, 200);
  const answer = await ask(rig.client, {headers, body: body(3000)});
  assert.deepEqual([answer.status, codeOf(answer.text)], [413, "body_large"]);
});
