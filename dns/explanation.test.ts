import assert from "node:assert/strict";
import {test} from "node:test";
import {placeByCode} from "../regions/places.ts";
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
    2  europe       143  westeurope 67%, swedencentral 33%
    3  brazilsouth  168  brazilsouth 100%
    4  japaneast    136  japaneast 100%
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
