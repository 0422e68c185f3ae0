import assert from "node:assert/strict";
import {test} from "node:test";
import {siteOf} from "./login.ts";

const sites: Record<string, string> = {
  "https://api.github.com": "https://github.com",
  "https://api.github.com/": "https://github.com",
  "https://api.acme.ghe.com": "https://acme.ghe.com",
  "https://github.example.com/api/v3": "https://github.example.com",
  "https://github.example.com/api/v3/": "https://github.example.com",
  "https://api.example.com/api/v3": "https://api.example.com",
  "http://127.0.0.1:8080": "http://127.0.0.1:8080",
};

for (const [api, site] of Object.entries(sites))
  test(`one signs in to ${api} at ${site}`, () => assert.equal(siteOf(api), site));
