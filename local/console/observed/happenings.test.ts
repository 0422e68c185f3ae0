import assert from "node:assert/strict";
import {test} from "node:test";
import {happenings} from "./happenings.ts";
import type {PodReading} from "./reading.ts";
import {snapshotOf} from "./snapshot.ts";

interface Given {
  readonly votes?: readonly (0 | 1 | undefined)[];
  readonly pid?: number;
  readonly dns?: "in" | "out" | "drained";
  readonly share?: number;
  readonly waitS?: number;
  readonly absence?: "retired" | "missing";
  readonly missed?: string;
}

const WHY = "m (4 of 210 later than 400 ms in 60 s)";

const lookOf = (given: Given) => {
  const {votes = [1, 1], pid = 7, dns = "in", share = 1, waitS = 0, absence, missed = WHY} = given;
  const judged = {share: absence ? 0 : share, waitS, absence};
  const deployment = {model: "m", upstream: "u", name: "d", isFallback: false, ...judged};
  const pods = votes.map(
    (vote, index): PodReading => ({
      ...{region: "east", name: `proxy-${index + 1}`, pid: pid + index, ready: true},
      samples: vote === undefined ? [] : [{name: "meridian_vote", labels: {}, value: vote}],
      deployments: vote === undefined ? [] : [deployment],
      missed: vote === 0 ? missed : "",
    }),
  );
  const reading = {atMs: 5000, pods};
  return snapshotOf([reading, reading], [{name: "east", dns}]);
};

const heirs = (region: string) => (region === "east" ? "west takes over" : "");

const cases: Record<string, [was: Given, is: Given, told: readonly string[]]> = {
  "nothing happens": [{}, {}, []],
  "a proxy votes itself out": [
    {},
    {votes: [0, 1]},
    [`- vote: 1 of 2 proxies votes itself out: ${WHY}`],
  ],
  "and the other too": [
    {votes: [0, 1]},
    {votes: [0, 0]},
    [`- vote: 2 of 2 proxies vote themselves out: ${WHY}`],
  ],
  "one of two comes back, which is no vote out": [
    {votes: [0, 0]},
    {votes: [0, 1]},
    ["+ vote: 1 of 2 proxies votes itself in again; 1 still out"],
  ],
  "one comes back as the other goes": [
    {votes: [0, 1]},
    {votes: [1, 0]},
    [`- vote: 1 of 2 proxies votes itself out: ${WHY}`],
  ],
  "a proxy that starts is not fit yet, and judges nothing": [{}, {votes: [0, 1], missed: ""}, []],
  "nor does one that dies while it is out come back": [
    {votes: [0, 1]},
    {votes: [undefined, 1]},
    ["- pod: proxy-1 no longer answers"],
  ],
  "all are back": [{votes: [0, 0]}, {}, ["+ vote: all proxies vote themselves in again"]],
  "DNS leaves it out": [{}, {dns: "out"}, ["- dns: DNS leaves the region out: west takes over"]],
  "DNS has it again": [{dns: "out"}, {}, ["+ dns: DNS answers with the region again"]],
  "it is drained": [
    {},
    {dns: "drained"},
    [
      "- dns: its endpoints are disabled: DNS sends no new users, those it has are served; west takes over",
    ],
  ],
  "a proxy dies": [{}, {votes: [undefined, 1]}, ["- pod: proxy-1 no longer answers"]],
  "and is started again": [
    {votes: [undefined, 1]},
    {},
    ["+ pod: proxy-1 answers again, as process 7"],
  ],
  "a proxy is replaced between two looks": [
    {votes: [1]},
    {votes: [1], pid: 9},
    ["+ pod: proxy-1 was replaced by process 9"],
  ],
  "a deployment is ejected": [
    {},
    {share: 0},
    ["- deployment: d at u is ejected: too many failures"],
  ],
  "and tried again": [
    {share: 0},
    {share: 0.1},
    ["+ deployment: d at u is tried again, with 10% of its weight at first"],
  ],
  "a deployment says 429": [
    {},
    {waitS: 5},
    ["- deployment: d at u said 429; it is left alone for 5 s"],
  ],
  "a deployment's model is retired": [
    {},
    {absence: "retired"},
    ["- deployment: d at u is left alone: it says 410, its model was retired"],
  ],
  "a deployment that had failed is missing": [
    {share: 0},
    {absence: "missing"},
    ["- deployment: d at u is left alone: it says 404, it has no such deployment"],
  ],
  "and is there again": [{absence: "missing"}, {}, ["+ deployment: d at u is there again"]],
  "and goes on saying it": [{waitS: 5}, {waitS: 4}, []],
};

for (const [name, [was, is, told]] of Object.entries(cases))
  test(name, () => {
    const found = happenings(lookOf(was), lookOf(is), heirs);
    assert.deepEqual(
      found.map(({bad, kind, text}) => `${bad ? "-" : "+"} ${kind}: ${text}`),
      told,
    );
    for (const {atMs, region} of found) assert.deepEqual([atMs, region], [5000, "east"]);
  });

test("spills are told when they begin", () => {
  const was = lookOf({});
  const spilling = {
    ...was,
    regions: was.regions.map((region) => ({...region, spills: {429: 3}})),
  };
  assert.deepEqual(
    happenings(was, spilling, heirs).map(({text}) => text),
    ["requests spill to the next deployment (429)"],
  );
  assert.deepEqual(happenings(spilling, spilling, heirs), []);
});
