import assert from "node:assert/strict";
import {test} from "node:test";
import type {DynamicRecord} from "./record.ts";
import {refuseBeyondRoute53} from "./route53.ts";

const recordOf = (locations: number, values: number, characters: number): DynamicRecord => ({
  dynamic: {
    pools: {
      a: {values: Array.from({length: values - 1}, () => ({value: "v".repeat(characters)}))},
    },
    rules: [{geos: Array.from({length: locations - 1}, (_, i) => `G${i}`), pool: "a"}, {pool: "a"}],
  },
  octodns: {},
  ttl: 30,
  type: "CNAME",
  value: "v".repeat(characters),
});

test("what is just within Route 53's limits is let through", () => {
  refuseBeyondRoute53(recordOf(100, 500, 32));
  refuseBeyondRoute53(recordOf(1, 16, 1000));
});

test("what is beyond them is refused: every limit at once, with the mend", () => {
  assert.throws(() => refuseBeyondRoute53(recordOf(101, 17, 1000)), {
    message: `Route 53 cannot hold this plan:
  - 101 locations, and a name has 100
  - 17 values of 17000 characters, and a change has half of 1000 values and half of 32000 characters where it replaces what is there
Merge pools that are neighbours (give their regions one pool), or name continents in routing.places.`,
  });
  assert.throws(() => refuseBeyondRoute53(recordOf(1, 501, 1)), /501 values of 501 characters/);
});
