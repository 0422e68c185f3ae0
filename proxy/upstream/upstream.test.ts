import assert from "node:assert/strict";
import {mkdtempSync, rmSync, writeFileSync} from "node:fs";
import {createServer} from "node:http";
import type {AddressInfo} from "node:net";
import {tmpdir} from "node:os";
import {join} from "node:path";
import {describe, type TestContext, test} from "node:test";
import {until} from "../../setup/until.ts";
import {type PolicyInput, policySchema} from "../policy.ts";
import {answerEvents, ask, DONE, event, MODEL, type Script, startHost, startRig} from "../rig.ts";

const complete: Script = ({stream}) => {
  answerEvents(stream);
  stream.end(event("x") + DONE);
};

const TRACE = `00-${"1".repeat(32)}-${"2".repeat(16)}-01`;

type Upstream = PolicyInput["upstreams"][string];

/** A proxy whose only host is asked as `upstream` says. */
async function askBy(t: TestContext, upstream: Partial<Upstream> & {url: string}) {
  const rules = {
    upstreams: {only: {api: "openai", credential: {kind: "none"}, ...upstream} as Upstream},
    models: {[MODEL]: {deployments: [{upstream: "only", name: "small", weight: 1}]}},
  };
  const rig = await startRig(t, {hosts: [await startHost(t, complete)], rules});
  const headers = {authorization: `Bearer ${await rig.token()}`, traceparent: TRACE};
  return ask(rig.client, {headers, body: '{"prompt": "x", "model": "any"}'});
}

test("OpenAI's way: the model in the body, the key as a bearer token", async (t) => {
  const folder = mkdtempSync(join(tmpdir(), "meridian-"));
  t.after(() => rmSync(folder, {recursive: true}));
  writeFileSync(join(folder, "key"), "sk-1\n");
  const host = await startHost(t, complete);
  const credential = {kind: "key", file: join(folder, "key")} as const;
  assert.equal((await askBy(t, {url: `${host.url}/base/`, credential})).text, event("x") + DONE);
  const [seen] = host.seen;
  const {":path": path, ":scheme": scheme, authorization, traceparent} = seen!.headers;
  assert.deepEqual(
    {path, scheme, authorization, traceparent},
    {
      path: "/base/v1/completions",
      scheme: "http",
      authorization: "Bearer sk-1",
      traceparent: TRACE,
    },
  );
  assert.deepEqual(JSON.parse(await seen!.body), {prompt: "x", model: "small"});
});

test("a host that has HTTP/1.1 alone, and needs no key", async (t) => {
  const asked: unknown[] = [];
  const host = createServer((request, response) => {
    const {method, url, headers} = request;
    asked.push([method, url, headers.authorization, headers["api-key"], headers.priority]);
    response.writeHead(200, {"content-type": "text/event-stream"}).end(event("x") + DONE);
  });
  await new Promise<void>((resolve) => host.listen(0, "127.0.0.1", resolve));
  t.after(() => host.close().closeAllConnections());
  const url = `http://127.0.0.1:${(host.address() as AddressInfo).port}`;
  const answer = await askBy(t, {url, protocol: "http/1.1"});
  assert.deepEqual([answer.status, answer.text], [200, event("x") + DONE]);
  assert.deepEqual(asked, [["POST", "/v1/completions", undefined, undefined, undefined]]);
});

test("a policy that says the same of a host leaves it connected", async (t) => {
  const kept = await startHost(t, complete);
  const changed = await startHost(t, complete);
  const rig = await startRig(t, {hosts: [kept, changed]});
  await until(() => kept.sessions.size === 1 && changed.sessions.size === 1);
  const sessionsOf = ({sessions}: typeof kept) => [...sessions];
  const before = [...sessionsOf(kept), ...sessionsOf(changed)];
  const {upstreams, ...rest} = rig.policy;
  const next = {...upstreams["host-1"]!, apiVersion: "2025-01-01"};
  rig.writePolicy({...rest, upstreams: {...upstreams, "host-1": next}});
  await until(() => sessionsOf(changed).some((session) => !before.includes(session)));
  assert.deepEqual(sessionsOf(kept), before.slice(0, 1));
});

test("a host whose credential is not there yet is passed over", async (t) => {
  const [locked, other] = [await startHost(t, complete), await startHost(t, complete)];
  const rig = await startRig(t, {hosts: [locked, other]});
  const upstreams = {...rig.policy.upstreams};
  upstreams["host-0"] = {...upstreams["host-0"]!, credential: {kind: "entra"}};
  rig.writePolicy({...rig.policy, upstreams});
  const headers = {authorization: `Bearer ${await rig.token()}`};
  await until(async () => {
    assert.equal((await ask(rig.client, {headers})).status, 200);
    await new Promise((resolve) => setTimeout(resolve, 20));
    return other.seen.length > 0;
  });
});

