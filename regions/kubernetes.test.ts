import assert from "node:assert/strict";
import {test} from "node:test";
import {creatableOn, KNOWN_AS_OF, minorOf, minors, minorsBetween, nextMinor} from "./kubernetes.ts";
import {readWorld} from "./read.ts";

const days: Record<string, string[]> = {
  "2026-08-31": ["1.34", "1.35", "1.36"],
  "2026-10-24": ["1.34", "1.35", "1.36"],
  // Three are supported: 1.34 is platform support's, with six weeks to its end.
  "2026-10-25": ["1.35", "1.36", "1.37"],
  "2027-03-31": ["1.35", "1.36", "1.37"],
  "2027-04-01": ["1.36", "1.37"],
  "2027-11-01": [],
};

for (const [day, versions] of Object.entries(days))
  test(`clusters can be made on ${day} of ${versions.join(", ") || "none that is known"}`, () =>
    assert.deepEqual(creatableOn(day), versions));

test("every version is the next of the one before it, begins and ends after it, and lasts a year", () => {
  const all = Object.entries(minors);
  for (const [at, [version, {begins, ends}]] of all.entries()) {
    assert.ok(Date.parse(ends) - Date.parse(begins) >= 364 * 86_400_000, version);
    const [before, older] = all[at - 1] ?? [];
    if (!before) continue;
    assert.deepEqual([nextMinor(before), minorsBetween(before, version)], [version, 1]);
    assert.ok(older!.begins < begins && older!.ends < ends, version);
  }
});

test("the default is one that clusters can be made of, and not the newest", () => {
  const versions = new Set(readWorld().regions.map(({cluster}) => cluster.version));
  assert.equal(versions.size, 1);
  const [version] = [...versions] as [string];
  const creatable = creatableOn(KNOWN_AS_OF);
  assert.ok(creatable.includes(version) && version !== creatable.at(-1));
  assert.ok(minorOf(version));
});
