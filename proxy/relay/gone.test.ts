import assert from "node:assert/strict";
import {type TestContext, test} from "node:test";
import {until} from "../../setup/until.ts";
import type {PolicyInput} from "../policy.ts";
import {
  answerEvents,
  ask,
  DONE,
  event,
  type Host,
  MODEL,
  type Script,
  startHost,
  startRig,
} from "../rig.ts";

const SUCCESSOR = "copilot-nano";
const WHOLE = '{"prompt": "let x"}';

const says =
  (status: number): Script =>
  ({stream}) =>
    stream.respond({":status": status}, {endStream: true});

/** Answers in pieces or in one, by what it is asked for, as completions or as a chat. */
const serves: Script = async ({stream, body}) => {
  const {stream: streamed, messages} = JSON.parse(await body);
  const text = messages ? {message: {content: "next"}, delta: {content: "next"}} : {text: "next"};
  const choices = [{index: 0, ...text, finish_reason: "stop"}];
  if (!streamed) {
    stream.respond({":status": 200, "content-type": "application/json"});
    return void stream.end(JSON.stringify({choices}));
  }
  answerEvents(stream);
  stream.end(`data: ${JSON.stringify({choices})}\n\n${DONE}`);
};

/** The model's own deployment and another region's, and one of its successor, which chats. */
async function setUp(
  t: TestContext,
  scripts: Record<"own" | "far" | "next", Script>,
  successor = SUCCESSOR,
) {
  const hosts = {
    own: await startHost(t, (seen) => scripts.own(seen)),
    far: await startHost(t, (seen) => scripts.far(seen)),
    next: await startHost(t, (seen) => scripts.next(seen)),
  };
  const on = (upstream: string) => [{upstream, name: "codex", weight: 1}];
  const models: PolicyInput["models"] = {
    [MODEL]: {deployments: on("host-0"), fallback: on("host-1"), ...(successor && {successor})},
    [SUCCESSOR]: {api: "chat", deployments: on("host-2")},
  };
  const rig = await startRig(t, {hosts: Object.values(hosts), rules: {models}});
  const crowd = await rig.crowd();
  const complete = (body?: string) => ask(rig.client, {headers: crowd(), ...(body && {body})});
  const isIn = async () =>
    (await ask(rig.client, {headers: {":path": "/healthz", ":method": "GET"}})).status === 200;
  const has = async (metric: string) => (await rig.metrics()).includes(metric);
  return {rig, hosts, complete, isIn, has};
}

const gone = (model: string, upstream: string, role: string, value: number) =>
  `meridian_deployment_gone{model="${model}",upstream="${upstream}",deployment="codex",role="${role}"} ${value}`;

const counts = ({own, far, next}: Record<"own" | "far" | "next", Host>) =>
  [own, far, next].map(({seen}) => seen.length);

for (const status of [410, 404])
  test(`one that answers ${status} is asked once, and no vote, no budget and no user pays for it`, async (t) => {
    const {hosts, complete, isIn, has} = await setUp(t, {
      ...{own: says(status), far: serves, next: serves},
    });
    for (let asked = 0; asked < 60; asked++) assert.equal((await complete()).status, 200);
    assert.deepEqual(counts(hosts), [1, 60, 0]);
    assert.equal(await isIn(), true);
    assert.ok(await has(gone(MODEL, "host-0", "own", 1)));
    assert.ok(await has(gone(MODEL, "host-1", "fallback", 0)));
    const spills = `meridian_spills_total{model="${MODEL}",deployment="codex",reason="${status}"} 1`;
    assert.ok(await has(spills));
  });

for (const [form, body, text] of [
  ["in pieces", undefined, '"text":"next"'],
  ["in one piece", WHOLE, '"text":"next"'],
] as const)
  test(`once all are retired, here and elsewhere, the successor answers in its own way: ${form}`, async (t) => {
    const {hosts, complete, isIn, has} = await setUp(t, {
      ...{own: says(410), far: says(410), next: serves},
    });
    for (let asked = 0; asked < 30; asked++) {
      const answer = await complete(body);
      assert.equal(answer.status, 200);
      assert.ok(answer.text.includes(text), answer.text);
    }
    assert.deepEqual(counts(hosts), [1, 1, 30]);
    assert.equal(await isIn(), true);
    const served = `meridian_requests_total{model="${MODEL}",deployment="codex",arm="",outcome="success"} 30`;
    assert.ok(await has(served), "counted as the model that was asked for");
    assert.match(await hosts.next.seen[0]!.body, /"messages"/);
  });

test("a successor does not serve for what only fails, or has no room", async (t) => {
  const scripts = {own: says(410), far: says(500), next: serves};
  const {hosts, complete} = await setUp(t, scripts);
  assert.equal((await complete()).status, 502);
  scripts.far = says(429);
  assert.equal((await complete()).status, 429);
  assert.equal(hosts.next.seen.length, 0);
});

test("with no successor left users are told so, and the vote stays: no region would do better", async (t) => {
  const {rig, hosts, complete, isIn} = await setUp(t, {
    ...{own: says(410), far: says(410), next: says(410)},
  });
  for (let asked = 0; asked < 60; asked++) {
    const {status, text} = await complete();
    assert.deepEqual([status, JSON.parse(text).error.code], [502, "model_retired"]);
  }
  assert.deepEqual(counts(hosts), [1, 1, 1]);
  assert.equal(await isIn(), true);
  const failed = /^meridian_judged_total\{.*verdict="failed".*\} 60$/m;
  assert.match(await rig.metrics(), failed, "but the objective is missed");
});

