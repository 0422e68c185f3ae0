import assert from "node:assert/strict";
import {test} from "node:test";
import fc from "fast-check";
import {retryAfterS} from "../proxy/retry-after.ts";
import {retryAfterMs} from "./retry-after.ts";

const NOW = Date.parse("2026-11-26T12:00:00Z");

const cases: Record<string, [header: string | null, waitMs: number | undefined]> = {
  "no header": [null, undefined],
  seconds: ["7", 7000],
  "a part of a second": ["0.4", 400],
  none: ["0", 0],
  "less than none": ["-5", 0],
  "a date": ["Thu, 26 Nov 2026 12:00:20 GMT", 20_000],
  "a date that has passed": ["Thu, 26 Nov 2026 11:00:00 GMT", 0],
  "what cannot be read": ["soon", undefined],
  "an empty one": ["", undefined],
};

for (const [name, [header, waitMs]] of Object.entries(cases))
  test(`a wait of ${name}`, () => assert.equal(retryAfterMs(header, NOW), waitMs));

test("proxies and those outside read every header alike", () => {
  const headers = fc.oneof(
    fc.string(),
    fc.double().map(String),
    fc.date({noInvalidDate: true}).map((date) => date.toUTCString()),
    fc.constantFrom(null, undefined, ["1", "2"]),
  );
  fc.assert(
    fc.property(headers, (header) => {
      const seconds = retryAfterS(header, NOW);
      const waitMs = retryAfterMs(header, NOW);
      if (seconds === undefined || waitMs === undefined) return assert.equal(waitMs, seconds);
      assert.ok(Math.abs(waitMs - seconds * 1000) <= 1e-9 * waitMs, `${waitMs} ${seconds}`);
    }),
    {seed: 1},
  );
});
