import assert from "node:assert/strict";
import {test} from "node:test";
import {figuresOf} from "./figures.ts";
import type {PodReading} from "./reading.ts";
import {parseSamples} from "./samples.ts";

const pod = (region: string, pid: number, text: string): PodReading => ({
  region,
  name: "proxy-1",
  pid,
  ready: true,
  samples: parseSamples(text),
  deployments: [],
  missed: "",
});

const requests = (outcome: string, count: number) =>
  `meridian_requests_total{model="m",deployment="d",arm="",outcome="${outcome}"} ${count}`;

const before = {
  atMs: 1000,
  pods: [pod("east", 1, requests("success", 10)), pod("west", 2, requests("success", 50))],
};
const after = {
  atMs: 3000,
  pods: [
    pod(
      "east",
      1,
      [
        requests("success", 12),
        requests("cancelled", 3),
        requests("truncated", 1),
        'meridian_cancels_total{model="m",phase="waiting"} 2',
        'meridian_cancels_total{model="m",phase="streaming"} 1',
        'meridian_spills_total{model="m",deployment="d",reason="429"} 4',
        'meridian_prompt_tokens_spared_total{model="m"} 70',
        'meridian_first_byte_seconds_bucket{le="0.1",model="m",deployment="d",arm=""} 2',
        'meridian_first_byte_seconds_bucket{le="0.2",model="m",deployment="d",arm=""} 2',
        'meridian_first_byte_seconds_bucket{le="+Inf",model="m",deployment="d",arm=""} 2',
      ].join("\n"),
    ),
    // Started anew: it has counted from nothing.
    pod("west", 3, requests("success", 4)),
  ],
};

test("figures of a region are what its proxies counted between two readings", () => {
  assert.deepEqual(figuresOf([before, after], "east"), {
    perS: 3,
    firstByteMs: {p50: 50, p95: 95},
    cancelled: 0.5,
    phases: {waiting: 2, streaming: 1},
    spills: {429: 4},
    sparedTokens: 70,
  });
});

test("a proxy that was started anew loses nothing and gains nothing; the whole is all of them", () => {
  assert.equal(figuresOf([before, after], "west").perS, 2);
  assert.equal(figuresOf([before, after]).perS, 5);
});

test("a single reading says nothing", () => {
  assert.deepEqual(figuresOf([after, after]), {
    perS: 0,
    firstByteMs: undefined,
    cancelled: 0,
    phases: {},
    spills: {},
    sparedTokens: 0,
  });
});
