import assert from "node:assert/strict";
import {describe, type TestContext, test} from "node:test";
import {until} from "../../setup/until.ts";
import type {PolicyInput} from "../policy.ts";
import {
  answerEvents,
  ask,
  COMPLETIONS,
  DONE,
  event,
  judged,
  MODEL,
  open,
  type Script,
  startHost,
  startRig,
} from "../rig.ts";

const EDITS = "/chat/completions";
const AHEAD = {"x-copilot-speculative": "true"};
const TEXT = '{"prompt": "let x", "stream": true}';
const CHAT = `{"model": "${MODEL}", "messages": [], "stream": true}`;

const serves: Script = ({stream}) => {
  answerEvents(stream);
  stream.end(event("1") + DONE);
};
const silent: Script = ({stream}) => answerEvents(stream);

/** A proxy between one user and hosts that do as `scripts` say, the first being the region's own. */
async function before(
  t: TestContext,
  scripts: readonly Script[],
  rules: Partial<PolicyInput> = {},
) {
  const hosts = await Promise.all(scripts.map((script) => startHost(t, script)));
  const rig = await startRig(t, {hosts, rules});
  const authorization = `Bearer ${await rig.token()}`;
  const request = (path: string, headers: object = {}, body = path === EDITS ? CHAT : TEXT) => ({
    headers: {authorization, ":path": path, ...headers},
    body,
  });
  type Asked = Parameters<typeof request>;
  return {
    rig,
    hosts,
    ask: (...asked: Asked) => ask(rig.client, request(...asked)),
    open: (...asked: Asked) => open(rig.client, request(...asked)),
    /** How calls ahead ended, but for those that ended in no such way. */
    async ends() {
      const found = (await rig.metrics()).matchAll(
        /^meridian_ahead_calls_total\{model="[^"]*",end="(\w+)"\} ([1-9]\d*)$/gm,
      );
      return Object.fromEntries([...found].map(([, end, count]) => [end, Number(count)]));
    },
  };
}

describe("limits of one kind leave the others of the same user alone", () => {
  const small = {perSecond: 0.001, burst: 3, streams: 100};
  const kinds: Record<string, [path: string, headers: object, others: string[]]> = {
    "completions and chats": [COMPLETIONS, {}, [EDITS]],
    "next edits": [EDITS, {}, [COMPLETIONS, "/v1/chat/completions"]],
  };
  const limits = {...small, nextEdits: small, ahead: small};

  for (const [name, [path, headers, others]] of Object.entries(kinds))
    test(`the rate of ${name}`, async (t) => {
      const {ask} = await before(t, [serves], {limits});
      for (let count = 0; count < 3; count++) assert.equal((await ask(path, headers)).status, 200);
      const refused = await ask(path, headers);
      assert.deepEqual([refused.status, JSON.parse(refused.text).error.code], [429, "user_busy"]);
      for (const other of others)
        assert.equal((await ask(other, {}, other === COMPLETIONS ? TEXT : CHAT)).status, 200);
      assert.equal((await ask(COMPLETIONS, AHEAD)).text, event("1") + DONE);
    });

  test("completions and chats share theirs", async (t) => {
    const {ask} = await before(t, [serves], {limits});
    for (let count = 0; count < 3; count++) await ask("/v1/chat/completions", {}, CHAT);
    assert.equal((await ask(COMPLETIONS)).status, 429);
  });

  test("those under way", async (t) => {
    const few = {streams: 1};
    const {ask, open, hosts} = await before(t, [silent], {
      limits: {...few, nextEdits: few, ahead: few},
    });
    for (const [path, headers] of [
      [EDITS, {}],
      [COMPLETIONS, {}],
      [COMPLETIONS, AHEAD],
    ] as const)
      open(path, headers);
    await until(() => hosts[0]!.seen.length === 3);
    assert.equal((await ask(EDITS)).status, 429);
    assert.equal((await ask(COMPLETIONS)).status, 429);
    assert.equal((await ask(COMPLETIONS, AHEAD)).status, 200);
    assert.equal(hosts[0]!.seen.length, 3);
  });

  test("what is not said of them is what the page names", async (t) => {
    const {ask} = await before(t, [serves]);
    const statuses: number[] = [];
    for (let count = 0; count < 40; count++) statuses.push((await ask(EDITS)).status);
    assert.deepEqual(statuses.slice(0, 20), Array(20).fill(200));
    assert.ok(statuses.includes(429));
    assert.equal((await ask(COMPLETIONS)).status, 200);
  });
});

