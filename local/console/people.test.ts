import assert from "node:assert/strict";
import {test} from "node:test";
import {createPeople, type Typed} from "./people.ts";

const typed = (given: Partial<Typed>): Typed => ({
  ...{atMs: 1000, place: "EU-DE", region: "west", outcome: "served", answer: undefined},
  ...given,
});

test("what failed is a share of what people waited for, wherever DNS had sent them", () => {
  const people = createPeople(() => 2000);
  const answer = {region: "west", host: "east", deployment: "d"};
  people.ended(typed({answer}));
  people.ended(typed({outcome: "cancelled"}));
  for (let count = 0; count < 3; count++)
    people.ended(typed({region: "east", place: "AS-JP", outcome: "failed"}));
  people.ended(typed({region: "north", outcome: "cancelled"}));
  assert.deepEqual(people.seen(), {
    failed: 0.75,
    failedIn: {west: 0, east: 1, north: 0},
    arcs: [
      {place: "EU-DE", region: "west", perS: 0.4},
      {place: "AS-JP", region: "east", perS: 0.6},
      {place: "EU-DE", region: "north", perS: 0.2},
    ],
    answers: [answer],
  });
});

test("it is forgotten after five seconds", () => {
  const clock = {ms: 2000};
  const people = createPeople(() => clock.ms);
  people.ended(typed({outcome: "failed"}));
  clock.ms = 5999;
  assert.equal(people.seen().failed, 1);
  clock.ms = 6000;
  assert.deepEqual(people.seen(), {failed: 0, failedIn: {}, arcs: [], answers: []});
});
