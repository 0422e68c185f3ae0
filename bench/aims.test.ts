import assert from "node:assert/strict";
import {test} from "node:test";
import {AIMS, againstAims} from "./aims.ts";
import type {Figures, Measure} from "./measures.ts";
import {plans} from "./plans.ts";
import type {Result} from "./report.ts";
import type {Row} from "./rows.ts";

const result = (measure: Measure, row: Row, figures: Figures, round = 1): Result => ({
  measure,
  row,
  round,
  figures,
});

/** The lines of one measure: what it is, its limit, what was measured, and the verdict. */
const lines = (measure: Measure, results: readonly Result[]) =>
  (againstAims(results, false) ?? "")
    .split("\n")
    .filter((line) => line.startsWith(`${measure}, `))
    .map((line) => line.split(/ {2,}/).slice(1));

test("every aim is of a figure that is shown, and of rows that are measured", () => {
  for (const {measure, key, row = "proxy", most} of AIMS) {
    const {columns, without = []} = plans[measure];
    assert.ok(columns.some((column) => column.key === key));
    assert.ok(![row, ...("of" in most ? [most.of] : [])].some((each) => without.includes(each)));
  }
});

test("an aim is reached up to its limit, and by the median of the rounds", () => {
  const haproxy = result("unary", "haproxy", {cpuUs: 40});
  const proxy = [60, 10, 900].map((cpuUs, round) => result("unary", "proxy", {cpuUs}, round));
  const [beside] = lines("unary", [haproxy, ...proxy]);
  assert.deepEqual(beside, ["1.5 x haproxy's, 60 us", "60 us", "reached"]);
  const [over] = lines("unary", [haproxy, result("unary", "proxy", {cpuUs: 60.1})]);
  assert.deepEqual(over, ["1.5 x haproxy's, 60 us", "60.1 us", "not reached"]);
});

test("waits are judged by what they add to the direct row's, on both sides", () => {
  const measure = "first-byte-2000";
  const rows = {direct: 100, haproxy: 150, envoy: 300, proxy: 301};
  const results = Object.entries(rows).map(([row, us]) =>
    result(measure, row as Row, {p50: us, p99: us}),
  );
  assert.deepEqual(lines(measure, results), [
    ["1 x envoy's, 200 us", "201 us", "not reached"],
    ["1.5 x haproxy's, 75 us", "201 us", "not reached"],
  ]);
});

test("what a run has not measured is neither reached nor missed", () => {
  assert.equal(againstAims([result("attacks", "proxy", {p50: 80})], false), undefined);
  assert.equal(againstAims([result("unary", "litellm", {cpuUs: 80})], false), undefined);
  const quick = result("memory", "proxy", {mb1000: 80});
  assert.deepEqual(lines("memory", [quick]), [["150 MB", "-", "NOT MEASURED"]]);
  const proxy = result("cancel", "proxy", {p50: 80});
  assert.deepEqual(lines("cancel", [proxy]), [["1 x envoy's", "80 us", "NOT MEASURED"]]);
});
