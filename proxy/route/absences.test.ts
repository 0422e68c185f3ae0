import assert from "node:assert/strict";
import {test} from "node:test";
import {createAbsences} from "./absences.ts";

const one = {upstream: "host", name: "one", weight: 1};
const other = {...one, name: "other"};

function setUp() {
  const clock = {ms: 0};
  const absences = createAbsences(() => clock.ms);
  const dueAt = (ms: number) => {
    clock.ms = ms;
    return absences.isDue(one);
  };
  return {clock, absences, dueAt};
}

test("a deployment is gone once its host says so, and it alone, until it is back", () => {
  const {absences} = setUp();
  assert.equal(absences.note(one, "missing"), true);
  assert.equal(absences.note(one, "missing"), false);
  assert.equal(absences.note(one, "retired"), true, "another reason is news");
  assert.deepEqual([absences.of(one), absences.of(other)], ["retired", undefined]);
  absences.back(one);
  assert.deepEqual([absences.of(one), absences.note(one, "retired")], [undefined, true]);
});

for (const [absence, everyMs] of [
  ["retired", 60_000],
  ["missing", 10_000],
] as const)
  test(`one that is ${absence} is due every ${everyMs} ms, whether or not it answers`, () => {
    const {absences, dueAt} = setUp();
    assert.equal(dueAt(0), false, "what is there is never due");
    absences.note(one, absence);
    assert.deepEqual([everyMs - 1, everyMs, everyMs + 1].map(dueAt), [false, true, false]);
    assert.deepEqual([2 * everyMs - 1, 2 * everyMs].map(dueAt), [false, true]);
    absences.note(one, absence);
    assert.deepEqual([3 * everyMs - 1, 3 * everyMs].map(dueAt), [false, true]);
  });
