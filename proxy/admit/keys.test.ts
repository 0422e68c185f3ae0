import assert from "node:assert/strict";
import {describe, test} from "node:test";
import {SignJWT} from "jose";
import {until} from "../../setup/until.ts";
import type {Said} from "../issuer/rig.ts";
import {ask, judged, open} from "../rig.ts";
import {codeOf, startKeys} from "./keys.rig.ts";

const MINUTE = 60_000;

describe("a key that is traded for its client", () => {
  test("opens the service by each header that clients put it in, and is traded once", async (t) => {
    const {rig, given} = await startKeys(t);
    for (const headers of [
      {authorization: "Bearer good-7"},
      {"x-api-key": "good-7"},
      {"api-key": "good-7"},
      {authorization: "Basic YTpi", "api-key": "good-7"},
    ])
      assert.equal((await ask(rig.client, {headers})).status, 200);
    const models = {":path": "/v1/models", ":method": "GET", "api-key": "good-7"};
    assert.match((await ask(rig.client, {headers: models})).text, /"copilot-codex"/);
    assert.equal(given(), 1);
  });

  test("goes to no host, no log and no metric", async (t) => {
    const {rig, host, issuer, complete} = await startKeys(t);
    await complete("good-123456789");
    await complete("bad-123456789");
    await ask(rig.client, {headers: {"x-api-key": "good-123456789"}});
    const told = [
      JSON.stringify(host.seen.map(({headers}) => headers)),
      ...(await Promise.all(host.seen.map(({body}) => body))),
      await rig.metrics(),
      // The user's own name is in it, which is safe to log.
      ...[...rig.log, ...issuer.log].map((line) =>
        line.replaceAll('"user":"github:123456789"', ""),
      ),
    ];
    assert.equal(host.seen.length, 2);
    assert.ok(!told.join().includes("123456789"), told.join("\n"));
  });

  test("by many at once is traded once", async (t) => {
    const {complete, given} = await startKeys(t);
    const answers = await Promise.all(Array.from({length: 30}, () => complete("good-7")));
    assert.deepEqual(new Set(answers.map(({status}) => status)), new Set([200]));
    assert.equal(given(), 1);
  });

  test("is good for longer than a ticket, which is renewed while the old one holds", async (t) => {
    const held = Promise.withResolvers<Said>();
    const answers: Record<string, Promise<Said>> = {};
    const {complete, pass, given, provider} = await startKeys(t, {answers});
    assert.equal((await complete("good-7")).status, 200);
    answers["good-7"] = held.promise;
    pass(18 * MINUTE);
    for (let count = 0; count < 3; count++)
      assert.equal((await complete("good-7")).status, 200, "nobody waits for the provider");
    await until(() => provider.asked.length === 2);
    assert.equal(given(), 1);
    held.resolve({body: {id: 7}});
    await until(() => given() === 2);
    for (let hours = 0; hours < 5; hours++) {
      pass(60 * MINUTE);
      assert.equal(
        (await complete("good-7")).status,
        200,
        "traded anew where the ticket has ended",
      );
    }
    assert.equal(given(), 7);
  });

  test("whose client leaves meanwhile asks no host", async (t) => {
    const held = Promise.withResolvers<Said>();
    const {rig, provider, host, given} = await startKeys(t, {answers: {"good-7": held.promise}});
    const stream = open(rig.client, {headers: {authorization: "Bearer good-7"}});
    await until(() => provider.asked.length === 1);
    stream.close(8);
    await until(() => stream.closed);
    held.resolve({body: {id: 7}});
    await until(() => given() === 1);
    assert.equal((await ask(rig.client, {headers: {authorization: "Bearer good-7"}})).status, 200);
    assert.equal(host.seen.length, 1);
  });

  test("whose ticket's signing key was taken back gets another by itself", async (t) => {
    const {rig, issuer, next, complete, pass, given} = await startKeys(t);
    assert.equal((await complete("good-7")).status, 200);
    pass(MINUTE);
    issuer.write("key", next.pem);
    await until(() => issuer.log.some((line) => line.includes("key read again")));
    rig.writePolicy({...rig.policy, revoked: {keys: [issuer.key.jwk.kid]}});
    await until(async () => {
      assert.equal((await complete("good-7")).status, 200);
      return given() === 2;
    });
  });

  test("of a user who is revoked opens nothing, and is not traded at each request", async (t) => {
    const {rig, complete, given} = await startKeys(t);
    await complete("good-7");
    rig.writePolicy({...rig.policy, revoked: {users: ["github:7"]}});
    await until(async () => (await complete("good-7")).status === 401);
    for (let count = 0; count < 5; count++)
      assert.equal(codeOf(await complete("good-7")), "token_revoked");
    assert.equal(given(), 1);
  });
});

