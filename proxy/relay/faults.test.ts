import assert from "node:assert/strict";
import {constants} from "node:http2";
import {type TestContext, test} from "node:test";
import {gzipSync} from "node:zlib";
import {until} from "../../setup/until.ts";
import {
  type Answer,
  answerEvents,
  answerOf,
  ask,
  DONE,
  event,
  judged,
  open,
  type Rig,
  type Script,
  startHost,
  startRig,
} from "../rig.ts";

const {NGHTTP2_CANCEL, NGHTTP2_INTERNAL_ERROR, NGHTTP2_NO_ERROR, NGHTTP2_REFUSED_STREAM} =
  constants;

const whole: Script = ({stream}) => {
  answerEvents(stream);
  stream.end(event("well") + DONE);
};

async function before(t: TestContext, ...scripts: Script[]) {
  const hosts = await Promise.all(scripts.map((script) => startHost(t, script)));
  const rig = await startRig(t, {hosts});
  return {rig, hosts, headers: {authorization: `Bearer ${await rig.token()}`}};
}

const outcome = ({status, code, text}: Answer) => ({
  status,
  code,
  error: text.startsWith("{") ? JSON.parse(text).error.code : undefined,
});

/** What the client of a host that does so is told; it is over by itself, or once so much time has gone by. */
interface Fault {
  readonly host: Script;
  readonly afterMs?: number;
  readonly told: ReturnType<typeof outcome>;
}

const cutShort = {status: 200, code: NGHTTP2_INTERNAL_ERROR, error: undefined};

const faults: Readonly<Record<string, Fault>> = {
  "says nothing": {
    host: () => {},
    afterMs: 15_000,
    told: {status: 504, code: NGHTTP2_NO_ERROR, error: "upstream_slow"},
  },
  "falls silent in mid-answer": {
    host: ({stream}) => {
      answerEvents(stream);
      stream.write(event("half"));
    },
    afterMs: 20_000,
    told: cutShort,
  },
  "sends less than it announced": {
    host: ({stream}) => {
      stream.respond({":status": 200, "content-length": 1000});
      stream.end(event("half"));
    },
    told: cutShort,
  },
  "sends more than it announced": {
    host: ({stream}) => {
      stream.respond({":status": 200, "content-length": 5});
      stream.end(event("far more"));
    },
    told: {status: 502, code: NGHTTP2_NO_ERROR, error: "upstream_lost"},
  },
  "ends its last event without a blank line": {
    host: ({stream}) => {
      answerEvents(stream);
      stream.end(`${event("well")}data: [DONE]`);
    },
    told: {status: 200, code: NGHTTP2_NO_ERROR, error: undefined},
  },
  "ends its lines by carriage returns": {
    host: ({stream}) => {
      answerEvents(stream);
      stream.end((event("well") + DONE).replaceAll("\n", "\r"));
    },
    told: {status: 200, code: NGHTTP2_NO_ERROR, error: undefined},
  },
  "names its type in capitals": {
    host: ({stream}) => {
      stream.respond({":status": 200, "content-type": "Text/Event-Stream; Charset=UTF-8"});
      stream.end(event("cut"));
    },
    told: cutShort,
  },
  "says within its events that it failed": {
    host: ({stream}) => {
      answerEvents(stream);
      stream.end(`data: {"error":{"message":"overloaded"}}\n\n${DONE}`);
    },
    told: {status: 502, code: NGHTTP2_NO_ERROR, error: "upstream_lost"},
  },
  "says within its events that it has no room": {
    host: ({stream}) => {
      answerEvents(stream);
      stream.end('data: {"error":{"code":"429","message":"no capacity"}}\n\n');
    },
    told: {status: 429, code: NGHTTP2_NO_ERROR, error: "upstream_busy"},
  },
  "fails in mid-answer, in words": {
    host: ({stream}) => {
      answerEvents(stream);
      stream.write(event("half"));
      setTimeout(() => stream.end(`data: {"error":{"message":"lost"}}\n\n${DONE}`), 30);
    },
    told: cutShort,
  },
  "answers with a page": {
    host: ({stream}) => {
      stream.respond({":status": 200, "content-type": "text/html"});
      stream.end("<p>Sign in");
    },
    told: {status: 502, code: NGHTTP2_NO_ERROR, error: "upstream_lost"},
  },
  "codes its answer though nobody asked for it": {
    host: ({stream}) => {
      stream.respond({
        ":status": 200,
        "content-type": "application/json",
        "content-encoding": "gzip",
      });
      stream.end(gzipSync("{}"));
    },
    told: {status: 502, code: NGHTTP2_NO_ERROR, error: "upstream_lost"},
  },
  "pings, and says nothing": {
    host: ({stream}) => {
      answerEvents(stream);
      stream.write(": ping\n\n");
    },
    afterMs: 60_000,
    told: {status: 504, code: NGHTTP2_NO_ERROR, error: "upstream_slow"},
  },
  "has an answer without a body": {
    host: ({stream}) => stream.respond({":status": 200}, {endStream: true}),
    told: {status: 502, code: NGHTTP2_NO_ERROR, error: "upstream_lost"},
  },
};

