import assert from "node:assert/strict";
import {generateKeyPairSync} from "node:crypto";
import {connect, constants} from "node:http2";
import {after, describe, test} from "node:test";
import {until} from "../setup/until.ts";
import {answerEvents, ask, COMPLETIONS, DONE, event, MODEL, startHost, startRig} from "./rig.ts";

const other = generateKeyPairSync("ed25519").privateKey;
const ec = generateKeyPairSync("ec", {namedCurve: "P-256"}).privateKey;

const host = await startHost({after}, () => {});
const rig = await startRig({after}, {hosts: [host]});

describe("what is refused, how, and on a connection kept", () => {
  const json = {"content-type": "application/json"};
  type Rig = Awaited<ReturnType<typeof startRig>>;
  type Case = [
    headers: (rig: Rig) => Promise<Record<string, string>>,
    body: string,
    status: number,
    code: string,
  ];
  const valid = async (rig: Rig) => ({...json, authorization: `Bearer ${await rig.token()}`});
  const withToken = (changes: Parameters<Rig["token"]>[0]) => async (rig: Rig) => ({
    authorization: `Bearer ${await rig.token(changes)}`,
  });
  const unsigned = async (rig: Rig) => {
    const [, payload] = (await rig.token()).split(".");
    const head = Buffer.from('{"alg":"none"}').toString("base64url");
    return {authorization: `Bearer ${head}.${payload}.`};
  };
  const tampered = async (rig: Rig) => {
    const [head, , signature] = (await rig.token()).split(".");
    const claims = Buffer.from('{"sub":"root"}').toString("base64url");
    return {authorization: `Bearer ${head}.${claims}.${signature}`};
  };
  const at =
    (path: string, method = "POST") =>
    async (rig: Rig) => ({
      ...(await valid(rig)),
      ":path": path,
      ":method": method,
    });
  const cases: Record<string, Case> = {
    "no token": [async () => ({}), "{}", 401, "token_missing"],
    "not a token": [async () => ({authorization: "Bearer abc"}), "{}", 401, "token_invalid"],
    "another scheme": [async () => ({authorization: "Basic YTpi"}), "{}", 401, "token_missing"],
    "forged by another key": [withToken({key: other}), "{}", 401, "token_invalid"],
    "signed by another algorithm": [withToken({key: ec, alg: "ES256"}), "{}", 401, "token_invalid"],
    "signed by none": [unsigned, "{}", 401, "token_invalid"],
    "claims tampered with": [tampered, "{}", 401, "token_invalid"],
    expired: [withToken({expiresInS: -60}), "{}", 401, "token_expired"],
    "another issuer": [withToken({issuer: "https://evil.example"}), "{}", 401, "token_invalid"],
    "another audience": [withToken({audience: "another"}), "{}", 401, "token_invalid"],
    "a model the token does not cover": [withToken({models: ["x"]}), "{}", 403, "model_forbidden"],
    "an unknown model": [at("/v1/engines/gpt-9/completions"), "{}", 404, "model_unknown"],
    "an inherited name for a model": [
      at("/v1/engines/constructor/completions"),
      "{}",
      404,
      "model_unknown",
    ],
    "no model": [at("/v1/completions"), "{}", 400, "model_missing"],
    "a truncated body": [valid, '{"prompt": "le', 400, "body_invalid"],
    "a body that is no object": [valid, "[1]", 400, "body_invalid"],
    "a body that is not JSON": [valid, "prompt=x", 400, "body_invalid"],
    "another content type": [
      async (rig) => ({...(await valid(rig)), "content-type": "text/plain"}),
      "{}",
      415,
      "body_not_json",
    ],
    "an over-long body": [valid, `{"prompt": "${"x".repeat(1 << 20)}"}`, 413, "body_large"],
    "an unknown path": [at("/v1/embeddings"), "{}", 404, "path_unknown"],
    "the wrong method": [at(COMPLETIONS, "PUT"), "{}", 405, "method_wrong"],
  };
  for (const [name, [headersOf, body, status, code]] of Object.entries(cases)) {
    test(name, async () => {
      const answer = await ask(rig.client, {headers: await headersOf(rig), body});
      const {error} = JSON.parse(answer.text);
      assert.deepEqual(
        [answer.status, error.code, answer.headers["content-type"], answer.code],
        [status, code, "application/json", constants.NGHTTP2_NO_ERROR],
      );
      assert.match(error.message, /\S+.*[.;]/);
      assert.match(String(answer.headers["x-github-request-id"]), /^[\w-]{36}$/);
      assert.equal(answer.headers["x-request-id"], answer.headers["x-github-request-id"]);
      assert.equal(
        (await ask(rig.client, {headers: {":path": "/_ping", ":method": "GET"}})).status,
        200,
      );
      assert.equal(host.seen.length, 0);
    });
  }
});

