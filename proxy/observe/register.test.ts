import assert from "node:assert/strict";
import {test} from "node:test";
import fc from "fast-check";
import * as peer from "prom-client";
import {createRegister} from "./register.ts";

const LABELS = ["model", "end"] as const;
const BUCKETS = [0.001, 0.5, 2, 10];

/** What the format escapes and what it does not; no comma, by which the peer would take two series for one. */
const value = fc.string({unit: fc.constantFrom(...'ab\\"\n{}= é😀'), maxLength: 3});
const labels = fc.record({model: value, end: value});
const number = fc.oneof(fc.constantFrom(0, ...BUCKETS), fc.double({min: 0, max: 20, noNaN: true}));
const step = fc.record({
  what: fc.constantFrom("counter", "plain", "histogram", "plainHistogram", "gauge", "read"),
  labels,
  number,
});

/** The same metrics of ours and of the peer's, each with what makes a step and what tells the text. */
function ours() {
  const register = createRegister();
  const about = (name: string) => ({name, help: `What ${name} is.`, labelNames: LABELS});
  const plain = (name: string) => ({...about(name), labelNames: []});
  const readings: {labels: Record<(typeof LABELS)[number], string>; value: number}[] = [];
  const counter = register.counter(about("counter"));
  const plainCounter = register.counter(plain("plain"));
  const histogram = register.histogram(about("histogram"), BUCKETS);
  const plainHistogram = register.histogram(plain("plain_histogram"), BUCKETS);
  register.gauge(about("gauge"), () => readings);
  return {
    counter: counter.inc,
    plain: (_: unknown, by: number) => plainCounter.inc({}, by),
    histogram: histogram.observe,
    plainHistogram: (_: unknown, observed: number) => plainHistogram.observe({}, observed),
    gauge: (of: (typeof readings)[number]["labels"], read: number) =>
      void readings.push({labels: of, value: read}),
    text: async () => register.text(),
  };
}

function theirs() {
  const registers = [new peer.Registry()];
  const about = (name: string) => ({name, help: `What ${name} is.`, registers});
  const counter = new peer.Counter({...about("counter"), labelNames: LABELS});
  const plain = new peer.Counter(about("plain"));
  const histogram = new peer.Histogram({
    ...about("histogram"),
    labelNames: LABELS,
    buckets: BUCKETS,
  });
  const plainHistogram = new peer.Histogram({...about("plain_histogram"), buckets: BUCKETS});
  const gauge = new peer.Gauge({...about("gauge"), labelNames: LABELS});
  return {
    counter: counter.inc.bind(counter),
    plain: (_: unknown, by: number) => plain.inc(by),
    histogram: histogram.observe.bind(histogram),
    plainHistogram: (_: unknown, observed: number) => plainHistogram.observe(observed),
    gauge: gauge.set.bind(gauge),
    text: () => registers[0]!.metrics(),
  };
}

test("whatever is counted, and whenever it is read, the text is that of prom-client", async () => {
  await fc.assert(
    fc.asyncProperty(fc.array(step, {maxLength: 20}), async (steps) => {
      const [one, other] = [ours(), theirs()];
      for (const {what, labels, number} of [
        ...steps,
        {what: "read" as const, labels: {model: "", end: ""}, number: 0},
      ]) {
        if (what === "read") assert.equal(await one.text(), await other.text());
        else for (const each of [one, other]) each[what](labels, number);
      }
    }),
    {seed: 1, numRuns: 300},
  );
});

test("labels whose values look alike when they are joined are two series", () => {
  const register = createRegister();
  const {inc} = register.counter({name: "n", help: "N.", labelNames: LABELS});
  inc({model: "a,end:b", end: ""});
  inc({model: "a", end: "b,end:"}, 2);
  assert.match(register.text(), /^n\{model="a,end:b",end=""\} 1\nn\{model="a",end="b,end:"\} 2$/m);
});
