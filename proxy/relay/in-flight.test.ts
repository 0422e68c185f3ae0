import assert from "node:assert/strict";
import {test} from "node:test";
import {getHeapSpaceStatistics, setFlagsFromString} from "node:v8";
import {runInNewContext} from "node:vm";
import fc from "fast-check";
import {createInFlight} from "./in-flight.ts";

interface Member {
  readonly id: number;
  place: number;
  readonly load: number[];
}

test("whoever comes and goes, it has those that a set has", () => {
  const moves = fc.array(fc.record({comes: fc.boolean(), which: fc.nat()}), {maxLength: 200});
  fc.assert(
    fc.property(moves, (moves) => {
      const inFlight = createInFlight<Member>();
      const set = new Set<Member>();
      for (const [id, {comes, which}] of moves.entries()) {
        const member = comes ? {id, place: 0, load: []} : [...set][which % (set.size || 1)];
        if (!member) continue;
        inFlight[comes ? "add" : "remove"](member);
        set[comes ? "add" : "delete"](member);
      }
      assert.equal(inFlight.all().length, set.size);
      assert.deepEqual(new Set(inFlight.all()), set);
    }),
  );
});

test("who has left it is gone with the next collection of young objects", () => {
  setFlagsFromString("--expose-gc");
  const collect: (options?: {type: "minor"}) => void = runInNewContext("gc");
  const inFlight = createInFlight<Member>();
  const inIt: Member[] = [];
  const pass = (id: number) => {
    const member = {id, place: 0, load: Array.from({length: 1000}, () => id)};
    inFlight.add(member);
    inIt.push(member);
    if (inIt.length > 4) inFlight.remove(inIt.shift()!);
    if (id % 100 === 0) collect({type: "minor"});
  };
  for (let id = 0; id < 100; id++) pass(id);
  collect();
  const before = oldBytes();
  for (let id = 0; id < 2000; id++) pass(id);
  assert.ok(oldBytes() - before < 2e6, `${oldBytes() - before} bytes stayed`);
});

const oldBytes = () =>
  getHeapSpaceStatistics().find(({space_name}) => space_name === "old_space")!.space_used_size;
