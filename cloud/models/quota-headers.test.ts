import assert from "node:assert/strict";
import {test} from "node:test";
import {createQuotaHeaders} from "./quota-headers.ts";

test("a deployment's tokens of a minute are told, down to none, and are whole again after it", () => {
  const clock = {ms: 0};
  const headers = createQuotaHeaders({codex: 1000}, () => clock.ms);
  const left = (tokens: number) => headers.spend("codex", tokens)["x-ratelimit-remaining-tokens"];
  assert.deepEqual(headers.spend("codex", 100), {
    "x-ratelimit-limit-tokens": "1000",
    "x-ratelimit-remaining-tokens": "900",
  });
  assert.deepEqual([left(400), left(600), left(1)], ["500", "0", "0"]);
  clock.ms = 200_000;
  assert.equal(left(10), "990");
  assert.deepEqual(headers.spend("other", 100), {});
});
