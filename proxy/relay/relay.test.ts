import assert from "node:assert/strict";
import {type ClientHttp2Stream, constants, type IncomingHttpHeaders} from "node:http2";
import {connect} from "node:net";
import {describe, test} from "node:test";
import {until} from "../../setup/until.ts";
import {preface, request, reset} from "../frames.ts";
import {
  answerEvents,
  ask,
  COMPLETIONS,
  DONE,
  event,
  type Host,
  MODEL,
  open,
  type Script,
  startHost,
  startRig,
} from "../rig.ts";

const {NGHTTP2_CANCEL, NGHTTP2_INTERNAL_ERROR, NGHTTP2_NO_ERROR} = constants;

const complete: Script = ({stream}) => {
  answerEvents(stream);
  stream.write(event("const"));
  stream.end(event(" y") + DONE);
};

/** Says one word, then nothing. */
const stall: Script = ({stream}) => {
  answerEvents(stream);
  stream.write(event("const"));
};

const silent: Script = () => {};

async function between(t: Parameters<typeof startHost>[0], ...scripts: Script[]) {
  const hosts: Host[] = [];
  for (const script of scripts) hosts.push(await startHost(t, script));
  const rig = await startRig(t, {hosts});
  const headers = {authorization: `Bearer ${await rig.token()}`};
  return {rig, hosts, host: hosts[0]!, headers};
}

describe("relay", () => {
  test("a region whose host fails is served by another's, and votes itself out all the same", async (t) => {
    const broken: Script = ({stream}) => stream.respond({":status": 500}, {endStream: true});
    const {rig} = await between(t, broken, complete);
    const crowd = await rig.crowd();
    const isWell = async () =>
      (await ask(rig.client, {headers: {":path": "/healthz", ":method": "GET"}})).status === 200;
    for (let asked = 0; (await isWell()) && asked < 100; asked++)
      assert.equal((await ask(rig.client, {headers: crowd()})).status, 200);
    assert.equal(await isWell(), false);
  });

  test("streams the answer as it comes and swaps the token for our key", async (t) => {
    const {rig, host, headers} = await between(t, complete);
    const answer = await ask(rig.client, {headers: {...headers, "x-request-id": "req-1"}});
    assert.deepEqual(
      {
        status: answer.status,
        text: answer.text,
        code: answer.code,
        id: answer.headers["x-request-id"],
      },
      {status: 200, text: event("const") + event(" y") + DONE, code: NGHTTP2_NO_ERROR, id: "req-1"},
    );
    const sent = host.seen[0]!.headers;
    assert.deepEqual(
      [sent[":path"], sent["api-key"], sent.authorization, sent["x-request-id"]],
      [
        "/openai/deployments/codex/completions?api-version=2024-10-21",
        "the-key",
        undefined,
        "req-1",
      ],
    );
  });

  test("passes the first event on before the second exists", async (t) => {
    const {rig, host, headers} = await between(t, stall);
    const stream = open(rig.client, {headers});
    assert.equal(String(await first(stream)), event("const"));
    host.seen[0]!.stream.end(DONE);
    assert.equal(await closed(stream), NGHTTP2_NO_ERROR);
  });

  test("ends the stream with the last event, though the host keeps its own open", async (t) => {
    const {rig, headers} = await between(t, ({stream}) => {
      answerEvents(stream);
      stream.write(event("x") + DONE.slice(0, 9));
      setImmediate(() => stream.write(DONE.slice(9)));
    });
    const answer = await ask(rig.client, {headers});
    assert.deepEqual([answer.text, answer.code], [event("x") + DONE, NGHTTP2_NO_ERROR]);
  });

  test("holds the host back while the client does not read", async (t) => {
    const chunk = event("x".repeat(16_000));
    let refused = 0;
    let sent = 0;
    const {rig, headers} = await between(t, ({stream}) => {
      answerEvents(stream);
      const pump = () => {
        while (sent < 1000 && !stream.destroyed) {
          sent++;
          if (stream.write(chunk)) continue;
          refused++;
          return void stream.once("drain", pump);
        }
        stream.end(DONE);
      };
      pump();
    });
    const stream = open(rig.client, {headers});
    await response(stream);
    await until(() => refused > 0);
    const heldAt = await settled(() => sent);
    assert.ok(
      heldAt < 600,
      `the host was let send ${heldAt} of 1000 chunks to a client that read none`,
    );
    let size = 0;
    stream.on("data", (data: Buffer) => {
      size += data.length;
    });
    assert.equal(await closed(stream), NGHTTP2_NO_ERROR);
    assert.equal(size, chunk.length * 1000 + DONE.length);
  });
});

