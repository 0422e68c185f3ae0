import assert from "node:assert/strict";
import {describe, type TestContext, test} from "node:test";
import {certificatePolicy} from "../../infra/cluster/certificate.ts";
import {smallWorld} from "../../infra/fixture.ts";
import {
  answerEvents,
  ask,
  COMPLETIONS,
  DONE,
  event,
  type Host,
  open,
  type Script,
  startHost,
  startRig,
} from "../../proxy/rig.ts";
import {until} from "../../setup/until.ts";
import {type Edge, notRun, startEdge, voting} from "./edge.rig.ts";

/** A model host, a proxy and the edge, all real; `bearer` is what completions carry. */
async function startAll(t: TestContext, script: Script, scriptNext?: Script) {
  const hosts = [await startHost(t, script)];
  if (scriptNext) hosts.push(await startHost(t, scriptNext));
  const limits = {bodyBytes: 1 << 20, perSecond: 1e6, burst: 1e6, streams: 1e6};
  const rig = await startRig(t, {hosts, rules: {limits}});
  // A quick machine asks more often on one connection than any editor.
  const requests = {burst: 1e6, perSecond: 1e6};
  const edge = await startEdge(t, {proxies: at(rig.origin), limits: {requests}});
  const bearer = {authorization: `Bearer ${await rig.token()}`};
  return {host: hosts[0] as Host, rig, edge, bearer};
}

const at = (url: string) => ({addresses: () => ["127.0.0.1"], port: Number(new URL(url).port)});

const begin: Script = ({stream}) => {
  answerEvents(stream);
  stream.write(event("one"));
};

describe("the edge before a proxy", {skip: notRun}, () => {
  test("60 % of 3,000 completions cancelled on one connection: none other fails, no GOAWAY", async (t) => {
    const {edge, bearer, host} = await startAll(t, ({headers, stream}) => {
      answerEvents(stream);
      stream.write(event("one"));
      if (headers["x-request-id"] === "stays") stream.end(DONE);
    });
    const client = edge.connect();
    let goaways = 0;
    client.on("goaway", () => goaways++);
    const outcomes = {whole: 0, cancelled: 0, failed: 0};
    const one = async (index: number) => {
      const stays = index % 5 < 2;
      const headers = {...bearer, "x-request-id": stays ? "stays" : "goes"};
      if (!stays) return cancelAtFirstByte(open(client, {headers}), outcomes);
      const {status, code, text} = await ask(client, {headers});
      const whole = status === 200 && code === 0 && text.endsWith(DONE);
      outcomes[whole ? "whole" : "failed"]++;
    };
    for (let wave = 0; wave < 30; wave++)
      await Promise.all(Array.from({length: 100}, (_, index) => one(index)));
    assert.deepEqual(
      {...outcomes, goaways, connections: await edge.stat("http.edge.downstream_cx_total")},
      {whole: 1200, cancelled: 1800, failed: 0, goaways: 0, connections: 1},
    );
    const goes = host.seen.filter(({headers}) => headers["x-request-id"] === "goes");
    assert.deepEqual(new Set(await Promise.all(goes.map(({closed}) => closed))), new Set([8]));
  });

  test("a cancel reaches the model host as CANCEL, whatever its code was", async (t) => {
    const {edge, bearer, host} = await startAll(t, begin);
    const client = edge.connect();
    for (const code of [0, 8]) {
      const stream = open(client, {headers: bearer});
      await new Promise((resolve) => stream.once("data", resolve));
      stream.close(code);
      assert.equal(await host.seen.at(-1)!.closed, 8);
    }
    assert.deepEqual([client.closed, client.destroyed], [false, false]);
  });

  test("a closed HTTP/1.1 connection is a cancel too", async (t) => {
    const {edge, bearer, host} = await startAll(t, begin);
    const socket = edge.socket("http/1.1");
    socket.write(completionOver(bearer.authorization));
    await new Promise((resolve) => socket.once("data", resolve));
    socket.destroy();
    assert.equal(await host.seen.at(-1)!.closed, 8);
  });

  const cuts: Record<string, Script> = {
    "resets the stream": (seen) => {
      begin(seen);
      // close(2) would end the stream cleanly: node:http2 sends no reset where nothing waits to be sent.
      setImmediate(() => seen.stream.destroy(new Error("cut")));
    },
    "loses its connection": (seen) => {
      begin(seen);
      setImmediate(() => seen.stream.session?.destroy());
    },
  };
  for (const [name, script] of Object.entries(cuts)) {
    test(`a model host that ${name} in mid-answer: INTERNAL_ERROR at the client`, async (t) => {
      const {edge, bearer} = await startAll(t, script);
      const client = edge.connect();
      const {status, text, code} = await ask(client, {headers: bearer});
      assert.deepEqual({status, text, code}, {status: 200, text: event("one"), code: 2});
      assert.equal(client.destroyed, false);
    });
    test(`a proxy that ${name} in mid-answer: the same`, async (t) => {
      const proxy = await startHost(t, voting(script));
      const edge = await startEdge(t, {proxies: at(proxy.url)});
      const {status, text, code} = await ask(edge.connect(), {});
      assert.deepEqual({status, text, code}, {status: 200, text: event("one"), code: 2});
    });
  }

  test("by HTTP/1.1 an answer that is cut has no last chunk", async (t) => {
    const {edge, bearer} = await startAll(t, cuts["resets the stream"]!);
    const socket = edge.socket("http/1.1");
    socket.write(completionOver(bearer.authorization));
    let text = "";
    for await (const chunk of socket) text += chunk;
    assert.match(text, /^HTTP\/1\.1 200 OK\r\n/);
    assert.ok(text.includes(event("one")) && !text.endsWith("0\r\n\r\n"), text);
  });

  const losses: Record<string, Script> = {
    "resets the stream": ({stream}) => stream.close(2),
    "refuses the stream": ({stream}) => stream.close(7),
    "loses its connection": ({stream}) => stream.session?.destroy(),
  };
  for (const [name, script] of Object.entries(losses)) {
    test(`a proxy that ${name} before it answers: a status in JSON, never a reset`, async (t) => {
      const proxy = await startHost(t, voting(script));
      const edge = await startEdge(t, {proxies: at(proxy.url)});
      const answer = await ask(edge.connect(), {headers: {"x-request-id": "mine"}});
      assert.deepEqual(
        [answer.status, answer.code, answer.headers["x-github-request-id"]],
        [503, 0, "mine"],
      );
      assert.equal(JSON.parse(answer.text).error.code, "proxy_missing");
    });
  }

  test("a renewed certificate is served to new connections; an open stream goes on", async (t) => {
    const {edge, bearer, host} = await startAll(t, begin);
    const client = edge.connect();
    const stream = open(client, {headers: bearer});
    await new Promise((resolve) => stream.once("data", resolve));
    const before = await fingerprint(edge);
    await edge.renew();
    await until(async () => (await fingerprint(edge)) !== before);
    host.seen.at(-1)!.stream.end(DONE);
    let text = "";
    for await (const chunk of stream) text += chunk;
    assert.deepEqual([text, stream.rstCode], [DONE, 0]);
  });
});

