import assert from "node:assert/strict";
import {test} from "node:test";
import fc from "fast-check";
import type {Verdict} from "./gate.ts";
import {type Entry, replay, type Stand, type Version} from "./journal.ts";
import {type RolloutActions, rollOut} from "./rollout.ts";

const three = ["canary", "a", "b"];
const [old, fresh] = ["old", "new"].map((name) => ({image: name, policy: name})) as [
  Version,
  Version,
];
const passed: Verdict = {how: "passed", seen: []};
const ill: Verdict = {how: "failed", seen: ["late"]};
const held: Verdict = {how: "held", seen: ["all late"]};

class Crash extends Error {}

/** Stacks that run the old version, rollout actions on them, and a log of what those did. */
function start({
  verdicts = {},
  faults = {},
  regions = three,
  waves = [["global"], ["canary"], ["a", "b"], ["dns"]],
  before = regions,
}: {
  /** Keyed by a wave's first region. */
  verdicts?: Record<string, Verdict>;
  /** Keyed by stack; `back a` is stack a being brought back. */
  faults?: Record<string, string>;
  regions?: readonly string[];
  waves?: readonly (readonly string[])[];
  /** Stacks that had been brought up before. */
  before?: readonly string[];
} = {}) {
  const runs = new Map(before.map((name) => [name, old]));
  const source = {image: "new", pinned: false, source: ""};
  const entries: Entry[] = [{did: "begin", id: "1", waves, ...source}];
  const did: string[] = [];
  const control = {stopAt: "", crashAfter: Number.POSITIVE_INFINITY, faults, verdicts};
  const note = (text: string) => {
    if (did.length >= control.crashAfter) throw new Crash();
    did.push(text);
  };
  const actions: RolloutActions = {
    versionOf: async (stack) => runs.get(stack),
    up: async (stack, version) => {
      const name = version ? `back ${stack}` : stack;
      note(`up ${name}`);
      if (control.faults[name]) return control.faults[name];
      if (regions.includes(stack)) runs.set(stack, version ?? fresh);
      return undefined;
    },
    watch: async (wave, others) => {
      note(`watch ${wave} beside ${others}`);
      return control.verdicts[wave[0]!] ?? passed;
    },
    serves: async () => undefined,
    record: (entry) => {
      note(`record ${entry.did}`);
      entries.push(entry);
    },
    say: () => {},
    get stopped() {
      return did.at(-1) === control.stopAt;
    },
  };
  /** Resumes from the journal. */
  const run = () => {
    const {last, good} = replay(entries);
    return rollOut(last as Stand, {good, regions, actions});
  };
  return {run, did, entries, runs, control};
}

const acts = (did: readonly string[]) => did.filter((text) => !text.startsWith("record"));

test("wave after wave, each judged beside those that are not changed, the last beside the others", async () => {
  const {run, did, runs, entries} = start();
  assert.equal(await run(), "done");
  assert.deepEqual(acts(did), [
    "up global",
    "up canary",
    "watch canary beside a,b",
    "up a",
    "up b",
    "watch a,b beside canary",
    "up dns",
  ]);
  assert.deepEqual([...runs.values()], [fresh, fresh, fresh]);
  assert.deepEqual(entries.at(-1), {did: "end", how: "done"});
});

test("whatever the waves, each is judged beside regions that have not been changed, while there are any", async () => {
  const property = fc.asyncProperty(
    fc.shuffledSubarray(["a", "b", "c", "d", "e"], {minLength: 1}),
    fc.array(fc.integer({min: 1, max: 3}), {minLength: 5, maxLength: 5}),
    async (regions, sizes) => {
      const left = [...regions];
      const waves = sizes.map((size) => left.splice(0, size)).filter(({length}) => length > 0);
      const {run, did} = start({waves, regions});
      assert.equal(await run(), "done");
      const wanted = waves.map((wave, at) => {
        const unchanged = waves.slice(at + 1).flat();
        const others = unchanged.length > 0 ? unchanged : waves.slice(0, at).flat();
        return `watch ${wave} beside ${regions.filter((name) => others.includes(name))}`;
      });
      assert.deepEqual(
        did.filter((text) => text.startsWith("watch")),
        wanted,
      );
    },
  );
  await fc.assert(property, {numRuns: 100});
});

