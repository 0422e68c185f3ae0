import assert from "node:assert/strict";
import {test} from "node:test";
import {Counter, Histogram, Registry} from "prom-client";
import {parseSamples, quantile} from "./samples.ts";

test("what prom-client writes is read, whatever the labels hold", async () => {
  const registers = [new Registry()];
  const labels = {model: 'a "b"\\c\nd', outcome: "success"};
  const counter = new Counter({
    name: "n_total",
    help: "n {x} 1",
    labelNames: ["model", "outcome"],
    registers,
  });
  counter.inc(labels, 3);
  new Histogram({name: "s", help: "s", buckets: [0.5], registers}).observe(0.25);
  assert.deepEqual(parseSamples(await registers[0]!.metrics()), [
    {name: "n_total", labels, value: 3},
    {name: "s_bucket", labels: {le: "0.5"}, value: 1},
    {name: "s_bucket", labels: {le: "+Inf"}, value: 1},
    {name: "s_sum", labels: {}, value: 0.25},
    {name: "s_count", labels: {}, value: 1},
  ]);
  assert.deepEqual(parseSamples("# HELP x\n\nx 1 2 3\n+Inf"), []);
});

test("a quantile lies within its bucket, and at the last bound when it is over all", () => {
  const buckets = [
    {le: Number.POSITIVE_INFINITY, count: 10},
    {le: 0.1, count: 4},
    {le: 0.2, count: 8},
  ];
  assert.deepEqual(
    [0.2, 0.5, 0.8, 0.95].map((share) => quantile(share, buckets)?.toFixed(3)),
    ["0.050", "0.125", "0.200", "0.200"],
  );
  assert.equal(quantile(0.5, []), undefined);
  assert.equal(quantile(0.5, [{le: 1, count: 0}]), undefined);
});