describe("what is no key", () => {
  test("a ticket of ours, whatever is wrong with it, is never traded", async (t) => {
    const {rig, complete, provider} = await startKeys(t);
    const [head, payload] = (await rig.token()).split(".");
    const tickets = {
      token_expired: await rig.token({expiresInS: -60}),
      token_invalid: `${head}.${payload}.AAAA`,
    };
    for (const [code, ticket] of Object.entries(tickets)) {
      const answer = await complete(ticket);
      assert.deepEqual([answer.status, codeOf(answer)], [401, code]);
    }
    assert.equal(provider.asked.length, 0);
  });

  test("a token of another issuer is one", async (t) => {
    const token = await new SignJWT({sub: "ada"})
      .setProtectedHeader({alg: "HS256"})
      .setIssuer("https://login.example.com")
      .sign(new Uint8Array(32));
    const {complete} = await startKeys(t, {answers: {[token]: {body: {id: 7}}}});
    assert.equal((await complete(token)).status, 200);
  });

  test("what the issuer could not read is refused without being asked", async (t) => {
    const {rig, provider} = await startKeys(t);
    for (const key of ["k".repeat(9000), "clé", "two words"]) {
      const answer = await ask(rig.client, {headers: {"x-api-key": key}});
      assert.deepEqual([answer.status, codeOf(answer)], [401, "key_refused"]);
    }
    assert.equal(provider.asked.length, 0);
  });
});

describe("a key that is refused", () => {
  const cases: Record<
    string,
    [said: Said, status: number, code: string, message: RegExp, wait?: string]
  > = {
    "by the provider": [{status: 401}, 401, "key_refused", /sign in again/],
    "for its share": [{status: 402}, 402, "key_spent", /used up/],
    "for its rights": [{status: 403}, 403, "key_forbidden", /does not let this credential in/],
    "for its rate": [
      {status: 429, headers: {"retry-after": "20"}},
      429,
      "key_busy",
      /asked too often/,
      "20",
    ],
    "for the provider's trouble": [{status: 500}, 503, "issuer_lost", /did not answer/, "10"],
  };
  for (const [name, [said, status, code, message, wait]] of Object.entries(cases))
    test(`${name} is told so in the issuer's words`, async (t) => {
      const {complete} = await startKeys(t, {answers: {some: said}});
      const answer = await complete("some");
      const {error} = JSON.parse(answer.text);
      assert.deepEqual(
        [answer.status, error.code, answer.headers["retry-after"], Object.keys(error)],
        [status, code, wait, ["message", "type", "param", "code"]],
      );
      assert.match(error.message, message);
      assert.match(String(answer.headers["x-github-request-id"]), /^[\w-]{36}$/);
    });

  test("is not tried again for ten seconds", async (t) => {
    const answers: Record<string, Said> = {};
    const {complete, pass, provider} = await startKeys(t, {answers});
    for (let count = 0; count < 5; count++) assert.equal((await complete("new")).status, 401);
    assert.equal(provider.asked.length, 1);
    answers.new = {body: {id: 8}};
    pass(10_001);
    assert.equal((await complete("new")).status, 200);
  });

  test("when its ticket is renewed has opened the service for the last time", async (t) => {
    const answers: Record<string, Said> = {};
    const {complete, pass} = await startKeys(t, {answers});
    await complete("good-7");
    answers["good-7"] = {status: 401};
    pass(18 * MINUTE);
    await until(async () => (await complete("good-7")).status === 401);
  });

  test("moves neither vote nor objective", async (t) => {
    const {rig, complete} = await startKeys(t);
    for (let count = 0; count < 50; count++) await complete(`bad-${count}`);
    assert.equal((await fetch(`${rig.admin}/healthz`)).status, 200);
    const text = await rig.metrics();
    assert.match(text, /meridian_refusals_total\{code="key_refused"\} 50/);
    assert.deepEqual(await judged(rig), [0, 0, 0]);
  });
});

test("without its issuer, known keys go on until their tickets end, and others are told when", async (t) => {
  const {complete, issuer, pass} = await startKeys(t);
  await complete("good-7");
  await issuer.stop();
  const lost = async (key: string) => {
    const answer = await complete(key);
    assert.deepEqual(
      [answer.status, codeOf(answer), answer.headers["retry-after"]],
      [503, "issuer_lost", "10"],
    );
  };
  await lost("good-8");
  for (const minutes of [10, 8, 1]) {
    pass(minutes * MINUTE);
    assert.equal((await complete("good-7")).status, 200);
  }
  pass(2 * MINUTE);
  await lost("good-7");
});

describe("a storm of made-up keys", () => {
  let made = 0;
  type Complete = Awaited<ReturnType<typeof startKeys>>["complete"];
  /** Until one is refused untried, with this code. */
  const storm = (complete: Complete, code: string, from: () => string) =>
    until(async () => {
      const forty = Array.from({length: 40}, () => complete(`bad-${made++}`, from()));
      return (await Promise.all(forty)).some((answer) => codeOf(answer) === code);
    });

  test("from one address costs that address, and not its known keys", async (t) => {
    const {complete, pass} = await startKeys(t);
    await complete("good-7", "192.0.2.1");
    await storm(complete, "address_busy", () => `${made}.6.6.6, 192.0.2.1`);
    const answer = await complete("bad", "192.0.2.1");
    assert.deepEqual(
      [answer.status, codeOf(answer), answer.headers["retry-after"]],
      [429, "address_busy", "1"],
    );
    assert.equal((await complete("good-7", "192.0.2.1")).status, 200);
    assert.equal((await complete("good-8", "192.0.2.2")).status, 200);
    pass(1000);
    assert.equal((await complete("good-9", "192.0.2.1")).status, 200);
  });

  test("from many addresses costs new keys, and no known one, whose ticket has ended too", async (t) => {
    const {complete, pass, given} = await startKeys(t);
    await complete("good-7");
    const from = () => `198.51.100.${made % 200}`;
    pass(60 * MINUTE);
    await storm(complete, "keys_full", from);
    assert.equal((await complete("good-7")).status, 200);
    assert.equal(given(), 2);
  });
});