test("a policy that names a key which is not there yet changes nothing, and is taken once it is", async (t) => {
  const [first, second] = [await startHost(t, complete), await startHost(t, complete)];
  const folder = mkdtempSync(join(tmpdir(), "meridian-"));
  t.after(() => rmSync(folder, {recursive: true}));
  const rig = await startRig(t, {hosts: [first]});
  const headers = {authorization: `Bearer ${await rig.token()}`};
  const inForce = async () => JSON.parse(await (await fetch(`${rig.admin}/policy`)).text());
  const before = await inForce();
  const late = {
    url: second.url,
    api: "openai",
    credential: {kind: "key", file: join(folder, "key")},
  };
  rig.writePolicy({
    ...rig.policy,
    objective: {...rig.policy.objective, success: 0.5},
    upstreams: {
      open: {url: second.url, api: "openai", credential: {kind: "none"}},
      late: late as Upstream,
    },
    models: {[MODEL]: {deployments: [{upstream: "late", name: "late", weight: 1}]}},
  });
  await until(async () => (await inForce()).refused !== null);
  const {inForce: still, refused} = await inForce();
  assert.deepEqual(still, before.inForce);
  assert.match(refused, /no such file.*key/);
  assert.equal((await ask(rig.client, {headers})).status, 200);
  assert.deepEqual([first.seen.length, second.sessions.size], [1, 0]);
  writeFileSync(join(folder, "key"), "k");
  await until(async () => (await inForce()).refused === null);
  assert.equal((await ask(rig.client, {headers})).status, 200);
  assert.deepEqual([second.seen.length, (await inForce()).inForce.objective.success], [1, 0.5]);
});

describe("an upstream of the policy", () => {
  const refused: Record<string, object> = {
    "Azure without its version": {url: "https://a", api: "azure", credential: {kind: "entra"}},
    "a version that is not Azure's": {
      url: "https://a",
      api: "openai",
      apiVersion: "2024-10-21",
      credential: {kind: "none"},
    },
    "no credential at all": {url: "https://a", api: "openai"},
    "a protocol unheard of": {
      url: "https://a",
      api: "openai",
      protocol: "h3",
      credential: {kind: "none"},
    },
  };
  for (const [name, upstream] of Object.entries(refused))
    test(`refuses ${name}`, () => {
      const {success} = policySchema.shape.upstreams.safeParse({a: upstream});
      assert.equal(success, false);
    });
});

const VLLM = ["cache_salt", "priority"] as const;
const theirs = {prompt: "x", cache_salt: "theirs", priority: -5};
const kinds = [
  {headers: {}, priority: 1},
  {headers: {"x-copilot-speculative": "true"}, priority: 5},
];

/** What hosts are told, of two users, by whom each of `kinds` is asked for. */
async function toldBy(t: TestContext, upstream: Partial<Upstream>) {
  const host = await startHost(t, complete);
  const rules = {
    upstreams: {
      only: {url: host.url, api: "openai", credential: {kind: "none"}, ...upstream} as Upstream,
    },
    models: {[MODEL]: {deployments: [{upstream: "only", name: "small", weight: 1}]}},
  };
  const rig = await startRig(t, {hosts: [host], rules});
  for (const user of ["github:1", "github:2"]) {
    const authorization = `Bearer ${await rig.token({user})}`;
    for (const {headers} of kinds)
      await ask(rig.client, {
        headers: {authorization, ...headers},
        body: JSON.stringify({...theirs, stream: true}),
      });
  }
  const bodies = await Promise.all(host.seen.map(({body}) => body));
  return bodies.map((text) => {
    const body = JSON.parse(text) as Record<string, unknown>;
    return VLLM.map((name) => body[name]);
  });
}

test("a vLLM host is told whose prompt it is by no name, and what goes first; a client's own word on it is dropped", async (t) => {
  const told = await toldBy(t, {vllm: {priorities: true}});
  assert.deepEqual(
    told.map(([, priority]) => priority),
    [1, 5, 1, 5],
  );
  const salts = told.map(([salt]) => salt as string);
  assert.deepEqual([new Set(salts).size, salts[0], salts[2]], [2, salts[1], salts[3]]);
  // vllm/entrypoints/generate/base/protocol.py: at most 128 characters, none of these.
  for (const salt of salts) assert.match(salt, /^[^@/\\\0]{40,128}$/);
  assert.ok(!salts.some((salt) => salt.includes("github")));
});

test("a vLLM host without priorities is told none, and other hosts are told nothing of ours", async (t) => {
  const [first] = await toldBy(t, {vllm: {priorities: false}});
  assert.deepEqual([typeof first![0], first![1]], ["string", undefined]);
  assert.deepEqual(
    (await toldBy(t, {}))[0],
    VLLM.map((name) => theirs[name]),
  );
});