for (const [name, {host, afterMs, told}] of Object.entries(faults))
  test(`a host that ${name}`, async (t) => {
    const {rig, hosts, headers} = await before(t, host);
    const stream = open(rig.client, {headers});
    const answer = answerOf(stream);
    const begun = new Promise((resolve) => stream.once("response", resolve));
    if (afterMs !== undefined) {
      await until(() => hosts[0]!.seen.length === 1);
      if (told.status === 200) await begun;
      rig.pass(afterMs);
      assert.equal(await hosts[0]!.seen[0]!.closed, NGHTTP2_CANCEL);
    }
    assert.deepEqual(outcome(await answer), told);
    await until(async () => (await loadOf(rig)) === 0);
  });

/** What the first host still has to do. */
async function loadOf({admin}: Rig): Promise<number> {
  const [first] = (await (await fetch(`${admin}/deployments`)).json()) as {load: number}[];
  return first!.load;
}

test("a request is under way at its host until both are done with it", async (t) => {
  const {rig, hosts, headers} = await before(t, ({stream}) => {
    answerEvents(stream);
    stream.write(event("half"));
  });
  const streams = [1, 2].map(() => open(rig.client, {headers}));
  await until(() => hosts[0]!.seen.length === 2);
  assert.equal(await loadOf(rig), 2);
  streams[0]!.close(NGHTTP2_CANCEL);
  await until(async () => (await loadOf(rig)) === 1);
  hosts[0]!.seen[1]!.stream.end(DONE);
  await until(async () => (await loadOf(rig)) === 0);
});

/** Hosts whose answers are whole, and whose streams go on. */
const lingering: Record<string, Script> = {
  "after [DONE]": ({stream}) => {
    answerEvents(stream);
    stream.write(event("well") + DONE);
  },
  "after all bytes that it announced": ({stream}) => {
    stream.respond({":status": 200, "content-type": "application/json", "content-length": 2});
    stream.write("{}");
  },
};
for (const [when, script] of Object.entries(lingering))
  test(`a host that keeps its stream open ${when}: it is told to end, and no stream is left`, async (t) => {
    const {rig, hosts, headers} = await before(t, script);
    for (let count = 0; count < 150; count++) {
      const {status, code} = await ask(rig.client, {headers});
      assert.deepEqual({status, code}, {status: 200, code: NGHTTP2_NO_ERROR});
    }
    rig.pass(1000);
    const codes = await Promise.all(hosts[0]!.seen.map(({closed}) => closed));
    assert.deepEqual([codes.length, new Set(codes)], [150, new Set([NGHTTP2_CANCEL])]);
  });

test("a host that thinks, or pings, for a while before it answers is waited for", async (t) => {
  const {rig, headers} = await before(t, async ({stream}) => {
    answerEvents(stream);
    for (let pings = 0; pings < 4; pings++) {
      stream.write(": ping\n\n");
      await turns();
      rig.pass(14_000);
      await turns();
    }
    stream.end(event("well") + DONE);
  });
  const {status, text} = await ask(rig.client, {headers});
  assert.deepEqual({status, text}, {status: 200, text: event("well") + DONE});
});

test("an answer in one piece may take longer than a first byte, and moves no vote by it", async (t) => {
  const {rig, headers} = await before(t, async ({stream}) => {
    await turns();
    rig.pass(90_000);
    await turns();
    stream.respond({":status": 200, "content-type": "application/json"});
    stream.end("{}");
  });
  const body = '{"prompt": "x"}';
  for (let count = 0; count < 3; count++)
    assert.equal((await ask(rig.client, {headers, body})).status, 200);
  assert.deepEqual(await judged(rig), [3, 0, 0]);
});

