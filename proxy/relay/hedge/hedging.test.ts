import assert from "node:assert/strict";
import {once} from "node:events";
import {createServer, type ServerResponse} from "node:http";
import {constants} from "node:http2";
import type {AddressInfo, Socket} from "node:net";
import {describe, type TestContext, test} from "node:test";
import {until} from "../../../setup/until.ts";
import type {PolicyInput} from "../../policy.ts";
import {
  answerEvents,
  answerOf,
  DONE,
  event,
  type Host,
  MODEL,
  open,
  type Seen,
  startHost,
  startRig,
} from "../../rig.ts";

/** A first host that is late, and the second one that is asked. */

const {NGHTTP2_CANCEL: CANCEL} = constants;
const KNOWN = 20;

type Act = (seen: Seen, text: string) => void;

const content: Act = ({stream}, text) => {
  if (!stream.headersSent) answerEvents(stream);
  stream.end(event(text) + DONE);
};
const status =
  (code: number): Act =>
  ({stream}) =>
    stream.respond({":status": code}, {endStream: true});
const reset: Act = ({stream}) => stream.close(constants.NGHTTP2_INTERNAL_ERROR);
const head: Act = ({stream}) => {
  answerEvents(stream);
  stream.write(": wait\n\n");
};

/** A deployment's first requests are held until all of them are there, so that its model's pace can be known. */
function createScripts() {
  const held = new Map<string, Seen[]>();
  const counts = new Map<string, number>();
  const late = new Map<string, Seen>();
  const script = (seen: Seen) => {
    const name = (seen.headers[":path"] as string).split("/")[3] as string;
    const count = (counts.get(name) ?? 0) + 1;
    counts.set(name, count);
    if (name.startsWith("first") && count <= KNOWN)
      held.set(name, [...(held.get(name) ?? []), seen]);
    else late.set(name, seen);
  };
  return {script, counts, late, held};
}

const on = (upstream: string, name: string) => [{upstream, name, weight: 1}];

/** Two hosts, each with a deployment of every model: `first-x` and `second-x`. */
async function setUp(
  t: TestContext,
  names: readonly string[] = [""],
  changes: Partial<PolicyInput["models"][string]> = {},
  rules: Partial<PolicyInput> = {},
) {
  const {script, held, counts, late} = createScripts();
  const hosts: Host[] = [await startHost(t, script), await startHost(t, script)];
  const models: PolicyInput["models"] = Object.fromEntries(
    names.map((name) => [
      `${MODEL}${name}`,
      {
        hedge: 1,
        objective: {firstByteMs: 60_000},
        deployments: on("host-0", `first${name}`),
        fallback: on("host-1", `second${name}`),
        ...changes,
      },
    ]),
  );
  const rig = await startRig(t, {
    hosts,
    rules: {...rules, models: {...models, ...rules.models}},
  });
  const tickets = new Map<string, Promise<string>>();
  const ticket = (user: string) => {
    const known = tickets.get(user) ?? rig.token({models: Object.keys(models), user});
    tickets.set(user, known);
    return known;
  };
  const ask = async (
    name = "",
    {user = "anna", headers = {}, body}: {user?: string; headers?: object; body?: string} = {},
  ) =>
    open(rig.client, {
      headers: {
        ":path": `/v1/engines/${MODEL}${name}/completions`,
        authorization: `Bearer ${await ticket(user)}`,
        ...headers,
      },
      ...(body && {body}),
    });
  /** Has the proxy see that first bytes come after so long. Returns what a client was answered. */
  const learn = async (name = "", {paceMs = 0, act = content, how = {}} = {}) => {
    const asked = Array.from({length: KNOWN}, async () =>
      answerOf(await ask(name, {user: `known${name}`, ...how})),
    );
    await until(() => counts.get(`first${name}`) === KNOWN);
    rig.pass(paceMs);
    for (const one of held.get(`first${name}`)!) act(one, "known");
    return (await Promise.all(asked))[0]!;
  };
  const outcomes = async () => {
    const sums: Record<string, number> = {};
    const counted = /^meridian_hedges_total\{.*outcome="(\w+)"\} (\d+)$/gm;
    for (const [, outcome, count] of (await rig.metrics()).matchAll(counted))
      sums[outcome!] = (sums[outcome!] ?? 0) + Number(count);
    return sums;
  };
  return {rig, counts, late, ask, learn, outcomes};
}

interface Loaded {
  readonly load: number;
}

interface Turn {
  readonly seen: Seen;
  readonly name: string;
  readonly how: Act;
  /** Whether it has not come to an end of its own. */
  isOpen: boolean;
}

