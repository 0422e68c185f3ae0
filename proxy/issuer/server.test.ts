import assert from "node:assert/strict";
import {connect} from "node:net";
import {describe, type TestContext, test} from "node:test";
import type {JSONWebKeySet} from "jose";
import {until} from "../../setup/until.ts";
import {createVerifier} from "../admit/token.ts";
import type {Ticket} from "./mint.ts";
import {HOSTNAME, newKey, type Said, startIssuerRig, startProvider, TOKEN_PATH} from "./rig.ts";

/** GitHub as the credential wants it; others are unknown to it. */
const answers: Record<string, Said> = {
  good: {body: {id: 42, login: "ada"}},
  outage: {status: 500},
  nonsense: {body: {login: "ada"}},
  endless: {body: {id: 42, login: "x".repeat(300_000)}},
  "quota-gone": {status: 402},
  busy: {status: 429, headers: {"retry-after": "3600"}},
  away: {status: 503, headers: {"retry-after": "1"}},
  elsewhere: {status: 307, headers: {location: "/moved"}},
};

async function startIssuer(t: TestContext) {
  const github = await startProvider(t, ({path, headers}) => {
    if (path === "/moved") return answers.good!;
    return answers[headers.authorization?.slice("Bearer ".length) ?? ""] ?? {status: 401};
  });
  const exchange = () => ({kind: "github", api: `${github.url}/`});
  return {...(await startIssuerRig(t, {exchange})), github};
}

describe("issuer", () => {
  for (const scheme of ["Bearer", "token"]) {
    test(`trades a credential (${scheme}) for a token that a proxy takes`, async (t) => {
      const {get} = await startIssuer(t);
      const answer = await get(TOKEN_PATH, `${scheme} good`);
      assert.equal(answer.headers.get("cache-control"), "no-store");
      const ticket = (await answer.json()) as Ticket;
      assert.deepEqual(
        [answer.status, Object.keys(ticket), ticket.endpoints.proxy],
        [200, ["token", "expires_at", "refresh_in", "endpoints"], HOSTNAME],
      );
      const keys = (await (await get("/jwks")).json()) as JSONWebKeySet;
      assert.deepEqual(Object.keys(keys.keys[0]!).sort(), ["alg", "crv", "kid", "kty", "use", "x"]);
      const verifier = createVerifier({keys, issuer: HOSTNAME, audience: "meridian"});
      const {user, models, id} = await verifier.verify(ticket.token);
      assert.deepEqual(
        {user, models, id},
        {user: "github:42", models: ["copilot-codex"], id: answer.headers.get("x-request-id")},
      );
    });
  }

  const refusals: Record<
    string,
    [path: string, credential: string, status: number, code: string, retryAfter: string | null]
  > = {
    "no credential": [TOKEN_PATH, "", 401, "credential_missing", null],
    "an unknown credential": [TOKEN_PATH, "x", 401, "credential_refused", null],
    "a used-up quota": [TOKEN_PATH, "quota-gone", 402, "quota_reached", null],
    "who is asked about too often": [TOKEN_PATH, "busy", 429, "provider_busy", "30"],
    "a provider in trouble": [TOKEN_PATH, "outage", 503, "exchange_lost", "10"],
    "a provider that says when": [TOKEN_PATH, "away", 503, "exchange_lost", "3"],
    "a provider's nonsense": [TOKEN_PATH, "nonsense", 503, "exchange_lost", "10"],
    "an endless answer": [TOKEN_PATH, "endless", 503, "exchange_lost", "10"],
    "a redirect, with the credential": [TOKEN_PATH, "elsewhere", 503, "exchange_lost", "10"],
    "an unknown path": ["/copilot_internal/user", "", 404, "path_unknown", null],
    "an inherited name for a path": ["/__proto__", "", 404, "path_unknown", null],
  };
  for (const [name, [path, credential, status, code, retryAfter]] of Object.entries(refusals)) {
    test(`refuses ${name}`, async (t) => {
      const {get, log} = await startIssuer(t);
      const answer = await get(path, credential && `Bearer ${credential}`);
      assert.deepEqual(
        [answer.status, await codeOf(answer), answer.headers.get("retry-after")],
        [status, code, retryAfter],
      );
      assert.match(answer.headers.get("x-github-request-id") ?? "", /^[\w-]{36}$/);
      assert.equal(answer.headers.get("content-type"), "application/json");
      assert.equal(answer.headers.get("cache-control"), "no-store");
      if (credential) assert.ok(!log.join().includes(`Bearer ${credential}`));
    });
  }

  test("refuses the wrong method", async (t) => {
    const {get} = await startIssuer(t);
    const answer = await get("/jwks", "", "POST");
    assert.deepEqual([answer.status, await codeOf(answer)], [405, "method_wrong"]);
  });

  test("a provider that is not there", async (t) => {
    const exchange = () => ({kind: "github", api: "http://127.0.0.1:1"});
    const {get} = await startIssuerRig(t, {exchange});
    const answer = await get(TOKEN_PATH, "Bearer good");
    assert.deepEqual([answer.status, await codeOf(answer)], [503, "exchange_lost"]);
  });

  test("one credential may ask so often and no more; another is not its concern", async (t) => {
    const {get, github} = await startIssuer(t);
    const ask = async (credential: string) => {
      const answer = await get(TOKEN_PATH, `Bearer ${credential}`);
      return [answer.status, answer.headers.get("retry-after"), await codeOf(answer)];
    };
    const all = await Promise.all(Array.from({length: 40}, () => ask("good")));
    const given = all.filter(([status]) => status === 200);
    const refused = all.filter(([status]) => status === 429);
    assert.ok(given.length >= 30 && refused.length > 0, `${given.length} were given`);
    assert.deepEqual(refused[0], [429, "3", "asked_too_often"]);
    assert.equal(github.asked.length, 1);
    assert.equal((await ask("x"))[0], 401);
  });

  test("a new key signs as soon as its file is there, a bad one changes nothing", async (t) => {
    const next = newKey();
    const exchange = () => ({kind: "github", api: "http://127.0.0.1:1"});
    const {get, write, key, log} = await startIssuerRig(t, {exchange, next});
    const published = async () => {
      const {keys} = (await (await get("/jwks")).json()) as JSONWebKeySet;
      return keys.map(({kid}) => kid);
    };
    assert.deepEqual(await published(), [key.jwk.kid, next.jwk.kid]);
    write("key", "-----BEGIN PRIVATE KEY-----\nsecret\n-----END PRIVATE KEY-----\n");
    await until(() => log.some((line) => line.includes("key refused")));
    assert.deepEqual(await published(), [key.jwk.kid, next.jwk.kid]);
    assert.ok(!log.join().includes("BEGIN"));
    write("next", key.pem);
    write("key", next.pem);
    await until(async () => (await published())[0] === next.jwk.kid);
    await until(async () => (await published())[1] === key.jwk.kid);
  });
});

