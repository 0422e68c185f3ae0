import assert from "node:assert/strict";
import {after, describe, test} from "node:test";
import {brotliCompressSync, deflateSync, gzipSync, zstdCompressSync} from "node:zlib";
import {answerEvents, ask, COMPLETIONS, DONE, event, MODEL, startHost, startRig} from "../rig.ts";

const host = await startHost({after}, ({stream}) => {
  answerEvents(stream);
  stream.end(event("well") + DONE);
});
const rig = await startRig(
  {after},
  {hosts: [host], rules: {mutations: [{name: "m", cap: {n: 2}, set: {"extra.x": 1, user: "u"}}]}},
);
const authorization = `Bearer ${await rig.token()}`;

describe("what a client says is taken as it came", () => {
  const send = (headers: Record<string, string>, body: string | Buffer) =>
    ask(rig.client, {headers: {authorization, ...headers}, body});
  const sent = async () => await host.seen.at(-1)!.body;

  test("numbers and texts that no rule touches, byte for byte", async () => {
    const rest = '"seed":9007199254740993,"temperature":0.10,"top_p":1e0,"suffix":"\\u00e9\\/"';
    const body = `{ "prompt" : "x\\u0041", ${rest}, "n": 9, "messages": [ 1.0 ] }`;
    assert.equal((await send({}, body)).status, 200);
    const written = `{"prompt" : "x\\u0041", ${rest},"messages": [ 1.0 ],"user":"u","n":2}`;
    assert.equal(await sent(), written);
  });

  const plain = '{"prompt":"x"}';
  const codings: Record<string, (text: string) => Buffer> = {
    gzip: gzipSync,
    "X-GZip": gzipSync,
    deflate: deflateSync,
    br: brotliCompressSync,
    zstd: zstdCompressSync,
    Identity: Buffer.from,
  };
  for (const [coding, encode] of Object.entries(codings)) {
    test(`a body coded by ${coding}`, async () => {
      assert.equal((await send({"content-encoding": coding}, encode(plain))).status, 200);
      assert.equal(await sent(), '{"prompt":"x","user":"u"}');
      assert.equal(host.seen.at(-1)!.headers["content-encoding"], undefined);
    });
    if (coding === "Identity") continue;
    test(`a bomb coded by ${coding} is refused`, async () => {
      const bomb = encode(`{"prompt":"${"x".repeat(8 << 20)}"}`);
      const {status, text} = await send({"content-encoding": coding}, bomb);
      assert.deepEqual([status, JSON.parse(text).error.code], [413, "body_large"]);
    });
    test(`a body that is not ${coding} is refused`, async () => {
      const {status, text} = await send({"content-encoding": coding}, plain);
      assert.equal(status, 400);
      assert.match(JSON.parse(text).error.message, /^The body is not .*; send it plain\.$/);
    });
  }

  for (const coding of ["compress", "gzip, br", "x"])
    test(`a coding that is not known is refused in words: ${coding}`, async () => {
      const {status, text, headers} = await send({"content-encoding": coding}, plain);
      assert.deepEqual(
        [status, JSON.parse(text).error.code, headers["accept-encoding"]],
        [415, "coding_unknown", "gzip, br, zstd"],
      );
    });

  for (const type of ["Application/Json", "application/json ; charset=utf-8", "APPLICATION/JSON"])
    test(`a body of type ${type}`, async () =>
      assert.equal((await send({"content-type": type}, plain)).status, 200));

  const paths = [
    ...["//v1/engines/copilot-codex/completions", `${COMPLETIONS}/`, `/${COMPLETIONS}//`],
    ...["/v1//engines///copilot-codex/completions?x=1", "/v1/engines/copilot%2Dcodex/completions"],
    ...["//v1/completions", "/v1/completions/", "/v1/chat/completions/?api-version=1"],
    ...["/chat/completions", "//chat/completions/?x=1"],
  ];
  for (const path of paths)
    test(`the path ${path}`, async () => {
      const body = JSON.stringify({model: MODEL, prompt: "x"});
      assert.equal((await send({":path": path}, body)).status, 200);
    });

  test("a path that is coded badly is one that is not there", async () => {
    const {status} = await send({":path": "/v1/engines/%ff%/completions"}, plain);
    assert.equal(status, 404);
  });
});

describe("methods", () => {
  const pages = ["/healthz", "/_ping", "/models", "/v1/models", `/v1/models/${MODEL}`];
  const chats = ["/v1/chat/completions", "/chat/completions"];
  const completions = [COMPLETIONS, "/v1/completions", ...chats];
  const send = (path: string, method: string) => {
    const headers = {":path": path, ":method": method, authorization};
    return ask(rig.client, {headers, body: ""});
  };

  for (const path of [...pages, ...completions])
    test(`${path} tells which it takes`, async () => {
      const allow = pages.includes(path) ? "GET, HEAD, OPTIONS" : "POST, OPTIONS";
      const options = await send(path, "OPTIONS");
      assert.deepEqual([options.status, options.headers.allow, options.text], [204, allow, ""]);
      for (const method of ["GET", "HEAD", "POST", "PUT", "DELETE", "PATCH", "TRACE", "get"]) {
        if (allow.includes(method)) continue;
        const {status, headers, text} = await send(path, method);
        assert.deepEqual([status, headers.allow], [405, allow], method);
        if (method === "HEAD") assert.equal(text, "");
        else assert.equal(JSON.parse(text).error.code, "method_wrong");
      }
    });

  for (const path of pages)
    test(`HEAD ${path} is GET without its body`, async () => {
      const [get, head] = [await send(path, "GET"), await send(path, "HEAD")];
      assert.deepEqual([head.status, head.text], [get.status, ""]);
      assert.equal(head.headers["content-type"], get.headers["content-type"]);
    });
});

test("one model is told by its name, by an alias too, where the token covers it", async (t) => {
  const deployments = [{upstream: "host-0", name: "x", weight: 1}];
  const rules = {
    models: {[MODEL]: {aliases: ["gpt-41-copilot"], deployments}, other: {deployments}},
  };
  const rig = await startRig(t, {hosts: [await startHost(t, () => {})], rules});
  const authorization = `Bearer ${await rig.token()}`;
  const told = async (name: string) => {
    const headers = {":path": `/v1/models/${name}`, ":method": "GET", authorization};
    const {status, text} = await ask(rig.client, {headers, body: ""});
    return [status, JSON.parse(text).id ?? JSON.parse(text).error.code];
  };
  assert.deepEqual(await told(MODEL), [200, MODEL]);
  assert.deepEqual(await told("gpt-41-copilot"), [200, MODEL]);
  for (const name of ["other", "nothing", "constructor"])
    assert.deepEqual(await told(name), [404, "model_unknown"]);
});