const turn = (seen: Seen, name: string, how: Act): Turn => ({seen, name, how, isOpen: true});

/** One host does its part, then the other; who has sent a head alone goes on after that. Returns who answers. */
async function play(
  [lead, follow]: readonly Turn[],
  isOver: () => Promise<boolean>,
): Promise<Turn | undefined> {
  for (const one of [lead!, follow!]) {
    one.isOpen = one.how === head;
    one.how(one.seen, one.name);
    if (one.how === content) return one;
    // The proxy knows of it before the other does its part.
    if (!one.isOpen) await until(isOver);
  }
  const open = [lead!, follow!].find(({isOpen}) => isOpen);
  if (open) content(open.seen, open.name);
  return open;
}

describe("whichever speaks first, the client has one answer, and the other host is told to stop", () => {
  const firsts = {content, head, status: status(500)};
  const seconds = {
    ...{content, head, reset},
    ...{busy: status(429), gone: status(410), refuses: status(400)},
  };
  const cases = Object.entries(firsts).flatMap(([first, ofFirst]) =>
    Object.entries(seconds).flatMap(([second, ofSecond]) =>
      (["first", "second"] as const).map((leads) => ({first, second, ofFirst, ofSecond, leads})),
    ),
  );

  test(`in all ${cases.length} orders of what they may do`, async (t) => {
    const names = cases.map((_, at) => `-${at}`);
    const {rig, ask, learn, late, counts, outcomes} = await setUp(t, names);
    for (const [at, {first, second, ofFirst, ofSecond, leads}] of cases.entries()) {
      const name = `-${at}`;
      if (at % 6 === 0) await Promise.all(names.slice(at, at + 6).map((name) => learn(name)));
      const [one, other] = [`first${name}`, `second${name}`];
      const answer = answerOf(await ask(name, {user: `user${name}`}));
      await until(() => late.has(one));
      rig.pass(LATE_MS);
      await until(() => late.has(other));
      const turns = [turn(late.get(one)!, one, ofFirst), turn(late.get(other)!, other, ofSecond)];
      const counted = `meridian_hedges_total{model="${MODEL}${name}"`;
      const winner = await play(leads === "first" ? turns : turns.toReversed(), async () =>
        (await rig.metrics()).includes(counted),
      );
      const {text, code, status} = await answer;
      const label = `${first}, ${second}, ${leads} first: ${status} ${text}`;
      assert.equal(text.includes("[DONE]"), winner !== undefined, label);
      if (!winner) assert.ok(status >= 429, label);
      else assert.deepEqual([text, code], [event(winner.name) + DONE, 0], label);
      const codes = await Promise.all(turns.map(({seen}) => seen.closed));
      const loser = turns.findIndex((one) => one !== winner);
      if (winner && turns[loser]!.isOpen) assert.equal(codes[loser], CANCEL, label);
      assert.deepEqual([counts.get(one), counts.get(other)], [KNOWN + 1, 1], label);
    }
    assert.deepEqual(await outcomes(), {won: 5, lost: 8, failed: 16, rescued: 7});
    const deployments = (await (await fetch(`${rig.admin}/deployments`)).json()) as Loaded[];
    assert.equal(deployments.length, 2 * cases.length);
    assert.ok(
      deployments.every(({load}) => load === 0),
      "nothing is under way any more",
    );
  });
});

const PACE = {paceMs: 2000};
/** Later than nineteen in twenty by then, and not yet given up. */
const LATE_MS = 3000;

test("a client that leaves has both told to stop, and none is asked for one that has left before", async (t) => {
  const {rig, counts, ask, learn, late, outcomes} = await setUp(t);
  await learn("", PACE);
  const both = await ask();
  await until(() => late.size === 1);
  rig.pass(LATE_MS);
  await until(() => late.size === 2);
  both.close(CANCEL);
  const codes = [...late.values()].map(({closed}) => closed);
  assert.deepEqual(await Promise.all(codes), [CANCEL, CANCEL]);
  late.clear();
  const alone = await ask();
  await until(() => late.size === 1);
  alone.close(CANCEL);
  assert.equal(await late.get("first")!.closed, CANCEL);
  rig.pass(LATE_MS);
  assert.deepEqual([await outcomes(), counts.get("second")], [{left: 1}, 1]);
});

