import assert from "node:assert/strict";
import {test} from "node:test";
import {ProxyError} from "../errors.ts";
import {errorBytes} from "./error-body.ts";
import {infill} from "./infill.ts";
import {mistral} from "./mistral.ts";

const codes = ["TOKEN_MISSING", "BODY_INVALID", "UPSTREAM_LOST"] as const;

for (const [name, dialect] of Object.entries({OpenAI: undefined, mistral, infill}))
  test(`an error says in the dialect of ${name} what is its own, whatever was said before`, () => {
    for (const code of codes) {
      const usual = errorBytes(new ProxyError(code), dialect);
      const own = errorBytes(new ProxyError(code, {message: "an own one", status: 418}), dialect);
      const later = errorBytes(new ProxyError(code, {retryAfterS: 1}), dialect);
      assert.ok(String(usual).includes(new ProxyError(code).message), String(usual));
      assert.ok(String(own).includes("an own one"), String(own));
      assert.equal(later, usual);
    }
    assert.notDeepEqual(
      ...([codes[0], codes[1]].map((code) => errorBytes(new ProxyError(code), dialect)) as [
        Buffer,
        Buffer,
      ]),
    );
  });
