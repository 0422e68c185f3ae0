import assert from "node:assert/strict";
import {test} from "node:test";
import {routingVerdicts} from "./aims.ts";
import {compareAt} from "./comparison.ts";
import {LOOKING_UP, tracedIn} from "./setting.ts";

/** Less of the bench's own: in less than this no cache is full, and few requests are late. */
const short = {...LOOKING_UP, forMs: 120_000};
/** What it finds to be 80 % of what there is room for. */
const PEOPLE = 435;

const seen = compareAt(short, PEOPLE, () => {});

for (const {what, limit, measured, isReached} of routingVerdicts(seen))
  test(`of the proxy's routing: ${what} is ${limit}`, () => assert.ok(isReached, measured));

test("every way of routing is judged by the same requests, and the same run comes to the same", () => {
  const counted = tracedIn(short, PEOPLE).filter(({atMs}) => atMs >= short.warmMs).length;
  for (const {figures} of seen.rows) assert.equal(figures.requests, counted);
});