test("the answer is counted as the second's; the first is as late as that, and put out once it is so too often", async (t) => {
  const {rig, ask, learn, late, outcomes} = await setUp(t, [""], {objective: {firstByteMs: 1500}});
  await learn("", PACE);
  for (let count = 1; count <= 5; count++) {
    late.clear();
    const answer = answerOf(await ask("", {user: `user-${count % 3}`}));
    await until(() => late.size === 1);
    rig.pass(LATE_MS);
    await until(() => late.size === 2);
    content(late.get("second")!, "x");
    assert.equal((await answer).text, event("x") + DONE);
    assert.equal(await late.get("first")!.closed, CANCEL);
  }
  const metrics = await rig.metrics();
  const has = (line: string) => assert.ok(metrics.includes(line), `${line} in\n${metrics}`);
  has(`meridian_requests_total{model="${MODEL}",deployment="second",arm="",outcome="success"} 5`);
  const share = (upstream: string, name: string, role: string) =>
    `meridian_deployment_share{model="${MODEL}",upstream="${upstream}",deployment="${name}",role="${role}"}`;
  has(`${share("host-0", "first", "own")} 0`);
  has(`${share("host-1", "second", "fallback")} 1`);
  has(`meridian_hedge_prompt_tokens_total{model="${MODEL}"} 45`);
  assert.deepEqual(await outcomes(), {won: 5});
});

