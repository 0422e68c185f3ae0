import assert from "node:assert/strict";
import {test} from "node:test";
import {placeByCode} from "../regions/places/places.ts";
import {readWorld} from "../regions/read.ts";
import {explain, explanationOf} from "./explanation.ts";
import {planOf} from "./plan.ts";

const plan = planOf(readWorld());
const explained = (code: string) => explain(explanationOf(plan, placeByCode(code)!));

test("one place is explained: why its pool, how far, who is next", () => {
  assert.equal(
    explained("US-CA"),
    `California (US-CA) is served by us-east: least expected round trip from the middle of its cities.
order  pool          ms  regions
    1  us-east       71  eastus2 75%, canadacentral 25%
    2  europe       154  westeurope 67%, swedencentral 33%
    3  brazilsouth  169  brazilsouth 100%
    4  japaneast    120  japaneast 100%
`,
  );
});

test("what is nearer and not chosen is told", () => {
  assert.match(
    explained("TZ"),
    /^Tanzania \(TZ\) is served by europe: routing\.places in regions\.yaml says so\./,
  );
  assert.match(explained("DE"), /middle of its cities within its residency, EU\./);
});

test("what the model does not know is told: a way that is no great circle, pools that may be as near", () => {
  assert.match(
    explained("US-AK"),
    /\nExpected by way of Seattle: Alaska's cables land in Washington/,
  );
  assert.match(explained("KZ"), /\nExpected by way of Moscow: Central Asia's traffic goes through/);
  assert.match(
    explained("GL"),
    /\nus-east may be as near: half of what is expected is wrong by 7 ms or more .* name it in routing\.places\.\n$/,
  );
  assert.doesNotMatch(explained("US-CA"), /may be as near|by way of/);
});