test("a canary that fails goes back, and nobody else is touched", async () => {
  const {run, did, runs, entries} = start({verdicts: {canary: ill}});
  assert.equal(await run(), "failed");
  assert.deepEqual(acts(did), [
    "up global",
    "up canary",
    "watch canary beside a,b",
    "up back canary",
  ]);
  assert.deepEqual([...runs.values()], [old, old, old]);
  assert.deepEqual(entries.slice(3), [
    {did: "enter", wave: 1, before: {canary: old}},
    {did: "fail", wave: 1, seen: ["late"]},
    {did: "return", stack: "canary"},
    {did: "end", how: "failed"},
  ]);
});

test("a region that cannot be brought up takes its wave back, and not those before it", async () => {
  const {run, runs, entries} = start({faults: {b: "no quota"}});
  assert.equal(await run(), "failed");
  assert.deepEqual(Object.fromEntries(runs), {canary: fresh, a: old, b: old});
  assert.deepEqual(
    entries.find(({did}) => did === "fail"),
    {
      did: "fail",
      wave: 2,
      seen: ["b: no quota"],
    },
  );
});

test("what was never there has nothing to go back to: the rollout waits for a mend", async () => {
  const {run, did, control} = start({before: ["a", "b"], faults: {canary: "no quota"}});
  assert.equal(await run(), "paused");
  assert.deepEqual(acts(did), ["up global", "up canary"]);
  control.faults = {};
  assert.equal(await run(), "done");
});

test("where nobody is well it is held, and judged again when it is resumed", async () => {
  const {run, did, control, runs} = start({verdicts: {canary: held}});
  assert.equal(await run(), "paused");
  assert.deepEqual(Object.fromEntries(runs), {canary: fresh, a: old, b: old});
  control.verdicts = {};
  did.length = 0;
  assert.equal(await run(), "done");
  assert.deepEqual(acts(did).slice(0, 2), ["up canary", "watch canary beside a,b"]);
});

test("what could not be brought back is tried again, and only that", async () => {
  const {run, did, control, runs} = start({verdicts: {a: ill}, faults: {"back b": "no network"}});
  assert.equal(await run(), "paused");
  assert.deepEqual(Object.fromEntries(runs), {canary: fresh, a: old, b: fresh});
  control.faults = {};
  did.length = 0;
  assert.equal(await run(), "failed");
  assert.deepEqual(acts(did), ["up back b"]);
  assert.deepEqual(Object.fromEntries(runs), {canary: fresh, a: old, b: old});
});

test("asked to stop it ends what is under way, and begins nothing more", async () => {
  const {run, did, control, entries} = start();
  control.stopAt = "up canary";
  assert.equal(await run(), "paused");
  assert.deepEqual(acts(did), ["up global", "up canary"]);
  assert.deepEqual(entries.at(-1), {did: "pause", seen: []});
});

test("killed anywhere and resumed it ends as if it had not been", async () => {
  const outcomes = {
    good: {verdicts: {}, runs: {canary: fresh, a: fresh, b: fresh}, how: "done"},
    "bad canary": {verdicts: {canary: ill}, runs: {canary: old, a: old, b: old}, how: "failed"},
    "bad wave": {verdicts: {a: ill}, runs: {canary: fresh, a: old, b: old}, how: "failed"},
  } as const;
  const property = fc.asyncProperty(
    fc.constantFrom(...Object.values(outcomes)),
    fc.array(fc.nat({max: 22}), {maxLength: 4}),
    async ({verdicts, runs: expected, how: wanted}, crashes) => {
      const {run, did, runs, control, entries} = start({verdicts});
      for (const after of [...crashes, Number.POSITIVE_INFINITY]) {
        did.length = 0;
        control.crashAfter = after;
        const how = await run().catch((error) => assert.ok(error instanceof Crash, error));
        if (how) assert.equal(how, wanted);
        if (how) break;
      }
      assert.deepEqual(Object.fromEntries(runs), expected);
      assert.equal(replay(entries).last?.ended, wanted);
      assert.equal(replay(entries).good.size, 0);
    },
  );
  await fc.assert(property, {numRuns: 200});
});
