import assert from "node:assert/strict";
import {test} from "node:test";
import {MEASURES} from "./measures.ts";
import {plans} from "./plans.ts";
import {MAIN} from "./rows.ts";
import {agenda} from "./run.ts";

const asked = agenda({rows: MAIN, measures: MEASURES, rounds: 3});
const rowsOf = (measure: string, round: number) =>
  asked.filter((cell) => cell.measure === measure && cell.round === round).map(({row}) => row);

test("rows take turns: each is measured once before any is measured again", () => {
  for (const round of [1, 2, 3]) assert.deepEqual(rowsOf("unary", round), MAIN);
  assert.deepEqual(
    asked.slice(0, 6).map(({row, round}) => `${row} ${round}`),
    ["direct 1", "haproxy 1", "envoy 1", "proxy 1", "edge 1", "direct 2"],
  );
});

test("what is measured once has one round, and no measure has rows of which it says nothing", () => {
  for (const measure of MEASURES) {
    const {once, without = []} = plans[measure];
    assert.deepEqual(
      rowsOf(measure, 1),
      MAIN.filter((row) => !without.includes(row)),
    );
    assert.equal(rowsOf(measure, 2).length === 0, once ?? false);
  }
});
