import assert from "node:assert/strict";
import {connect} from "node:http2";
import {describe, type TestContext, test} from "node:test";
import fc from "fast-check";
import type {PolicyInput} from "../policy.ts";
import {MAX_DEPTH} from "../rewrite/scanner.ts";
import {
  answerEvents,
  ask,
  DONE,
  event,
  MODEL,
  open,
  type Rig,
  type Script,
  startHost,
  startRig,
} from "../rig.ts";

const well: Script = ({stream, body}) => {
  void body.then(() => {
    answerEvents(stream);
    stream.end(event("well") + DONE);
  });
};

const deployment = (name: string, upstream = "host-0") => ({upstream, name, weight: 1});

/** Every kind of rule that looks into a body, and a model of each kind. */
const everything: Partial<PolicyInput> = {
  limits: {perSecond: 1e6, burst: 1e6, streams: 1000},
  models: {
    [MODEL]: {deployments: [deployment("busy", "host-1"), deployment("codex")]},
    chat: {api: "chat", deployments: [deployment("busy", "host-1"), deployment("nano")]},
  },
  mutations: [
    {name: "bias", logitBias: {"1": -100}},
    {name: "drop", drop: ["best_of", "messages.*.name", "stop.*.x", "*.secret"]},
    {name: "set", set: {"stream_options.include_usage": true, "extra.a.b": 1}},
    {name: "default", default: {max_tokens: 20, "extra.c": 1}},
    {name: "cap", cap: {n: 3, max_tokens: 100, "*.n": 1}, stop: ["END"]},
  ],
  experiments: [
    {
      name: "e",
      arms: [
        {name: "a", weight: 1},
        {name: "b", weight: 1},
      ],
    },
  ],
  mirrors: [{name: "m", share: 100, model: "chat"}],
};

const busy: Script = ({stream}) => stream.respond({":status": 429}, {endStream: true});

async function setUp(t: TestContext, rules: Partial<PolicyInput> = everything, script = well) {
  const host = await startHost(t, script);
  const rig = await startRig(t, {hosts: [host, await startHost(t, busy)], rules});
  const models = [MODEL, "chat"];
  const headers = {authorization: `Bearer ${await rig.token({models, user: "mallory"})}`};
  return {host, rig, headers};
}

/** What one caller must not have changed: the vote, the deployments, the code's own health. */
async function state(rig: Rig) {
  const get = async (path: string) => (await fetch(`${rig.admin}${path}`)).text();
  const shares = JSON.parse(await get("/deployments")) as {name: string; share: number}[];
  return {
    vote: (await get("/healthz")).trim(),
    out: shares.filter(({share}) => share < 1).map(({name}) => name),
    faults: (await rig.metrics()).match(/^meridian_faults_total.*$/m)?.[0],
  };
}

const unharmed = {vote: "in", out: [], faults: "meridian_faults_total 0"};

const deep = (levels: number) => `{"prompt":"x","a":${"[".repeat(levels)}${"]".repeat(levels)}}`;

describe("whatever a body is, its sender gets an answer, and nobody else notices", () => {
  const bodies: Record<string, string> = {
    "deep enough to be read and not to be written": deep(5600),
    "deeper still": deep(400_000),
    "as deep as may be": deep(MAX_DEPTH - 1),
    "brackets alone": "[".repeat(16 << 10),
    "190,000 stop texts": `{"prompt":"x","stop":[${'"a",'.repeat(190_000)}"b"]}`,
    "a stop text of 500,000 characters": `{"prompt":"x","stop":["${"a".repeat(500_000)}"]}`,
    "a million answers": '{"prompt":"x","n":1000000,"best_of":1e308}',
    "100,000 parameters": `{"prompt":"x"${Array.from({length: 60_000}, (_, i) => `,"p${i}":1`).join("")}}`,
    "a parameter 100,000 times": `{"prompt":"x"${',"n":1'.repeat(100_000)}}`,
    "inherited names": '{"prompt":"x","__proto__":{"n":1},"constructor":{"n":9},"toString":1}',
    "a model that is inherited": '{"model":"__proto__","prompt":"x"}',
    "blanks alone": `{"prompt":"x"${" ".repeat(1_000_000)}}`,
  };
  for (const [name, body] of Object.entries(bodies))
    test(name, async (t) => {
      const {rig, headers} = await setUp(t);
      for (const path of [`/v1/engines/${MODEL}/completions`, "/v1/engines/chat/completions"])
        for (let left = body.length < 20_000 ? 25 : 3; left > 0; left--) {
          const {status, code} = await ask(rig.client, {
            headers: {...headers, ":path": path},
            body,
          });
          assert.ok([200, 400, 413].includes(status), `${status}`);
          assert.equal(code, 0);
        }
      assert.deepEqual(await state(rig), unharmed);
    });

  test("any value of any parameter", async (t) => {
    const {rig, headers} = await setUp(t);
    const names = ["prompt", "suffix", "stop", "n", "best_of", "max_tokens", "stream", "echo"];
    const more = ["logprobs", "logit_bias", "extra", "messages", "model", "stream_options", "seed"];
    const value = fc.oneof(
      fc.jsonValue(),
      fc.constantFrom(null, [], {}, "", "x", ["x"], 1e300, -1, true, [[["x"]]], {n: 1, secret: 2}),
    );
    const body = fc.dictionary(fc.constantFrom(...names, ...more), value, {maxKeys: 6});
    const path = fc.constantFrom(
      ...[`/v1/engines/${MODEL}/completions`, "/v1/engines/chat/completions"],
      ...["/v1/completions", "/v1/chat/completions"],
    );
    await fc.assert(
      fc.asyncProperty(body, path, async (body, path) => {
        const answer = await ask(rig.client, {
          headers: {...headers, ":path": path},
          body: JSON.stringify({...(path.startsWith("/v1/c") && {model: "chat"}), ...body}),
        });
        assert.ok([200, 400, 404].includes(answer.status), `${answer.status} ${answer.text}`);
        assert.equal(answer.code, 0);
      }),
      {numRuns: 1000, seed: 1},
    );
    assert.deepEqual(await state(rig), unharmed);
  });
});

