import assert from "node:assert/strict";
import {appendFileSync, mkdtempSync, readFileSync, rmSync} from "node:fs";
import {tmpdir} from "node:os";
import {join} from "node:path";
import {type TestContext, test} from "node:test";
import {type Entry, openJournal, type Replay, replay} from "./journal.ts";

const waves = [["global"], ["eastus2"], ["westeurope"]];
const begun = {id: "1", waves, image: "0123456789ab", pinned: false, source: "a"};
const begin: Entry = {did: "begin", ...begun};
const old = {image: "registry/proxy:00000000000a", policy: "{}"};
const newer = {image: "registry/proxy:00000000000b", policy: "{}"};
const engine = {pid: 7, command: "pulumi up"};
const enter = (wave: number, before = {}): Entry => ({did: "enter", wave, before});
const pass = (wave: number): Entry => ({did: "pass", wave});
const stand = {...begun, wave: 0, entered: false, failed: undefined, ended: undefined};
const none = {good: new Map(), running: new Map()};

const cases: Record<string, {entries: Entry[]; replay: Replay}> = {
  nothing: {entries: [], replay: {...none, last: undefined}},
  "only begun": {entries: [begin], replay: {...none, last: stand}},
  "an engine that nobody saw end": {
    entries: [begin, enter(0), {did: "start", stack: "global", ...engine}],
    replay: {
      last: {...stand, entered: true},
      good: new Map(),
      running: new Map([["global", {did: "start", stack: "global", ...engine}]]) as never,
    },
  },
  "a wave passed": {
    entries: [
      begin,
      enter(0),
      {did: "start", stack: "global", ...engine},
      {did: "finish", stack: "global", code: 0},
      pass(0),
    ],
    replay: {...none, last: {...stand, wave: 1}},
  },
  "a wave under way: what it ran before is the last that was good": {
    entries: [begin, pass(0), enter(1, {eastus2: old})],
    replay: {
      ...none,
      last: {...stand, wave: 1, entered: true},
      good: new Map([["eastus2", old]]),
    },
  },
  "begun anew half-way through a wave: what it ran then was never judged": {
    entries: [begin, pass(0), enter(1, {eastus2: old}), begin, pass(0), enter(1, {eastus2: newer})],
    replay: {
      ...none,
      last: {...stand, wave: 1, entered: true},
      good: new Map([["eastus2", old]]),
    },
  },
  "a wave that goes back, a region of it already has": {
    entries: [
      {...begin, waves: [["eastus2", "japaneast"]]},
      enter(0, {eastus2: old, japaneast: old}),
      {did: "fail", wave: 0, seen: ["eastus2: late"]},
      {did: "return", stack: "eastus2"},
      {did: "pause", seen: []},
    ],
    replay: {
      ...none,
      last: {...stand, waves: [["eastus2", "japaneast"]], entered: true, failed: ["eastus2: late"]},
      good: new Map([["japaneast", old]]),
    },
  },
  done: {
    entries: [begin, pass(0), pass(1), pass(2), {did: "end", how: "done"}],
    replay: {...none, last: {...stand, wave: 3, ended: "done"}},
  },
};

for (const [name, {entries, replay: expected}] of Object.entries(cases))
  test(name, () => assert.deepEqual(replay(entries), expected));

function pathOf(t: TestContext): string {
  const folder = mkdtempSync(join(tmpdir(), "meridian-"));
  t.after(() => rmSync(folder, {recursive: true}));
  return join(folder, "journal.jsonl");
}

test("what is recorded is read again, with its time in the file", (t) => {
  const path = pathOf(t);
  const first = openJournal(path, () => new Date(0));
  first.record(begin);
  first.record(pass(0));
  assert.deepEqual(first.entries, [begin, pass(0)]);
  first.close();
  const at = {at: "1970-01-01T00:00:00.000Z"};
  const second = openJournal(path);
  assert.deepEqual(second.entries, [
    {...at, ...begin},
    {...at, ...pass(0)},
  ]);
  second.close();
});

test("a line that a crash cut short never was, and spoils none that follow", (t) => {
  const path = pathOf(t);
  const first = openJournal(path);
  first.record(begin);
  first.close();
  appendFileSync(path, '{"did": "pa');
  const second = openJournal(path);
  second.record(pass(0));
  second.close();
  const third = openJournal(path);
  assert.deepEqual(
    third.entries.map(({did}) => did),
    ["begin", "pass"],
  );
  third.close();
  assert.equal(readFileSync(path, "utf8").split("\n").length, 4);
});
