import assert from "node:assert/strict";
import {test} from "node:test";
import {refusalOf} from "./guard.ts";

const host = "127.0.0.1:8088";
const origin = `http://${host}`;
const type = {"content-type": "application/json"};

const cases: Record<string, [method: string, headers: Record<string, string>, status?: number]> = {
  "a page that is opened": ["GET", {host, "sec-fetch-site": "none"}],
  "by its other name": ["GET", {host: "localhost:8088"}],
  "a name that was made to lead here": ["GET", {host: "evil.example:8088"}, 421],
  "another port": ["GET", {host: "127.0.0.1:80"}, 421],
  "no host": ["GET", {}, 421],
  "another site's page that reads": ["GET", {host, origin: "https://evil.example"}, 403],
  "another site's image": ["GET", {host, "sec-fetch-site": "cross-site"}, 403],
  "another port's page": ["GET", {host, "sec-fetch-site": "same-site"}, 403],
  "a switch, from the page": ["POST", {host, origin, ...type, "sec-fetch-site": "same-origin"}],
  "a switch, from nowhere": ["POST", {host, ...type}, 403],
  "a switch, from a page of its other name": ["POST", {host, origin: "http://localhost:8088"}, 403],
  "a switch, from a file": ["POST", {host, origin: "null", ...type}, 403],
  "a form": ["POST", {host, origin, "content-type": "text/plain"}, 415],
  "another method": ["DELETE", {host, origin, ...type}, 405],
};

for (const [name, [method, headers, status]] of Object.entries(cases))
  test(`${name}: ${status ?? "let in"}`, () =>
    assert.equal(refusalOf(method, headers, 8088)?.status, status));
