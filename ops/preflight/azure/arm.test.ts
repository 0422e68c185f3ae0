import assert from "node:assert/strict";
import {createServer, type IncomingMessage, type ServerResponse} from "node:http";
import type {AddressInfo} from "node:net";
import {type TestContext, test} from "node:test";
import {z} from "zod";
import {createArm} from "./arm.ts";

type Respond = (request: IncomingMessage, response: ServerResponse, origin: string) => void;

const NOW_MS = Date.parse("2026-11-01T12:00:00Z");
const item = z.object({name: z.string()});

/** A client of a server that gives these answers in turn, and repeats the last one. */
async function startClient(t: TestContext, answers: readonly Respond[], timeoutMs = 15_000) {
  const asked: string[] = [];
  const waits: number[] = [];
  let origin = "";
  const server = createServer((request, response) => {
    asked.push(`${request.method} ${request.url} ${request.headers.authorization}`);
    const answer = answers[Math.min(asked.length, answers.length) - 1]!;
    answer(request, response, origin);
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  t.after(() => {
    server.close();
    server.closeAllConnections();
  });
  origin = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  const arm = createArm({
    origin,
    getToken: async () => "the-token",
    timeoutMs,
    wait: async (ms) => waits.push(ms),
    now: () => NOW_MS,
  });
  return {arm, asked, waits, origin};
}

const say =
  (status: number, body: unknown, headers: Record<string, string> = {}): Respond =>
  (_, response) =>
    response.writeHead(status, headers).end(typeof body === "string" ? body : JSON.stringify(body));

const names = (...names: string[]) => say(200, {value: names.map((name) => ({name}))});

const busy = (headers: Record<string, string> = {}) =>
  say(429, {error: {code: "TooManyRequests", message: "Slow down."}}, headers);

test("a list is read to its last page, and asked for once", async (t) => {
  const first: Respond = (_, response, origin) =>
    response.end(JSON.stringify({value: [{name: "a"}], nextLink: `${origin}/list?page=2`}));
  const {arm, asked} = await startClient(t, [first, names("b")]);
  const [one, two] = await Promise.all([
    arm.list("/list", "2025-01-01", item, {$filter: "x eq 'y'"}),
    arm.list("/list", "2025-01-01", item, {$filter: "x eq 'y'"}),
  ]);
  assert.deepEqual(one, [{name: "a"}, {name: "b"}]);
  assert.deepEqual(two, one);
  assert.deepEqual(asked, [
    "GET /list?%24filter=x+eq+%27y%27&api-version=2025-01-01 Bearer the-token",
    "GET /list?page=2 Bearer the-token",
  ]);
});

test("what is posted is JSON, and the answer is checked", async (t) => {
  const bodies: string[] = [];
  const echo: Respond = async (request, response) => {
    for await (const chunk of request) bodies.push(String(chunk));
    response.end('{"name": 1}');
  };
  const {arm} = await startClient(t, [echo]);
  await assert.rejects(arm.post("/check", "2025-01-01", item, {name: "x"}), {
    message:
      "/check: its answer is not as documented: name: Invalid input: expected string, received number",
  });
  assert.deepEqual(bodies, ['{"name":"x"}']);
});

const waitsOf: Record<string, {answers: Respond[]; waits: number[]}> = {
  "for the seconds that Azure says": {
    answers: [busy({"retry-after": "7"}), names("a")],
    waits: [7000],
  },
  "until the date that Azure says": {
    answers: [busy({"retry-after": "Sun, 01 Nov 2026 12:00:30 GMT"}), names("a")],
    waits: [30_000],
  },
  "twice as long each time where Azure says nothing": {
    answers: [say(503, "<html>"), say(500, ""), busy(), names("a")],
    waits: [1000, 2000, 4000],
  },
  "after a lost connection": {
    answers: [(request) => request.socket.destroy(), names("a")],
    waits: [1000],
  },
};
for (const [name, {answers, waits: expected}] of Object.entries(waitsOf))
  test(`waits ${name}, and asks again`, async (t) => {
    const {arm, waits} = await startClient(t, answers);
    assert.deepEqual(await arm.list("/list", "2025-01-01", item), [{name: "a"}]);
    assert.deepEqual(waits, expected);
  });

const SECRET = `eyJ${"a".repeat(20)}.eyJ${"b".repeat(20)}.${"c".repeat(20)}`;

const ends: Record<string, {answer: Respond; tries: number; error: RegExp}> = {
  "Azure that stays busy": {
    answer: busy(),
    tries: 5,
    error: /^429 TooManyRequests: Slow down\.$/,
  },
  "Azure that wants an hour": {
    answer: busy({"retry-after": "3600"}),
    tries: 1,
    error: /^429 TooManyRequests: Slow down\.; Azure takes no more questions for 3600 s$/,
  },
  "a caller who may not": {
    answer: say(403, {error: {code: "AuthorizationFailed", message: "No\nrights \u001b[31mhere."}}),
    tries: 1,
    error: /^403 AuthorizationFailed: No rights {2}\[31mhere\.$/,
  },
  "an error that repeats the token": {
    answer: say(401, {error: {code: "InvalidAuthenticationToken", message: `Bad ${SECRET}!`}}),
    tries: 1,
    error: /^401 InvalidAuthenticationToken: Bad \[token\]!$/,
  },
  "a gateway's page": {
    answer: say(404, "<html>nothing</html>"),
    tries: 1,
    error: /^404 without a reason$/,
  },
  "an answer that is not JSON": {
    answer: say(200, "<html>sign in</html>"),
    tries: 1,
    error: /^its answer is not JSON; is --arm Azure Resource Manager's\?$/,
  },
  "a redirection, which would take the token along": {
    answer: say(302, "", {location: "http://127.0.0.1:1/"}),
    tries: 1,
    error: /^302 without a reason$/,
  },
  "a next page elsewhere": {
    answer: say(200, {value: [], nextLink: "https://elsewhere.example/list"}),
    tries: 1,
    error: /^its next page is at https:\/\/elsewhere\.example, not at http:/,
  },
  "a next page that is the same": {
    answer: (request, response, origin) =>
      response.end(JSON.stringify({value: [], nextLink: `${origin}${request.url}`})),
    tries: 1,
    error: /^\/list: its pages do not end$/,
  },
};
for (const [name, {answer, tries, error}] of Object.entries(ends))
  test(`gives up on ${name}`, async (t) => {
    const {arm, asked} = await startClient(t, [answer]);
    await assert.rejects(arm.list("/list", "2025-01-01", item), ({message}: Error) => {
      assert.match(message, error);
      assert.doesNotMatch(message, /the-token/);
      return true;
    });
    assert.equal(asked.length, tries);
  });

test("gives up on an answer that does not come", async (t) => {
  const {arm, waits, origin} = await startClient(t, [() => {}], 20);
  await assert.rejects(arm.get("/slow", "2025-01-01", item), {
    message: `${new URL(origin).host}: no answer within 0.02 s`,
  });
  assert.deepEqual(waits, [1000, 2000, 4000, 8000]);
});

test("a client that cannot sign in says so, and is not asked again", async () => {
  const getToken = async () => {
    throw new Error("no credential");
  };
  const arm = createArm({origin: "http://127.0.0.1:1", getToken});
  await assert.rejects(arm.get("/x", "2025-01-01", item), {message: "no credential"});
});
