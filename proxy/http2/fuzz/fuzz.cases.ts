import assert from "node:assert/strict";
import type {TestContext} from "node:test";
import {PREFACE} from "../wire.ts";
import {createDice, framesOf, mutate, record, say} from "./fuzz.rig.ts";

const SEED = 20_261_126;

/** Says so many frames to a server and to a client of ours. A throw outside a connection fails the test's process. */
export async function fuzz(t: TestContext, count: number) {
  const {client, server} = await record();
  const roll = createDice(SEED);
  const sessions = {server: framesOf(client.subarray(PREFACE.length)), client: framesOf(server)};
  for (const role of ["server", "client"] as const) {
    assert.ok(sessions[role].length > 15);
    for (let said = 0; said < count; ) {
      const frames = mutate(sessions[role], roll);
      const {closed, streams, sendQueue, output} = await say(role, frames, roll);
      assert.deepEqual([closed, streams.size, sendQueue.length], [true, 0, 0]);
      assert.ok(output.fullBytes < 1 << 20);
      said += frames.length;
    }
    t.diagnostic(`${count} frames to a ${role}, seed ${SEED}`);
  }
}
