import assert from "node:assert/strict";
import {test} from "node:test";
import {createUpstreamQuotas} from "./upstream-quota.ts";

const deployment = {upstream: "westeurope", name: "codex", weight: 1};
const of = {upstream: "westeurope", deployment: "codex"};

const cases: Record<string, [headers: Record<string, string>, current: unknown[]]> = {
  "tokens and requests": [
    {
      "x-ratelimit-limit-tokens": "120000",
      "x-ratelimit-remaining-tokens": "119000",
      "x-ratelimit-limit-requests": "120",
      "x-ratelimit-remaining-requests": "0",
    },
    [
      {...of, unit: "tokens", left: 119_000, limit: 120_000},
      {...of, unit: "requests", left: 0, limit: 120},
    ],
  ],
  "a host that does not know": [
    {"x-ratelimit-limit-tokens": "-1", "x-ratelimit-remaining-tokens": "-1"},
    [],
  ],
  "what is left of nobody knows how much": [{"x-ratelimit-remaining-tokens": "5"}, []],
  "what is no number": [
    {"x-ratelimit-limit-tokens": "many", "x-ratelimit-remaining-tokens": "few"},
    [],
  ],
  "no headers": [{}, []],
};

for (const [name, [headers, current]] of Object.entries(cases))
  test(`${name}`, () => {
    const quotas = createUpstreamQuotas(() => 0);
    quotas.read(deployment, headers);
    assert.deepEqual(quotas.current, current);
  });

test("what was said more than a minute ago is forgotten", () => {
  const clock = {ms: 0};
  const quotas = createUpstreamQuotas(() => clock.ms);
  quotas.read(deployment, {
    "x-ratelimit-limit-tokens": "10",
    "x-ratelimit-remaining-tokens": "1",
  });
  clock.ms = 60_000;
  assert.equal(quotas.current.length, 1);
  clock.ms = 60_001;
  assert.deepEqual(quotas.current, []);
});