for (const path of ["/v1/chat/completions", "/chat/completions"])
  test(`the model may be named in the body: ${path}`, async (t) => {
    const host = await startHost(t, ({stream}) => {
      stream.respond({":status": 200, "content-type": "application/json"});
      stream.end("{}");
    });
    const rig = await startRig(t, {hosts: [host]});
    const headers = {":path": path, authorization: `Bearer ${await rig.token()}`};
    const answer = await ask(rig.client, {
      headers,
      body: JSON.stringify({model: MODEL, messages: []}),
    });
    assert.deepEqual([answer.status, answer.text], [200, "{}"]);
    assert.match(String(host.seen[0]!.headers[":path"]), /\/codex\/chat\/completions\?/);
  });

test("no secret is logged: neither tokens, nor our key, nor prompts", async (t) => {
  const host = await startHost(t, ({stream}) => stream.destroy());
  const rig = await startRig(t, {hosts: [host]});
  const token = await rig.token();
  const answer = await ask(rig.client, {headers: {authorization: `Bearer ${token}`}});
  assert.equal(answer.status, 502);
  for (const secret of [token, "the-key", "let x"])
    assert.ok(!rig.log.join("").includes(secret), secret);
  const {level, time, id, ...line} = JSON.parse(
    rig.log.find((line) => line.includes('"request"'))!,
  );
  assert.equal(id, answer.headers["x-request-id"]);
  assert.deepEqual(line, {
    user: "github:1",
    api: "completions",
    kind: "completion",
    model: MODEL,
    upstream: "host-0",
    deployment: "codex",
    outcome: "error",
    code: "upstream_lost",
    firstByteMs: 0,
    msg: "request",
  });
});

test("a drain fails no request: the vote says out, GOAWAY, streams finish, then the end", async (t) => {
  const host = await startHost(t, ({stream}) => {
    answerEvents(stream);
    stream.write(event("one"));
  });
  const rig = await startRig(t, {hosts: [host]});
  const headers = {authorization: `Bearer ${await rig.token()}`};
  const answers = Array.from({length: 20}, () => ask(rig.client, {headers}));
  const goaway = new Promise((resolve) => rig.client.on("goaway", resolve));
  await until(() => host.seen.length === 20);
  const stopped = rig.stop({waitMs: 50, limitMs: 5000});
  const vote = await ask(rig.client, {headers: {":path": "/healthz", ":method": "GET"}});
  assert.equal(vote.status, 500);
  const late = ask(rig.client, {headers});
  assert.equal(await goaway, constants.NGHTTP2_NO_ERROR);
  await until(() => host.seen.length === 21);
  for (const {stream} of host.seen) stream.end(DONE);
  const ends = (await Promise.all([...answers, late])).map(({status, code}) => `${status} ${code}`);
  assert.deepEqual(new Set(ends), new Set(["200 0"]));
  await stopped;
  await assert.rejects(new Promise((_, reject) => connect(rig.origin).on("error", reject)), {
    code: "ECONNREFUSED",
  });
});
