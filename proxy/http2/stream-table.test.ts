import assert from "node:assert/strict";
import {test} from "node:test";
import fc from "fast-check";
import {keptBytes} from "../kept.rig.ts";
import {createStreamTable} from "./stream-table.ts";

interface Stream {
  readonly id: number;
  readonly load?: readonly number[];
}

/** Close together, as ids are, and so that many want the same place. */
const ids = fc.oneof(
  fc.integer({min: 0, max: 100}),
  fc.nat({max: 20}).map((steps) => 16 * steps),
);

test("whoever comes and goes, it has those that a map has", () => {
  const moves = fc.array(fc.record({comes: fc.boolean(), id: ids}), {maxLength: 300});
  fc.assert(
    fc.property(moves, (moves) => {
      const table = createStreamTable<Stream>();
      const map = new Map<number, Stream>();
      for (const {comes, id: half} of moves) {
        const id = 2 * half + 1;
        const stream = {id};
        if (comes && !map.has(id)) {
          table.add(stream);
          map.set(id, stream);
        } else if (!comes) {
          table.delete(id);
          map.delete(id);
        }
        assert.equal(table.get(id), map.get(id));
      }
      assert.equal(table.size, map.size);
      assert.deepEqual(new Set(table.all()), new Set(map.values()));
      for (const [id, stream] of map) assert.equal(table.get(id), stream);
    }),
  );
});

test("an empty one has nobody", () => {
  const table = createStreamTable<Stream>();
  table.add({id: 1});
  table.clear();
  assert.deepEqual([table.size, table.get(1), table.all()], [0, undefined, []]);
});

test("who has left it is gone with the next collection of young objects", () => {
  const table = createStreamTable<Stream>();
  const comes = (count: number) => {
    const stream = {id: 2 * count + 1, load: Array.from({length: 1000}, () => count)};
    table.add(stream);
    return stream;
  };
  assert.ok(keptBytes(comes, ({id}) => table.delete(id)) < 2e6);
});