describe("a cancel reaches the host as CANCEL, whatever the client's code, on a connection kept", () => {
  const moments = {"before headers": silent, "in mid-stream": stall};
  const codes = {
    NO_ERROR: NGHTTP2_NO_ERROR,
    INTERNAL_ERROR: NGHTTP2_INTERNAL_ERROR,
    CANCEL: NGHTTP2_CANCEL,
  };
  for (const [moment, script] of Object.entries(moments)) {
    for (const [name, code] of Object.entries(codes)) {
      test(`${name} ${moment}`, async (t) => {
        const {rig, host, headers} = await between(t, script);
        const stream = open(rig.client, {headers});
        await until(() => host.seen.length === 1);
        if (script === stall) await first(stream);
        stream.close(code);
        assert.equal(await host.seen[0]!.closed, NGHTTP2_CANCEL);
        assert.equal(host.sessions.size, 1);
        assert.equal(rig.client.closed, false);
        const phase = script === stall ? "streaming" : "waiting";
        await until(async () =>
          (await rig.metrics()).includes(
            `meridian_cancels_total{model="${MODEL}",phase="${phase}"} 1`,
          ),
        );
      });
    }
  }

  test("a client whose connection is lost has cancelled", async (t) => {
    const {rig, host, headers} = await between(t, stall);
    await first(open(rig.client, {headers}));
    rig.client.destroy();
    assert.equal(await host.seen[0]!.closed, NGHTTP2_CANCEL);
  });
});

test("a request and its cancel in one segment never reach the host", async (t) => {
  const {rig, host, headers} = await between(t, silent);
  await ask(rig.client, {headers: {...headers, ":path": "/v1/engines/nothing/completions"}});
  const {hostname, port} = new URL(rig.origin);
  const socket = connect({host: hostname, port: Number(port)});
  t.after(() => socket.destroy());
  const asked = {
    ":method": "POST",
    ":scheme": "http",
    ":path": COMPLETIONS,
    ":authority": "proxy",
    "content-type": "application/json",
    ...headers,
  };
  const ids = Array.from({length: 100}, (_, index) => 1 + 2 * index);
  socket.write(preface());
  for (const id of ids) {
    socket.write(Buffer.concat([request(id, asked, '{"prompt": "x"}'), reset(id, NGHTTP2_CANCEL)]));
    await new Promise((resolve) => setTimeout(resolve, 1));
  }
  const counted = `meridian_cancels_total{model="${MODEL}",phase="preflight"} ${ids.length}\n`;
  await until(async () => (await rig.metrics()).includes(counted));
  assert.equal(host.seen.length, 0);
  // 15 bytes each: four tokens.
  const spared = `meridian_prompt_tokens_spared_total{model="${MODEL}"} ${4 * ids.length}\n`;
  assert.ok((await rig.metrics()).includes(spared));
});

describe("an answer that the host cuts short ends with INTERNAL_ERROR at the client", () => {
  const cuts: Record<string, Script> = {
    "by RST_STREAM CANCEL": (seen) => cut(seen, ({stream}) => stream.close(NGHTTP2_CANCEL)),
    "by RST_STREAM NO_ERROR": (seen) => cut(seen, ({stream}) => stream.close(NGHTTP2_NO_ERROR)),
    "by RST_STREAM INTERNAL_ERROR": (seen) =>
      cut(seen, ({stream}) => stream.destroy(new Error("cut"))),
    "by a lost connection": (seen) => cut(seen, ({stream}) => stream.session?.destroy()),
    "by a clean end without the last event": (seen) => cut(seen, ({stream}) => stream.end()),
  };
  for (const [name, script] of Object.entries(cuts)) {
    test(name, async (t) => {
      const {rig, headers} = await between(t, script);
      const answer = await ask(rig.client, {headers});
      assert.deepEqual(
        [answer.status, answer.text, answer.code],
        [200, event("const"), NGHTTP2_INTERNAL_ERROR],
      );
      const ping = {":method": "GET", ":path": "/_ping"};
      assert.equal((await ask(rig.client, {headers: ping})).status, 200);
    });
  }
});

