import assert from "node:assert/strict";
import {test} from "node:test";
import type {Deployment} from "../policy.ts";
import {createDeploymentHealth} from "./deployment-health.ts";
import {createLoads} from "./loads.ts";
import {hasSpare, isShort} from "./room.ts";
import {createUpstreamQuotas} from "./upstream-quota.ts";

const now = () => 0;
const one: Deployment = {upstream: "host", name: "one", weight: 1};
const other: Deployment = {upstream: "host", name: "other", weight: 1};
const createKnown = () => ({
  health: createDeploymentHealth(now),
  loads: createLoads(now),
  quotas: createUpstreamQuotas(now),
});
type Known = ReturnType<typeof createKnown>;

const reasons: Record<string, (known: Known) => void> = {
  "it is gone": ({health}) => health.absences.note(one, "retired"),
  "it has said 429": ({health}) => health.cool(one, 5),
  "it has failed": ({health}) => {
    for (let count = 0; count < 5; count++) health.failed(one, undefined);
  },
  "a fifth of its quota is left": ({quotas}) =>
    quotas.read(one, {"x-ratelimit-limit-tokens": "10", "x-ratelimit-remaining-tokens": "2"}),
  "requests wait at its host": ({loads}) => loads.said(one, {running: 8, waiting: 1, usage: 0}),
  "a fifth of its host's memory is left": ({loads}) =>
    loads.said(one, {running: 8, waiting: 0, usage: 0.8}),
};

for (const [reason, happen] of Object.entries(reasons))
  test(`a deployment has no room to spare where ${reason}, and room is short where no other has any`, () => {
    const known = createKnown();
    assert.ok(hasSpare(one, known));
    happen(known);
    assert.ok(!hasSpare(one, known));
    assert.ok(isShort([one], known));
    assert.ok(!isShort([one, other], known));
  });
