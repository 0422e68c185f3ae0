import assert from "node:assert/strict";
import {test} from "node:test";
import {median, quantile} from "./numbers.ts";

const hundred = Array.from({length: 100}, (_, index) => 100 - index);

const cases: Record<string, [got: number, wanted: number]> = {
  "half of a hundred": [quantile(hundred, 0.5), 50],
  "99 of a hundred": [quantile(hundred, 0.99), 99],
  "all of a hundred": [quantile(hundred, 1), 100],
  "none of three is the least": [quantile([3, 1, 2], 0), 1],
  "a share of one value": [quantile([7], 0.99), 7],
  "a share of none": [quantile([], 0.5), Number.NaN],
  "the middle of three": [median([9, 1, 5]), 5],
  "the middle of four": [median([1, 9, 5, 3]), 4],
  "the middle of none": [median([]), Number.NaN],
};

for (const [name, [got, wanted]] of Object.entries(cases))
  test(name, () => assert.equal(got, wanted));
