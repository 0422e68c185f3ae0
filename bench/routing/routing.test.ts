import assert from "node:assert/strict";
import {test} from "node:test";
import {routingVerdicts} from "./aims.ts";
import {compareAt, type RouterName} from "./comparison.ts";
import {LOOKING_UP, tracedIn} from "./setting.ts";

/** What it finds to be 80 % of what there is room for. */
const PEOPLE = 435;

const seen = compareAt(LOOKING_UP, PEOPLE, () => {});
const of = (wanted: RouterName) => seen.rows.find(({name}) => name === wanted)!.figures;

for (const {what, limit, measured, isReached} of routingVerdicts(seen))
  test(`of the proxy's routing: ${what} is ${limit}`, () => assert.ok(isReached, measured));

test("no request is answered twice, and of two that were asked the one that is later is told to stop", () => {
  const {twice, cancelled, decided} = of("proxy");
  assert.ok(decided > 0);
  assert.deepEqual([twice, cancelled], [0, decided]);
});

test("every way of routing is judged by the same requests, whatever becomes of them", () => {
  const counted = tracedIn(LOOKING_UP, PEOPLE).filter(({atMs}) => atMs >= LOOKING_UP.warmMs).length;
  for (const {figures} of seen.rows) assert.equal(figures.requests, counted);
});
