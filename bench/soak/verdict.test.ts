import assert from "node:assert/strict";
import {test} from "node:test";
import {plot} from "./plot.ts";
import type {Sample} from "./sample.ts";
import {verdict} from "./verdict.ts";

const steady: Sample = {
  minute: 0,
  proxyMb: 600,
  edgeMb: 300,
  handles: 200,
  sessions: 12,
  requests: 250,
  cancelled: 120,
  failed: 0,
  p50Ms: 130,
  p99Ms: 190,
};

const soakOf = (change: (at: number) => Partial<Sample>) =>
  Array.from({length: 50}, (_, at): Sample => ({...steady, minute: at / 2, ...change(at)}));

const broken = (samples: readonly Sample[]) =>
  verdict(samples).flatMap(({what, held}) => (held ? [] : [what]));

const cases: Record<string, [change: (at: number) => Partial<Sample>, broken: string[]]> = {
  "nothing changes": [() => ({}), []],
  "a heap that breathes": [(at) => ({proxyMb: 600 + 50 * (at % 5)}), []],
  "what fills at the start": [(at) => ({proxyMb: at < 10 ? 300 : 600}), []],
  "a leak of memory": [
    (at) => ({proxyMb: 600 + 10 * at}),
    ["memory of the proxies grew by 25.2 % from half to half (at most 10 %)"],
  ],
  "a leak of handles and sessions": [
    (at) => ({handles: 200 + 5 * at, sessions: 12 + at}),
    [
      "handles of the proxies grew by 33.6 % from half to half (at most 15 %)",
      "sessions to model hosts grew by 63.5 % from half to half (at most 15 %)",
    ],
  ],
  "requests that fail": [(at) => ({failed: at === 7 ? 2 : 0}), ["2 of 12500 requests failed"]],
};

for (const [what, [change, faults]] of Object.entries(cases))
  test(`a soak with ${what}`, () => assert.deepEqual(broken(soakOf(change)), faults));

test("a soak is drawn, steps in which nobody asked left out", () => {
  const svg = plot(
    "30 minutes & <more>",
    soakOf((at) => (at === 3 ? {p50Ms: Number.NaN} : {})),
  );
  assert.match(svg, /<title>30 minutes &amp; &lt;more><\/title>/);
  assert.doesNotMatch(svg, /NaN|Infinity|undefined/);
  assert.equal(svg.match(/class="line line/g)!.length, 8);
});