describe("what is no request is answered with an id, as JSON, and the connection ended", () => {
  const broken: Record<string, [bytes: string, status: number, code: string]> = {
    "another protocol": ["HELO\r\n\r\n", 400, "request_invalid"],
    "headers over the limit": [
      `GET /jwks HTTP/1.1\r\nhost: a\r\nx: ${"x".repeat(20_000)}\r\n\r\n`,
      431,
      "headers_large",
    ],
    "headers that do not end": ["GET /jwks HTTP/1.1\r\nhost: a\r\n", 408, "request_slow"],
  };
  for (const [name, [bytes, status, code]] of Object.entries(broken))
    test(name, async (t) => {
      const {port} = await startIssuer(t);
      const answer = await sendRaw(port, bytes);
      assert.match(answer, new RegExp(`^HTTP/1.1 ${status} `));
      assert.match(answer, /\r\nx-github-request-id: [\w-]{36}\r\n/);
      assert.equal(JSON.parse(answer.split("\r\n\r\n")[1] ?? "").error.code, code);
    });
});

test("told to stop, it answers what is under way and takes no more", async (t) => {
  const held = Promise.withResolvers<Said>();
  const github = await startProvider(t, () => held.promise);
  const exchange = () => ({kind: "github", api: github.url});
  const {get, stop} = await startIssuerRig(t, {exchange});
  const answering = get(TOKEN_PATH, "Bearer good");
  await until(() => github.asked.length === 1);
  const stopped = stop();
  await assert.rejects(get("/livez"));
  held.resolve({body: {id: 7}});
  const answer = await answering;
  assert.deepEqual([answer.status, answer.headers.get("connection")], [200, "close"]);
  await stopped;
});

async function codeOf(answer: Response): Promise<string | undefined> {
  return ((await answer.json()) as {error?: {code: string}}).error?.code;
}

function sendRaw(port: number, bytes: string): Promise<string> {
  return new Promise((resolve, reject) => {
    let text = "";
    const socket = connect(port, "127.0.0.1", () => socket.write(bytes));
    socket.on("data", (chunk) => {
      text += chunk;
    });
    socket.on("error", reject);
    socket.on("close", () => resolve(text));
  });
}