test("a host that is back after an outage is asked by the next request", async (t) => {
  const closedPort = await startHost(t, whole);
  const port = Number(new URL(closedPort.url).port);
  const rig = await startRig(t, {
    hosts: [{url: `http://127.0.0.2:${port}`, seen: [], sessions: new Set()}],
  });
  const headers = {authorization: `Bearer ${await rig.token()}`};
  const status = async () => (await ask(rig.client, {headers})).status;
  // By then the pool tries again but once in five seconds by itself.
  for (let count = 0; count < 12; count++) {
    assert.equal(await status(), 502);
    await new Promise((resolve) => setTimeout(resolve, 60));
  }
  await startHost(t, whole, {host: "127.0.0.2", port});
  await new Promise((resolve) => setTimeout(resolve, 60));
  assert.equal(await status(), 200);
});

/** As long as the sweep of deadlines takes to come by. */
const turns = () => new Promise((resolve) => setTimeout(resolve, 300));

test("a host that trickles is waited for, byte by byte", async (t) => {
  const text = event("slow") + DONE;
  const {rig, hosts, headers} = await before(t, ({stream}) => answerEvents(stream));
  const stream = open(rig.client, {headers});
  const answer = answerOf(stream);
  let said = "";
  stream.on("data", (chunk) => {
    said += chunk;
  });
  await until(() => hosts[0]!.seen.length === 1);
  for (const [index, byte] of Buffer.from(text).entries()) {
    hosts[0]!.seen[0]!.stream.write(Buffer.of(byte));
    await until(() => said.length > index);
    rig.pass(19_000);
  }
  const {status, code} = await answer;
  assert.deepEqual({status, code, said}, {status: 200, code: NGHTTP2_NO_ERROR, said: text});
});

test("a host that refuses streams: another answers, and it is asked again", async (t) => {
  const {rig, hosts, headers} = await before(
    t,
    ({stream}) => stream.close(NGHTTP2_REFUSED_STREAM),
    whole,
  );
  for (let count = 0; count < 3; count++)
    assert.equal((await ask(rig.client, {headers})).status, 200);
  assert.deepEqual(
    hosts.map(({seen}) => seen.length),
    [3, 3],
  );
});

test("when every host fails, few requests are tried twice", async (t) => {
  const fails: Script = ({stream}) => stream.respond({":status": 500}, {endStream: true});
  const {rig, hosts} = await before(t, fails, fails);
  const requests = 400;
  // Many users, whose own retries do not end.
  const tokens = await Promise.all(
    Array.from({length: 40}, (_, index) => rig.token({user: `github:${index}`})),
  );
  for (let count = 0; count < requests; count++)
    await ask(rig.client, {headers: {authorization: `Bearer ${tokens[count % tokens.length]}`}});
  const attempts = hosts.reduce((sum, {seen}) => sum + seen.length, 0);
  // The first hundred, then one for each five requests, and ten a second.
  assert.ok(attempts > requests + 100 && attempts < 2 * requests - 50, `${attempts} attempts`);
});

test("a line of 20 MB goes through, as fast as the client reads it", async (t) => {
  const size = 20 << 20;
  const {rig, headers} = await before(t, ({stream}) => {
    answerEvents(stream);
    stream.end(`data: ${"x".repeat(size)}\n\n${DONE}`);
  });
  const {status, code, text} = await ask(rig.client, {headers});
  assert.deepEqual({status, code}, {status: 200, code: NGHTTP2_NO_ERROR});
  assert.equal(text.length, "data: ".length + size + 2 + DONE.length);
});

test("a client whose body does not come is told so", async (t) => {
  const {rig, hosts, headers} = await before(t, whole);
  const stream = rig.client.request({
    ":method": "POST",
    ":path": "/v1/engines/copilot-codex/completions",
    "content-type": "application/json",
    ...headers,
  });
  stream.write("{");
  const answer = new Promise<number>((resolve) =>
    stream.on("response", (head) => resolve(Number(head[":status"]))),
  );
  const passing = setInterval(() => rig.pass(1000), 10);
  t.after(() => clearInterval(passing));
  assert.deepEqual([await answer, hosts[0]!.seen.length], [408, 0]);
});

test("a client that does not read holds its host back, and is left after a while", async (t) => {
  const {rig, hosts, headers} = await before(t, ({stream}) => {
    answerEvents(stream);
    stream.end("x".repeat(20 << 20));
  });
  const stream = open(rig.client, {headers});
  await new Promise((resolve) => stream.once("response", resolve));
  const code = new Promise<number>((resolve) => stream.on("close", () => resolve(stream.rstCode)));
  await until(() => hosts[0]!.seen[0]!.stream.writableLength > 0);
  rig.pass(20_000);
  await hosts[0]!.seen[0]!.closed;
  stream.resume();
  assert.equal(await code, NGHTTP2_INTERNAL_ERROR);
});
