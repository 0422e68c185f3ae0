import assert from "node:assert/strict";
import {test} from "node:test";
import {isWorse, type Taken, takenOf} from "./arms.ts";

const cases: Record<string, [arm: Taken, other: Taken, worse: boolean]> = {
  "much less is worse": [{whole: 10, left: 90}, {whole: 50, left: 50}, true],
  "a little less may be chance": [{whole: 45, left: 55}, {whole: 50, left: 50}, false],
  "a little less of very many is none of it": [
    {whole: 4500, left: 5500},
    {whole: 5000, left: 5000},
    true,
  ],
  "as much is not": [{whole: 50, left: 50}, {whole: 50, left: 50}, false],
  "more is not": [{whole: 50, left: 50}, {whole: 10, left: 90}, false],
  "few say nothing": [{whole: 0, left: 29}, {whole: 50, left: 0}, false],
  "none taken of either says nothing": [{whole: 0, left: 50}, {whole: 0, left: 50}, false],
};
for (const [name, [arm, other, worse]] of Object.entries(cases))
  test(name, () => assert.equal(isWorse(arm, other), worse));

test("what became of an arm's requests is summed over proxies and deployments", () => {
  const sample = (arm: string, outcome: string, value: number) => ({
    ...{name: "meridian_requests_total", value},
    labels: {arm, outcome, deployment: "a"},
  });
  const pods = [
    {samples: [sample("e/new", "success", 2), sample("e/new", "cancelled", 3)]},
    {samples: [sample("e/new", "success", 4), sample("e/old", "success", 8)]},
    {samples: [{...sample("e/new", "success", 16), name: "another"}]},
  ];
  assert.deepEqual(takenOf("e/new", pods), {whole: 6, left: 3});
});
