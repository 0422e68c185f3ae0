import assert from "node:assert/strict";
import {createServer} from "node:http";
import type {AddressInfo} from "node:net";
import {describe, type TestContext, test} from "node:test";
import fc from "fast-check";
import {type Invitation, logIn} from "./device-login.ts";

interface Said {
  readonly status?: number;
  /** `null`: the connection is cut. */
  readonly body: object | string | null;
}

const BEGUN = {
  device_code: "3584d83530557fdd1f46af8289938c8ef79f9dc5",
  user_code: "WDJB-MJHT",
  verification_uri: "https://github.com/login/device",
  expires_in: 900,
  interval: 5,
};
const TOKENS = {access_token: "gho_16C7e42F292c6912E7710c838347Ae178B4a", token_type: "bearer"};
const pending: Said = {body: {error: "authorization_pending"}};

/** A provider that says what it is told to, one answer after the other, and a clock that only sleep moves. */
async function setUp(t: TestContext, {begun = {body: BEGUN} as Said, polls = [] as Said[]}) {
  const asked: [path: string | undefined, form: Record<string, string>][] = [];
  const waits: number[] = [];
  let ms = 0;
  const answers = [begun, ...polls];
  const server = createServer(async (request, response) => {
    let body = "";
    for await (const chunk of request) body += chunk;
    asked.push([request.url, Object.fromEntries(new URLSearchParams(body))]);
    const {status = 200, body: said} = answers.shift() ?? pending;
    if (said === null) return void request.socket.destroy();
    response.writeHead(status).end(typeof said === "string" ? said : JSON.stringify(said));
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  t.after(() => {
    server.close();
    server.closeAllConnections();
  });
  const base = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  const invitations: Invitation[] = [];
  const place = {authorize: `${base}/code`, token: `${base}/token`, clientId: "app"};
  const login = (scopes: string[] = ["read:org", "x"]) =>
    logIn(
      {...place, scopes},
      {
        invite: (invitation) => invitations.push(invitation),
        sleep: async (wait) => {
          waits.push(wait / 1000);
          ms += wait;
        },
        now: () => ms,
      },
    );
  return {login, asked, waits, invitations, base};
}

test("a login is begun, shown, and asked for as RFC 8628 says", async (t) => {
  const {login, asked, waits, invitations} = await setUp(t, {polls: [pending, {body: TOKENS}]});
  assert.equal((await login()).access_token, TOKENS.access_token);
  const poll = {
    grant_type: "urn:ietf:params:oauth:grant-type:device_code",
    client_id: "app",
    device_code: BEGUN.device_code,
  };
  assert.deepEqual(asked, [
    ["/code", {client_id: "app", scope: "read:org x"}],
    ["/token", poll],
    ["/token", poll],
  ]);
  assert.deepEqual(waits, [5, 5]);
  const {verification_uri: url, user_code: code} = BEGUN;
  assert.deepEqual(invitations, [{url, code, endsMs: 900_000}]);
});

test("without scopes none are sent, and without an interval it is five seconds", async (t) => {
  const {interval: _, ...begun} = BEGUN;
  const {login, asked, waits} = await setUp(t, {begun: {body: begun}, polls: [{body: TOKENS}]});
  await login([]);
  assert.deepEqual([asked[0], waits], [["/code", {client_id: "app"}], [5]]);
});

describe("how long it waits after", () => {
  const cases: Record<string, [said: Said, wait: number]> = {
    "a login that nobody has approved yet": [pending, 5],
    "being told to slow down: five seconds more": [{body: {error: "slow_down"}}, 10],
    "being told how long, as GitHub does": [{body: {error: "slow_down", interval: 17}}, 17],
    "being told less than RFC 8628 says": [{body: {error: "slow_down", interval: 1}}, 10],
    "a cut connection: twice as long": [{body: null}, 10],
    "a server in trouble": [{status: 503, body: "<html>"}, 10],
    "a server that is asked too often": [{status: 429, body: ""}, 10],
  };
  for (const [name, [said, wait]] of Object.entries(cases))
    test(name, async (t) => {
      const polls = [said, pending, {body: TOKENS}];
      const {login, waits} = await setUp(t, {polls});
      await login();
      assert.deepEqual(waits, [5, wait, wait]);
    });
});

describe("it ends, and says what to do", () => {
  const cases: Record<string, [said: Said, message: RegExp]> = {
    "turned down": [
      {body: {error: "access_denied"}},
      /turned down in the browser. Run npm run key/,
    ],
    "turned down, as Entra says it": [
      {status: 400, body: {error: "authorization_declined"}},
      /turned down in the browser/,
    ],
    expired: [
      {status: 400, body: {error: "expired_token"}},
      /^Nobody entered the code in time. Run/,
    ],
    "an error of another kind": [
      {body: {error: "incorrect_device_code", error_description: "no\u001b[2J\nsuch code"}},
      /^http:\S+\/token refused the login: incorrect_device_code \(no \[2J such code\)$/,
    ],
    "no error at all": [{body: {}}, /\/token answered 200, and nothing that a login knows\.$/],
  };
  for (const [name, [said, message]] of Object.entries(cases))
    test(name, async (t) => {
      const {login, asked} = await setUp(t, {polls: [pending, said]});
      await assert.rejects(login(), {message});
      assert.equal(asked.length, 3, "it asks no more");
    });

  const notBegun: Record<string, [begun: Said, message: RegExp]> = {
    "an app that GitHub does not know": [
      {status: 404, body: {error: "Not Found"}},
      /begins no login of the app app: Not Found\n.*clientId in regions\.yaml/,
    ],
    "an app without it": [
      {status: 400, body: {error: "device_flow_disabled", error_description: "Enable it."}},
      /device_flow_disabled \(Enable it\.\)\nHave its owner allow the device login/,
    ],
    "a page": [{body: "<html>"}, /it answered 200\./],
    "a code that moves the cursor": [{body: {...BEGUN, user_code: "\u001b[2J"}}, /answered 200/],
    "an address that is a script": [
      {body: {...BEGUN, verification_uri: "javascript:alert(1)"}},
      /answered 200/,
    ],
  };
  for (const [name, [begun, message]] of Object.entries(notBegun))
    test(name, async (t) => {
      const {login, invitations} = await setUp(t, {begun});
      await assert.rejects(login(), {message});
      assert.deepEqual(invitations, []);
    });

  test("nothing is sent where others could read it", async () => {
    const scopes: string[] = [];
    const place = {authorize: "http://example.com/a", clientId: "app", scopes};
    const surroundings = {invite() {}, sleep: async () => {}, now: () => 0};
    for (const token of ["https://example.com/t", "http://example.com/t"])
      await assert.rejects(logIn({...place, token}, surroundings), /is not an https address/);
  });
});

test("a provider that is away for minutes is found again soon after it is back", async (t) => {
  const polls: Said[] = [...Array.from({length: 6}, () => ({body: null})), {body: TOKENS}];
  const {login, waits} = await setUp(t, {polls});
  await login();
  assert.deepEqual(waits, [5, 10, 20, 30, 30, 30, 30]);
});

test("one that asked for longer waits than that has them", async (t) => {
  const polls: Said[] = [{body: {error: "slow_down", interval: 60}}, {body: null}, {body: TOKENS}];
  const {login, waits} = await setUp(t, {polls});
  await login();
  assert.deepEqual(waits, [5, 60, 60]);
});

test("whatever is said, it never asks sooner than before, nor once the code has ended", async (t) => {
  const answers = fc.array(
    fc.constantFrom<Said>(
      pending,
      {body: {error: "slow_down"}},
      {body: {error: "slow_down", interval: 30}},
      {body: null},
      {status: 500, body: ""},
    ),
    {maxLength: 60},
  );
  await fc.assert(
    fc.asyncProperty(answers, fc.integer({min: 1, max: 200}), async (polls, expires_in) => {
      const begun = {body: {...BEGUN, expires_in}};
      const {login, waits, asked} = await setUp(t, {begun, polls});
      await assert.rejects(login(), /^Error: Nobody entered the code in time/);
      // The last is cut at the code's end.
      const whole = waits.slice(0, -1);
      assert.deepEqual(
        whole,
        whole.toSorted((one, other) => one - other),
      );
      assert.ok(Math.abs(waits.reduce(sum) - expires_in) < 1e-6, `${waits}`);
      const asksAt = waits.slice(0, -1).map((_, at) => waits.slice(0, at + 1).reduce(sum));
      assert.ok(asksAt.every((at) => at < expires_in));
      assert.ok(asked.length >= asksAt.length + 1);
    }),
    {numRuns: 30},
  );
});

const sum = (one: number, other: number) => one + other;
