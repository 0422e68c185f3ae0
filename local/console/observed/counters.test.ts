import assert from "node:assert/strict";
import {test} from "node:test";
import fc from "fast-check";
import {gainsOf} from "./counters.ts";
import type {PodReading, Reading} from "./reading.ts";

const NAME = "meridian_requests_total";

const reading = (atMs: number, value: number | undefined, pid: number): Reading => {
  const samples = value === undefined ? [] : [{name: NAME, labels: {}, value}];
  const pod: PodReading = {
    ...{region: "east", name: "proxy-1", pid, ready: true, samples},
    ...{deployments: [], missed: ""},
  };
  return {atMs, pods: [pod]};
};

const gained = (readings: readonly Reading[]) =>
  gainsOf(readings, () => true).reduce((sum, {value}) => sum + value, 0);

test("a name that leads to the process before for a while, and a reading without an answer, make no tower", () => {
  assert.equal(gained([reading(0, 5000, 1), reading(1, 5010, 2), reading(2, 3, 2)]), 13);
  assert.equal(gained([reading(0, undefined, 1), reading(1, 5000, 1), reading(2, 5010, 1)]), 10);
  assert.equal(gained([reading(0, 5000, 1), reading(1, undefined, 1), reading(2, 5010, 1)]), 10);
});

/** In each second a proxy serves some, may be replaced before or after, and may not answer. */
const seconds = fc.array(
  fc.record({
    served: fc.nat(50),
    restarts: fc.boolean(),
    answers: fc.boolean(),
    lags: fc.boolean(),
  }),
  {minLength: 1, maxLength: 12},
);

test("whatever proxies are replaced and whichever readings fail, never more is seen than was served", () => {
  fc.assert(
    fc.property(fc.nat(100_000), seconds, (start, all) => {
      let [count, pid] = [start, 1];
      const readings = all.map(({served, restarts, answers, lags}, atMs) => {
        if (restarts) [count, pid] = [0, pid + 1];
        count += served;
        return reading(atMs, answers ? count : undefined, lags ? pid - 1 : pid);
      });
      const first = all.findIndex(({answers}) => answers);
      const since = first < 0 ? [] : all.slice(first + 1);
      assert.ok(gained(readings) <= since.reduce((sum, {served}) => sum + served, 0));
      if (all.every(({restarts, answers}) => answers && !restarts))
        assert.equal(
          gained(readings),
          since.reduce((sum, {served}) => sum + served, 0),
        );
    }),
  );
});