describe("the edge with its first certificate", {skip: notRun}, () => {
  const unimported = certificatePolicy(smallWorld, smallWorld.regions[0]!);
  const {subject} = unimported.x509CertificateProperties;

  test("is out of rotation, until its own is imported: no restart", async (t) => {
    const rig = await startRig(t, {hosts: [await startHost(t, begin)]});
    const edge = await startEdge(t, {proxies: at(rig.origin), subject});
    const healthy = async () => {
      const {status, headers} = await ask(edge.connect(), {
        headers: {":method": "GET", ":path": "/healthz"},
        body: "",
      });
      return [status, headers["x-out"]];
    };
    // Its proxies are well, which its own admin page knows.
    await until(async () => (await edge.stat("cluster.proxy.membership_healthy")) === 1);
    assert.deepEqual(await healthy(), [503, "the certificate is not imported yet"]);
    const before = await fingerprint(edge);
    await edge.renew("CN=completions.example.com");
    await until(async () => (await fingerprint(edge)) !== before);
    assert.deepEqual(await healthy(), [200, undefined]);
  });
});

const completionOver = (authorization: string) =>
  [
    `POST ${COMPLETIONS} HTTP/1.1`,
    "host: x",
    "content-type: application/json",
    "content-length: 2",
    `authorization: ${authorization}`,
    "",
    "{}",
  ].join("\r\n");

function cancelAtFirstByte(
  stream: ReturnType<typeof open>,
  outcomes: {cancelled: number; failed: number},
) {
  let begun = false;
  stream.once("data", () => {
    begun = true;
    stream.close(8);
  });
  return new Promise<void>((resolve) =>
    stream.on("close", () => {
      outcomes[begun ? "cancelled" : "failed"]++;
      resolve();
    }),
  );
}

async function fingerprint(edge: Edge): Promise<string> {
  const socket = edge.socket("h2");
  await new Promise((resolve) => socket.once("secureConnect", resolve));
  const {fingerprint256} = socket.getPeerCertificate();
  socket.destroy();
  return fingerprint256;
}