describe("the one that wins is told in the client's words, whatever the host's are", () => {
  const FIM = {headers: {":path": "/v1/fim/completions"}};
  const body = JSON.stringify({model: MODEL, prompt: "let x", suffix: ";", stream: true});
  const chats: Act = ({stream}, text) => {
    if (!stream.headersSent) answerEvents(stream);
    const said = (delta: object, reason: string | null) =>
      `data: ${JSON.stringify({id: "1", created: 1, model: "m", choices: [{index: 0, delta, finish_reason: reason}]})}\n\n`;
    stream.write(said({role: "assistant", content: ""}, null));
    stream.end(said({content: text}, null) + said({}, "stop") + DONE);
  };
  const cases = {
    "completions of a model that chats": [{api: "chat"}, chats, {}],
    "Mistral's, of a model that completes": [{}, content, {...FIM, body}],
    "Mistral's, of a model that chats": [{api: "chat"}, chats, {...FIM, body}],
  } as const;
  for (const [name, [changes, act, how]] of Object.entries(cases))
    test(name, async (t) => {
      const {rig, ask, learn, late, outcomes} = await setUp(t, [""], changes);
      const known = await learn("", {...PACE, act, how});
      assert.ok(known.text.includes("known"), known.text);
      const answer = answerOf(await ask("", how));
      await until(() => late.size === 1);
      rig.pass(LATE_MS);
      await until(() => late.size === 2);
      act(late.get("second")!, "known");
      const undated = (text: string) => text.replaceAll(/"(created|id)":("[^"]*"|\d+)/g, "");
      assert.equal(undated((await answer).text), undated(known.text));
      assert.equal(await late.get("first")!.closed, CANCEL);
      assert.deepEqual(await outcomes(), {won: 1});
    });
});

describe("no second is asked", () => {
  type Given = {
    readonly changes?: Partial<PolicyInput["models"][string]>;
    readonly rules?: Partial<PolicyInput>;
    readonly how?: {readonly headers?: object; readonly body?: string};
    readonly counted: Record<string, number>;
  };
  const other = {api: "chat", deployments: on("host-1", "second")} as const;
  const cases: Record<string, Given> = {
    "where the model has no other host, though it has an overflow": {
      ...{changes: {fallback: [], overflow: "other"}, rules: {models: {other}}},
      counted: {no_host: 1},
    },
    "over the budget": {changes: {hedge: 0.02}, counted: {no_budget: 1}},
    "where none is wanted": {changes: {hedge: undefined}, counted: {}},
    "of a call ahead": {how: {headers: {"x-copilot-speculative": "true"}}, counted: {}},
    "of an answer in one piece": {how: {body: '{"prompt": "let x"}'}, counted: {}},
    "of a chat": {
      ...{changes: {api: "chat"}, counted: {}},
      how: {
        headers: {":path": "/v1/chat/completions"},
        body: `{"model": "${MODEL}", "messages": [], "stream": true}`,
      },
    },
    "of a request that is mirrored": {
      rules: {
        models: {mirrored: {deployments: on("host-1", "mirrored")}},
        mirrors: [{name: "m", share: 100, model: "mirrored"}],
      },
      counted: {},
    },
  };
  for (const [name, {changes, rules, how, counted}] of Object.entries(cases))
    test(name, async (t) => {
      const {rig, counts, ask, learn, late, outcomes} = await setUp(t, [""], changes, rules);
      await learn("", PACE);
      const answer = answerOf(await ask("", how));
      await until(() => late.has("first"));
      rig.pass(LATE_MS);
      assert.deepEqual([await outcomes(), counts.get("second")], [counted, undefined]);
      content(late.get("first")!, "x");
      await answer;
    });

  test("where room is short: by what the other says of its quota, or after a 429 of late", async (t) => {
    const {rig, counts, ask, learn, late, outcomes} = await setUp(t);
    await learn("", PACE);
    let lateMs = 2000;
    const ended = async (act: Act, host: string) => {
      lateMs += 1000;
      const answer = answerOf(await ask());
      await until(() => late.has("first"));
      rig.pass(lateMs);
      await until(() => late.has(host));
      act(late.get(host)!, "x");
      if (host === "second") content(late.get("first")!, "x");
      await answer;
      late.clear();
    };
    await ended(status(429), "second");
    assert.deepEqual(await outcomes(), {failed: 1});
    await ended(content, "first");
    assert.deepEqual(await outcomes(), {failed: 1, no_room: 1}, "it rests");
    rig.pass(20_000);
    await ended(({stream}, text) => {
      const quota = {"x-ratelimit-limit-tokens": "10", "x-ratelimit-remaining-tokens": "2"};
      stream.respond({":status": 200, "content-type": "text/event-stream", ...quota});
      stream.end(event(text) + DONE);
    }, "second");
    await ended(content, "first");
    assert.deepEqual(await outcomes(), {failed: 1, no_room: 2, won: 1});
    assert.equal(counts.get("second"), 2);
  });
});

test("a second that says much and nothing is left, and the first goes on", async (t) => {
  const {rig, ask, learn, late, outcomes} = await setUp(t);
  await learn("", PACE);
  const answer = answerOf(await ask());
  await until(() => late.size === 1);
  rig.pass(LATE_MS);
  await until(() => late.size === 2);
  const {stream, closed} = late.get("second")!;
  answerEvents(stream);
  // A divisor of a frame's size: no frame begins within a comment.
  const comment = `: ${"x".repeat(1020)}\n\n`;
  for (let count = 0; count < 70; count++) stream.write(comment);
  assert.equal(await closed, CANCEL);
  content(late.get("first")!, "x");
  assert.equal((await answer).text, event("x") + DONE);
  assert.deepEqual(await outcomes(), {failed: 1});
});

test("over HTTP/1.1 the connection of the one that loses is closed, and no other", async (t) => {
  const late: {readonly response: ServerResponse; readonly socket: Socket}[] = [];
  const say = (response: ServerResponse) => {
    response.writeHead(200, {"content-type": "text/event-stream"});
    response.end(event("x") + DONE);
  };
  let asked = 0;
  const held: ServerResponse[] = [];
  const urls = await Promise.all(
    [0, 1].map(async () => {
      const server = createServer((request, response) => {
        request.resume();
        if (++asked <= KNOWN) held.push(response);
        else late.push({response, socket: request.socket});
      });
      server.listen(0, "127.0.0.1");
      await once(server, "listening");
      t.after(() => {
        server.closeAllConnections();
        server.close();
      });
      return `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
    }),
  );
  const upstreams: PolicyInput["upstreams"] = Object.fromEntries(
    urls.map((url, at) => [
      `gpu-${at}`,
      {url, api: "openai", protocol: "http/1.1", credential: {kind: "none"}},
    ]),
  );
  const rig = await startRig(t, {
    hosts: [await startHost(t, () => {})],
    rules: {
      upstreams,
      models: {
        [MODEL]: {
          ...{hedge: 1, objective: {firstByteMs: 60_000}},
          ...{deployments: on("gpu-0", "m"), fallback: on("gpu-1", "m")},
        },
      },
    },
  });
  const headers = {authorization: `Bearer ${await rig.token()}`};
  const known = Array.from({length: KNOWN}, () => answerOf(open(rig.client, {headers})));
  await until(() => held.length === KNOWN);
  rig.pass(PACE.paceMs);
  for (const response of held) say(response);
  await Promise.all(known);
  const answer = answerOf(open(rig.client, {headers}));
  await until(() => late.length === 1);
  rig.pass(LATE_MS);
  await until(() => late.length === 2);
  const [first, second] = late;
  const closed = once(first!.socket, "close");
  say(second!.response);
  assert.equal((await answer).text, event("x") + DONE);
  await closed;
  assert.equal(second!.socket.destroyed, false);
});