test("a header that no host takes does not reach one", async (t) => {
  const {host, rig, headers} = await setUp(t);
  const odd = {
    traceparent: "x".repeat(20_000),
    "x-request-id": "a b",
    "editor-version": "x".repeat(5000),
  };
  const {status} = await ask(rig.client, {headers: {...headers, ...odd}});
  const {traceparent, "x-request-id": id} = host.seen[0]!.headers;
  assert.deepEqual([status, traceparent, /^[\w-]{36}$/.test(`${id}`)], [200, undefined, true]);
});

test("one user's requests that their host dies of move no vote, and others are served by it", async (t) => {
  const {rig, headers} = await setUp(
    t,
    {models: {[MODEL]: {deployments: [deployment("codex")]}}},
    async (seen) => {
      if ((await seen.body).includes("poison"))
        seen.stream.respond({":status": 500}, {endStream: true});
      else well(seen);
    },
  );
  const other = {authorization: `Bearer ${await rig.token({user: "alice"})}`};
  for (let count = 0; count < 150; count++)
    assert.equal((await ask(rig.client, {headers, body: '{"prompt": "poison"}'})).status, 502);
  assert.equal((await ask(rig.client, {headers: other})).status, 200);
  assert.deepEqual(await state(rig), unharmed);
});

test("a request that hosts die of is taken to three of them, and one user's retries end", async (t) => {
  const broken: Script = ({stream}) => stream.respond({":status": 500}, {endStream: true});
  const hosts = await Promise.all(Array.from({length: 6}, () => startHost(t, broken)));
  const rig = await startRig(t, {hosts});
  const headers = {authorization: `Bearer ${await rig.token()}`};
  const asked = () => hosts.reduce((sum, {seen}) => sum + seen.length, 0);
  assert.equal((await ask(rig.client, {headers})).status, 502);
  assert.equal(asked(), 3);
  for (let count = 0; count < 50; count++) await ask(rig.client, {headers});
  assert.ok(asked() < 51 + 20 + 20, `${asked()} attempts for 51 requests`);
});

test("a hundred bodies of a megabyte by one user: others are served, and no host is blamed", async (t) => {
  const {rig, headers} = await setUp(t, {}, well);
  const body = JSON.stringify({prompt: "x".repeat((1 << 20) - 40), stream: true});
  const alice = {authorization: `Bearer ${await rig.token({user: "alice"})}`};
  const heavy = connect(rig.origin, {maxSessionMemory: 1000});
  t.after(() => heavy.destroy());
  let done = false;
  const attack = Promise.all(Array.from({length: 100}, () => ask(heavy, {headers, body}))).finally(
    () => {
      done = true;
    },
  );
  const others: number[] = [];
  while (!done) others.push((await ask(rig.client, {headers: alice})).status);
  const told = new Set((await attack).map(({status}) => status));
  assert.deepEqual([new Set(others), told.has(200)], [new Set([200]), true]);
  // 408: a busy machine may take more than ten seconds to take all of them in.
  assert.ok(
    [...told].every((status) => [200, 408, 429].includes(status)),
    `${[...told]}`,
  );
  assert.deepEqual(await state(rig), unharmed);
});

test("answers that one user does not read hold back no other's, and are not fetched", async (t) => {
  let fetched = 0;
  const {rig, headers} = await setUp(t, {}, (seen) => {
    if (seen.headers["x-request-id"] === "short") return well(seen);
    const chunk = event("x".repeat(16 << 10));
    answerEvents(seen.stream);
    const pump = () => {
      do fetched += chunk.length;
      while (seen.stream.write(chunk));
      seen.stream.once("drain", pump);
    };
    pump();
  });
  const deaf = connect(rig.origin);
  t.after(() => deaf.destroy());
  const answers = Array.from({length: 90}, () => {
    const stream = open(deaf, {headers});
    return new Promise((resolve) => stream.once("response", resolve));
  });
  await Promise.all(answers);
  const alice = {authorization: `Bearer ${await rig.token({user: "alice"})}`};
  for (let count = 0; count < 50; count++) {
    const short = {...alice, "x-request-id": "short"};
    assert.equal((await ask(rig.client, {headers: short})).status, 200);
  }
  assert.ok(fetched < 90 * (512 << 10), `${fetched} bytes of answers that nobody reads`);
});