describe("a call ahead of a person", () => {
  test("is served by the region's own, and counted apart", async (t) => {
    const {ask, rig, ends} = await before(t, [serves, serves]);
    assert.equal((await ask(COMPLETIONS, AHEAD)).text, event("1") + DONE);
    assert.deepEqual(await ends(), {served: 1});
    assert.deepEqual(await judged(rig), [0, 0, 0]);
    assert.doesNotMatch(await rig.metrics(), /^meridian_requests_total\{/m);
  });

  const failures: Record<string, [script: Script, end: string]> = {
    "has no room": [
      ({stream}) => stream.respond({":status": 429, "retry-after": "1"}, {endStream: true}),
      "room",
    ],
    fails: [({stream}) => stream.respond({":status": 500}, {endStream: true}), "failed"],
    "breaks off": [({stream}) => stream.close(2), "failed"],
    "says nothing": [({stream}) => stream.respond({":status": 200}, {endStream: true}), "failed"],
  };
  for (const [name, [script, end]] of Object.entries(failures))
    test(`whose host ${name} is told nothing, tried nowhere else and held against nobody`, async (t) => {
      const {ask, rig, hosts, ends} = await before(t, [script, serves], {
        mirrors: [{name: "all", share: 100, deployment: "codex"}],
      });
      for (let count = 0; count < 60; count++) {
        rig.pass(2000);
        const {status, text} = await ask(COMPLETIONS, {
          ...AHEAD,
          authorization: `Bearer ${await rig.token({user: `github:${count}`})}`,
        });
        assert.equal(status, 200);
        assert.match(text, /^data: \{.*"text":"".*\}\n\ndata: \[DONE\]\n\n$/);
      }
      assert.deepEqual(await ends(), {[end]: 60});
      assert.deepEqual([hosts[0]!.seen.length, hosts[1]!.seen.length], [60, 0]);
      assert.equal((await fetch(`${rig.admin}/healthz`)).status, 200);
      const metrics = await rig.metrics();
      assert.doesNotMatch(metrics, /^meridian_(spills|mirrors)_total\{/m);
      assert.deepEqual(await judged(rig), [0, 0, 0]);
      const deployments = await (await fetch(`${rig.admin}/deployments`)).text();
      assert.deepEqual(
        JSON.parse(deployments).map(({share}: {share: number}) => share),
        [1, 1],
      );
    });

  test("goes nowhere while the region's own are out, without room, or theirs is all but used up", async (t) => {
    const state: {now: Script} = {now: serves};
    const {ask, rig, hosts, ends} = await before(t, [(seen) => state.now(seen), serves]);
    const seen = () => [hosts[0]!.seen.length, hosts[1]!.seen.length];
    const left =
      (tokens: number): Script =>
      ({stream}) => {
        stream.respond({
          ":status": 200,
          "content-type": "text/event-stream",
          "x-ratelimit-limit-tokens": "1000",
          "x-ratelimit-remaining-tokens": `${tokens}`,
        });
        stream.end(event("1") + DONE);
      };
    state.now = left(201);
    await ask(COMPLETIONS);
    assert.equal((await ask(COMPLETIONS, AHEAD)).text, event("1") + DONE);
    state.now = left(200);
    await ask(COMPLETIONS);
    assert.match((await ask(COMPLETIONS, AHEAD)).text, /"text":""/);
    assert.deepEqual(seen(), [3, 0]);
    state.now = left(900);
    await ask(COMPLETIONS);
    state.now = ({stream}) =>
      stream.respond({":status": 429, "retry-after": "5"}, {endStream: true});
    await ask(COMPLETIONS);
    assert.match((await ask(COMPLETIONS, AHEAD)).text, /"text":""/);
    assert.deepEqual(seen(), [5, 1]);
    rig.pass(6000);
    state.now = ({stream}) => stream.respond({":status": 500}, {endStream: true});
    const crowd = await rig.crowd();
    for (let count = 0; count < 15; count++) await ask(COMPLETIONS, crowd());
    const [own, far] = seen();
    assert.match((await ask(COMPLETIONS, AHEAD)).text, /"text":""/);
    assert.deepEqual(seen(), [own, far]);
    assert.deepEqual(await ends(), {served: 1, room: 3});
  });

  test("over its limit is told nothing, in the form that it asks for", async (t) => {
    const limits = {ahead: {perSecond: 0.001, burst: 1}};
    const {ask, hosts, ends} = await before(t, [serves], {
      limits,
      models: {
        [MODEL]: {aliases: ["*"], deployments: [{upstream: "host-0", name: "codex", weight: 1}]},
      },
    });
    await ask(COMPLETIONS, AHEAD);
    const gap = {input_prefix: "a", input_suffix: "b"};
    const messages: unknown[] = [];
    const chats = {model: MODEL, messages};
    const forms: Record<string, [path: string, body: object, said: RegExp]> = {
      completion: [COMPLETIONS, {prompt: "x"}, /"text":""/],
      chat: ["/v1/chat/completions", chats, /"message":\{"role":"assistant","content":""/],
      "next edit": [EDITS, chats, /"message":\{"role":"assistant","content":""/],
      fim: ["/v1/fim/completions", {model: MODEL, prompt: "x"}, /"message":\{[^}]*"content":""/],
      infill: ["/infill", gap, /"content":"","tokens"/],
    };
    for (const [name, [path, body, said]] of Object.entries(forms)) {
      const whole = await ask(path, AHEAD, JSON.stringify(body));
      assert.equal(whole.status, 200, name);
      assert.match(JSON.stringify(JSON.parse(whole.text)), said, name);
      const events = await ask(path, AHEAD, JSON.stringify({...body, stream: true}));
      assert.equal(events.headers["content-type"], "text/event-stream", name);
      assert.match(events.text, /^data: \{.*("stop":true|"finish_reason":"stop").*\}\n\n/, name);
    }
    assert.deepEqual([hosts[0]!.seen.length, await ends()], [1, {served: 1, limit: 10}]);
  });

  test("that is wrong is told so, and so is one that may not ask", async (t) => {
    const {ask} = await before(t, [serves]);
    assert.equal((await ask(COMPLETIONS, AHEAD, "{")).status, 400);
    assert.equal((await ask("/v1/engines/nothing/completions", AHEAD)).status, 404);
    assert.equal((await ask(COMPLETIONS, {...AHEAD, authorization: "Bearer x"})).status, 401);
  });

  test("that its client leaves is a reset at the host, and no more", async (t) => {
    const {open, hosts, ends, rig} = await before(t, [silent]);
    const stream = open(COMPLETIONS, AHEAD);
    await until(() => hosts[0]!.seen.length === 1);
    rig.pass(5000);
    stream.close(8);
    assert.equal(await hosts[0]!.seen[0]!.closed, 8);
    await until(async () => (await ends()).cancelled === 1);
    assert.deepEqual(await judged(rig), [0, 0, 0]);
  });

  test("spends nothing of the budgets of retries", async (t) => {
    const state: {now: Script} = {
      now: ({stream}) => stream.respond({":status": 500}, {endStream: true}),
    };
    const {ask, hosts} = await before(t, [(seen) => state.now(seen), serves]);
    for (let count = 0; count < 200; count++) await ask(COMPLETIONS, AHEAD);
    assert.equal(hosts[1]!.seen.length, 0);
    assert.equal((await ask(COMPLETIONS)).text, event("1") + DONE);
    assert.equal(hosts[1]!.seen.length, 1);
  });
});

test("a next edit asks for the least thinking unless its client says how much; a chat is as its client wrote it", async (t) => {
  const deployments = [{upstream: "host-0", name: "codex", weight: 1}];
  const parameters = {effort: "none", refuses: ["prediction"]};
  const {ask, hosts} = await before(t, [serves], {
    models: {[MODEL]: {api: "chat", parameters, deployments}},
  });
  const chats = {model: MODEL, messages: [], stream: true};
  const own = {...chats, reasoning_effort: "low"};
  await ask(EDITS, {}, JSON.stringify({...chats, prediction: {type: "content", content: "x"}}));
  await ask(EDITS, {}, JSON.stringify(own));
  await ask(EDITS, AHEAD, JSON.stringify(chats));
  await ask("/v1/chat/completions", {}, JSON.stringify(chats));
  await ask("/v1/chat/completions", {}, JSON.stringify(own));
  const bodies = await Promise.all(hosts[0]!.seen.map(async ({body}) => JSON.parse(await body)));
  assert.deepEqual(
    bodies.map(({reasoning_effort, prediction}) => [reasoning_effort, prediction]),
    ["none", "low", "none", undefined, "low"].map((effort) => [effort, undefined]),
  );
});

test("next edits are judged by their own objective, and no other kind by it", async (t) => {
  const state = {waitMs: 1500};
  const late: Script = (seen) => {
    rig.pass(state.waitMs);
    serves(seen);
  };
  const {ask, rig} = await before(t, [late]);
  const both = async () => [await judged(rig), await judged(rig, {objective: "next_edits"})];
  await ask(COMPLETIONS);
  await ask("/v1/chat/completions", {}, CHAT);
  await ask(EDITS);
  assert.deepEqual(await both(), [
    [1, 1, 0],
    [1, 0, 0],
  ]);
  state.waitMs = 2500;
  await ask(EDITS);
  assert.deepEqual(await both(), [
    [1, 1, 0],
    [1, 1, 0],
  ]);
});

test("calls that warm a host count as calls ahead, and over their limit as what they are sent as", async (t) => {
  const limits = {perSecond: 0.001, burst: 3, ahead: {perSecond: 0.001, burst: 5}};
  const models = {
    [MODEL]: {aliases: ["*"], deployments: [{upstream: "host-0", name: "codex", weight: 1}]},
  };
  const {ask, ends} = await before(t, [serves], {limits, models});
  const warming = '{"input_prefix": "", "input_suffix": "", "n_predict": 0}';
  for (let count = 0; count < 8; count++)
    assert.equal((await ask("/infill", {}, warming)).status, 200, `${count}`);
  assert.equal((await ask("/infill", {}, warming)).status, 429);
  assert.deepEqual(await ends(), {warmed: 8});
});
