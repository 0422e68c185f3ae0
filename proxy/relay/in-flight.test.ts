import assert from "node:assert/strict";
import {test} from "node:test";
import fc from "fast-check";
import {keptBytes} from "../kept.rig.ts";
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
  const inFlight = createInFlight<Member>();
  const comes = (id: number) => {
    const member = {id, place: 0, load: Array.from({length: 1000}, () => id)};
    inFlight.add(member);
    return member;
  };
  assert.ok(keptBytes(comes, inFlight.remove) < 2e6);
});
