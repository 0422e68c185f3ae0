import assert from "node:assert/strict";
import {test} from "node:test";
import {fuzz} from "./fuzz.cases.ts";

/** What a million frames may leave behind, beside what the engine keeps of its own. */
const GROWTH_MB = 64;

test("a million frames, changed at random, end no more than their connections, and leave nothing", async (t) => {
  await fuzz(t, 50_000);
  const before = process.memoryUsage().heapUsed;
  await fuzz(t, 1_000_000);
  const grownMb = (process.memoryUsage().heapUsed - before) / 2 ** 20;
  t.diagnostic(`grown by ${grownMb.toFixed(1)} MB`);
  assert.ok(grownMb < GROWTH_MB);
});
