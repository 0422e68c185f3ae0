import assert from "node:assert/strict";
import {request} from "node:http";
import {type TestContext, test} from "node:test";
import {pageFiles} from "./files.ts";
import {SAFE_HEADERS} from "./guard.ts";
import {BadRequest, json, type Routes, serveLoopback} from "./server.ts";

const routes: Routes = {
  ...pageFiles(),
  "GET /bad": () => {
    throw new BadRequest("no such thing");
  },
  "GET /own": () => ({type: "text/plain", body: "x", policy: "default-src 'none'"}),
  "POST /echo": ({body}) => json(body),
};

async function setUp(t: TestContext) {
  const served = await serveLoopback({port: 0, routes});
  t.after(served.close);
  const host = new URL(served.url).host;
  const page = {origin: served.url, "content-type": "application/json"};
  /** fetch does not let the host be said. */
  const ask = (path: string, {method = "GET", headers = {}, body = ""} = {}) =>
    new Promise<{status: number; headers: Record<string, unknown>; text: string}>(
      (resolve, reject) =>
        request(`${served.url}${path}`, {method, headers: {host, ...headers}}, async (answer) => {
          const text = Buffer.concat(await answer.toArray()).toString();
          resolve({status: answer.statusCode!, headers: answer.headers, text});
        })
          .on("error", reject)
          .end(body),
    );
  return {ask, page, url: served.url};
}

test("listens on loopback, serves its page with a strict policy, and nothing else of the disk", async (t) => {
  const {ask, url} = await setUp(t);
  assert.match(url, /^http:\/\/127\.0\.0\.1:\d+$/);
  const {status, headers, text} = await ask("/");
  assert.deepEqual([status, headers["content-type"]], [200, "text/html; charset=utf-8"]);
  for (const [name, value] of Object.entries(SAFE_HEADERS)) assert.equal(headers[name], value);
  assert.doesNotMatch(text, / style=| on\w+=|<style|<script(?! type="module" src=)/);
  for (const path of ["/tsconfig.json", "/../console.ts", "/%2e%2e/console.ts", "/__proto__"])
    assert.equal((await ask(path)).status, 404, path);
});

test("refuses other hosts and origins on every path, and on those that are not there", async (t) => {
  const {ask, page} = await setUp(t);
  for (const path of ["/", "/main.js", "/bad", "/nothing"]) {
    const rebound = await ask(path, {headers: {host: "evil.example"}});
    assert.deepEqual(
      [rebound.status, rebound.headers["content-security-policy"]],
      [421, SAFE_HEADERS["content-security-policy"]],
    );
    assert.equal((await ask(path, {headers: {origin: "https://evil.example"}})).status, 403);
  }
  const forged = {...page, origin: "https://evil.example"};
  assert.equal((await ask("/echo", {method: "POST", headers: forged, body: "{}"})).status, 403);
});

test("takes JSON of its own page; says what is wrong with other bodies", async (t) => {
  const {ask, page} = await setUp(t);
  const post = (body: string) => ask("/echo", {method: "POST", headers: page, body});
  const cases: [body: string, status: number, text: string][] = [
    ['{"a":1}', 200, '{"a":1}'],
    ["{", 400, "the body is not JSON\n"],
    [" ".repeat(70_000), 400, "more than 65536 bytes; send less\n"],
  ];
  for (const [body, status, text] of cases) {
    const answer = await post(body);
    assert.deepEqual([answer.status, answer.text], [status, text]);
  }
  const bad = await ask("/bad");
  assert.deepEqual([bad.status, bad.text], [400, "no such thing\n"]);
  assert.equal((await ask("/own")).headers["content-security-policy"], "default-src 'none'");
});