for (const [own, far] of [
  [404, 410],
  [410, 404],
] as const)
  test(`where one's model was retired, the region's own that says ${own} and the other's ${far} move no vote`, async (t) => {
    const scripts = {own: says(own), far: says(far), next: serves};
    const {complete, isIn} = await setUp(t, scripts, "");
    for (let asked = 0; asked < 60; asked++) {
      const {status, text} = await complete();
      assert.deepEqual([status, JSON.parse(text).error.code], [502, "model_retired"]);
    }
    assert.equal(await isIn(), true);
  });

test("a call ahead is not tried again at a successor, nor counted as spilled", async (t) => {
  const scripts = {own: says(500), far: says(410), next: serves};
  const {rig, hosts, complete, has, isIn} = await setUp(t, scripts);
  assert.equal((await complete()).status, 502);
  scripts.own = says(410);
  const authorization = `Bearer ${await rig.token({user: "github:9"})}`;
  const headers = {authorization, "x-copilot-speculative": "true"};
  assert.match((await ask(rig.client, {headers})).text, /"text":""/);
  assert.deepEqual(counts(hosts), [2, 1, 0]);
  assert.ok(await has(gone(MODEL, "host-0", "own", 1)));
  const spills = `meridian_spills_total{model="${MODEL}",deployment="codex",reason="410"} 1`;
  assert.ok(await has(spills), "the completion's alone");
  assert.equal(await isIn(), true);
});

test("a chat that a host answers 404 takes no deployment from others", async (t) => {
  const scripts = {own: says(404), far: says(404), next: serves};
  const {rig, hosts, complete, isIn} = await setUp(t, scripts);
  const authorization = `Bearer ${await rig.token({user: "github:9"})}`;
  const body = JSON.stringify({model: MODEL, messages: [], stream: true});
  for (const ahead of ["false", "true"])
    for (const path of ["/v1/chat/completions", "/chat/completions"])
      for (let asked = 0; asked < 15; asked++) {
        const headers = {authorization, ":path": path, "x-copilot-speculative": ahead};
        await ask(rig.client, {headers, body});
      }
  assert.equal(rig.log.filter((line) => line.includes("deployment gone")).length, 0);
  assert.equal(await isIn(), true);
  const [own] = counts(hosts);
  scripts.own = serves;
  assert.equal((await complete()).status, 200);
  assert.equal(hosts.own.seen.length, own! + 1);
});

test("where all are missing another region may have them: the vote falls", async (t) => {
  const {complete, isIn} = await setUp(t, {own: says(404), far: says(404), next: says(404)});
  for (let asked = 0; asked < 60 && (await isIn()); asked++)
    assert.equal((await complete()).status, 502);
  assert.equal(await isIn(), false);
});

test("a proxy that is out for a model that is then retired comes back without it", async (t) => {
  const scripts = {own: says(500), far: says(500), next: serves};
  const {hosts, complete, isIn} = await setUp(t, scripts);
  while (await isIn()) await complete();
  Object.assign(scripts, {own: says(410), far: says(410)});
  await until(isIn);
  assert.equal((await complete()).status, 200);
  assert.equal(hosts.next.seen.length, 1);
});

test("what is gone is asked again by the proxy alone, each minute, and serves once it is back", async (t) => {
  const scripts = {own: says(410), far: says(410), next: serves};
  const {rig, hosts, complete, has} = await setUp(t, scripts);
  await complete();
  rig.pass(59_000);
  rig.pass(2000);
  await until(() => hosts.own.seen.length === 2 && hosts.far.seen.length === 2);
  assert.deepEqual(JSON.parse(await hosts.own.seen[1]!.body), {prompt: "x = ", max_tokens: 1});
  await complete();
  assert.deepEqual(counts(hosts), [2, 2, 2]);
  scripts.own = serves;
  rig.pass(61_000);
  await until(() => has(gone(MODEL, "host-0", "own", 0)));
  await complete();
  assert.deepEqual(counts(hosts), [4, 3, 2]);
});

test("requests that were on their way when it went are served elsewhere, each at one question's cost", async (t) => {
  const waiting: (() => void)[] = [];
  const scripts: Record<"own" | "far" | "next", Script> = {
    own: ({stream}) => waiting.push(() => stream.respond({":status": 410}, {endStream: true})),
    far: says(410),
    next: ({stream}) => {
      answerEvents(stream);
      stream.end(event("x") + DONE);
    },
  };
  const {rig, hosts, complete} = await setUp(t, scripts);
  const all = Array.from({length: 30}, () => complete());
  await until(() => waiting.length === 30);
  waiting.pop()!();
  await until(() => hosts.next.seen.length === 1);
  for (const answer of waiting) answer();
  assert.deepEqual(new Set((await Promise.all(all)).map(({status}) => status)), new Set([200]));
  assert.deepEqual(counts(hosts), [30, 1, 30], "what they were to ask next is known to be gone");
  assert.equal(rig.log.filter((line) => line.includes("deployment gone")).length, 2);
});