describe("before the first byte another deployment answers", () => {
  const faults: Record<string, Script> = {
    "429": ({stream}) => stream.respond({":status": 429, "retry-after": "7"}, {endStream: true}),
    "500": ({stream}) => stream.respond({":status": 500}, {endStream: true}),
    "401, which is about our credential": ({stream}) =>
      stream.respond({":status": 401}, {endStream: true}),
    "a refused stream": ({stream}) => stream.close(constants.NGHTTP2_REFUSED_STREAM),
    "a lost session": ({stream}) => stream.session?.destroy(),
    "headers and nothing more": ({stream}) => {
      answerEvents(stream);
      setImmediate(() => stream.destroy(new Error("cut")));
    },
  };
  for (const [name, script] of Object.entries(faults)) {
    test(name, async (t) => {
      const {rig, hosts, headers} = await between(t, script, complete);
      const answer = await ask(rig.client, {headers});
      assert.deepEqual([answer.status, answer.code], [200, NGHTTP2_NO_ERROR]);
      assert.deepEqual(
        hosts.map(({seen}) => seen.length),
        [1, 1],
      );
    });
  }

  test("429 reaches the client when nothing has room, with the shortest wait", async (t) => {
    const busy =
      (wait: number): Script =>
      ({stream}) =>
        stream.respond({":status": 429, "retry-after": `${wait}`}, {endStream: true});
    const {rig, headers} = await between(t, busy(9), busy(4));
    const answer = await ask(rig.client, {headers});
    assert.deepEqual(
      [answer.status, answer.headers["retry-after"], JSON.parse(answer.text).error.code],
      [429, "4", "upstream_busy"],
    );
  });

  test("a host that said 429 is not asked again until its wait is over", async (t) => {
    const busy: Script = ({stream}) =>
      stream.respond({":status": 429, "retry-after": "30"}, {endStream: true});
    const {rig, hosts, headers} = await between(t, busy, complete);
    for (let count = 0; count < 3; count++)
      assert.equal((await ask(rig.client, {headers})).status, 200);
    assert.deepEqual(
      hosts.map(({seen}) => seen.length),
      [1, 3],
    );
  });

  test("while none has room, nobody is asked", async (t) => {
    const {rig, host, headers} = await between(t, ({stream}) =>
      stream.respond({":status": 429, "retry-after": "30"}, {endStream: true}),
    );
    const waits = [];
    for (let count = 0; count < 3; count++)
      waits.push((await ask(rig.client, {headers})).headers["retry-after"]);
    assert.deepEqual([waits, host.seen.length], [["30", "30", "30"], 1]);
  });

  test("a host that fails five times is left alone, and is still the last resort", async (t) => {
    const broken: Script = ({stream}) => stream.respond({":status": 500}, {endStream: true});
    let isBroken = false;
    const {rig, hosts, headers} = await between(t, broken, (seen) =>
      (isBroken ? broken : complete)(seen),
    );
    for (let count = 0; count < 8; count++)
      assert.equal((await ask(rig.client, {headers})).status, 200);
    assert.deepEqual(
      hosts.map(({seen}) => seen.length),
      [5, 8],
    );
    isBroken = true;
    assert.equal((await ask(rig.client, {headers})).status, 502);
    assert.equal(hosts[0]!.seen.length, 6);
  });

  test("502 when no host can be reached", async (t) => {
    const nowhere: Host = {url: "http://127.0.0.1:9", seen: [], sessions: new Set()};
    const rig = await startRig(t, {hosts: [nowhere]});
    const answer = await ask(rig.client, {headers: {authorization: `Bearer ${await rig.token()}`}});
    assert.deepEqual([answer.status, JSON.parse(answer.text).error.code], [502, "upstream_lost"]);
  });

  test("a 400 is the client's own and passes through", async (t) => {
    const {rig, headers} = await between(t, ({stream}) => {
      stream.respond({":status": 400, "content-type": "application/json"});
      stream.end('{"error": {"message": "too long"}}');
    });
    const answer = await ask(rig.client, {headers});
    assert.deepEqual([answer.status, answer.text], [400, '{"error": {"message": "too long"}}']);
  });
});

test("mutations change what the host gets, from the moment the policy file changes", async (t) => {
  const {rig, host, headers} = await between(t, complete);
  const body = '{"prompt": "x", "best_of": 3}';
  await ask(rig.client, {headers, body});
  rig.writePolicy({
    ...rig.policy,
    mutations: [{name: "no-eof", logitBias: {"50256": -100}, drop: ["best_of"]}],
  });
  await until(() => rig.log.some((line) => line.includes("policy reloaded")));
  await ask(rig.client, {headers, body});
  rig.writePolicy({...rig.policy, upstreams: {}});
  await until(() => rig.log.some((line) => line.includes("policy refused")));
  await ask(rig.client, {headers, body});
  const bodies = await Promise.all(host.seen.map(async ({body}) => JSON.parse(await body)));
  const mutated = {prompt: "x", logit_bias: {"50256": -100}};
  assert.deepEqual(bodies, [{prompt: "x", best_of: 3}, mutated, mutated]);
});

function cut(seen: Parameters<Script>[0], how: Script) {
  stall(seen);
  setTimeout(how, 30, seen);
}

const first = (stream: ClientHttp2Stream) =>
  new Promise<Buffer>((resolve) => stream.once("data", resolve));
const response = (stream: ClientHttp2Stream) =>
  new Promise<IncomingHttpHeaders>((resolve) => stream.once("response", resolve));
const closed = (stream: ClientHttp2Stream) =>
  new Promise<number>((resolve) => {
    stream.resume();
    stream.once("close", () => resolve(stream.rstCode));
  });

/** The value once it has not changed for a while. */
async function settled(read: () => number): Promise<number> {
  for (let last = -1; last !== read(); ) {
    last = read();
    await new Promise((resolve) => setTimeout(resolve, 150));
  }
  return read();
}
