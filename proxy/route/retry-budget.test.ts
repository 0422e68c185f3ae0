import assert from "node:assert/strict";
import {test} from "node:test";
import {createRetryBudget} from "./retry-budget.ts";

test("what is saved may be spent, then a fifth of the traffic and ten a second", () => {
  const clock = {ms: 0};
  const budget = createRetryBudget(() => clock.ms);
  const spent = () => {
    for (let count = 0; ; count++) if (!budget.spend()) return count;
  };
  assert.equal(spent(), 100);
  for (let count = 0; count < 50; count++) budget.earn();
  assert.ok([9, 10].includes(spent()));
  clock.ms += 1000;
  assert.ok([9, 10, 11].includes(spent()));
  clock.ms += 3_600_000;
  assert.equal(spent(), 100);
});
