import assert from "node:assert/strict";
import {test} from "node:test";
import {type Beginning, standToBegin} from "./begin.ts";
import type {Stand} from "./journal.ts";

const beginning: Beginning = {
  id: "2",
  waves: [["global"], ["eastus2"]],
  image: "0123456789ab",
  pinned: false,
  source: "b",
};
const start = {wave: 0, entered: false, failed: undefined, ended: undefined};
const open: Stand = {...beginning, ...start, id: "1", wave: 1, entered: true};
const ended: Stand = {...open, ended: "done"};
const changed: Stand = {...open, source: "a"};
const go = {resume: false, anew: false};
const resume = {resume: true, anew: false};

const stands = {
  "the first": {last: undefined, ...go, stand: {...beginning, ...start}},
  "after one that ended": {last: ended, ...go, stand: {...beginning, ...start}},
  "anew, after one that stopped": {last: open, ...go, anew: true, stand: {...beginning, ...start}},
  resumed: {last: open, ...resume, stand: open},
};

for (const [name, {stand, ...given}] of Object.entries(stands))
  test(name, () => assert.deepEqual(standToBegin({beginning, ...given}), stand));

const nothing = "no rollout was interrupted here: leave out --resume, or name its --journal";
const refusals = {
  "another, while one is half-way": {
    last: open,
    ...go,
    message:
      "the rollout of 1 stopped at wave 2 of 2, eastus2; go on with it by --resume, or begin another by --anew",
  },
  "resumed before the first": {last: undefined, ...resume, message: nothing},
  "resumed after the end": {last: ended, ...resume, message: nothing},
  "resumed as something else": {
    last: changed,
    ...resume,
    message:
      "regions.yaml or the proxies' code is not what the rollout of 1 began with; check that out, or begin another by --anew",
  },
};

for (const [name, {message, ...given}] of Object.entries(refusals))
  test(`refused: ${name}`, () =>
    assert.throws(() => standToBegin({beginning, ...given}), {message}));
