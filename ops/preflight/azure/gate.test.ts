import assert from "node:assert/strict";
import {test} from "node:test";
import {createGate} from "./gate.ts";

test("so many run at once, the others in order, and a failure frees its place", async () => {
  const gate = createGate(2);
  const started: number[] = [];
  const ends: ((error?: Error) => void)[] = [];
  const runs = [0, 1, 2, 3].map((index) =>
    gate(async () => {
      started.push(index);
      await new Promise<void>((resolve, reject) => {
        ends[index] = (error) => (error ? reject(error) : resolve());
      });
      return index;
    }),
  );
  const turns = async () => new Promise((resolve) => setImmediate(resolve));
  await turns();
  assert.deepEqual(started, [0, 1]);
  ends[1]!(new Error("lost"));
  await assert.rejects(runs[1]!, {message: "lost"});
  await turns();
  assert.deepEqual(started, [0, 1, 2]);
  ends[0]!();
  ends[2]!();
  await turns();
  ends[3]!();
  assert.deepEqual(await Promise.all([runs[0], runs[2], runs[3]]), [0, 2, 3]);
});
