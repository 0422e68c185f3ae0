import assert from "node:assert/strict";
import {test} from "node:test";
import {connectClient, startServer} from "./http2.rig.ts";
import {urgencyOf} from "./priority.ts";
import {end, writeHeaders} from "./sending.ts";
import {FIRST_WINDOW} from "./wire.ts";

const urgencies: Record<string, number> = {
  "u=0": 0,
  "u=7": 7,
  "u=1, i": 1,
  "i, u=5": 5,
  "u=5;a=1": 5,
  "u=5, u=1": 1,
  "": 3,
  i: 3,
  "u=8": 3,
  "u=-1": 3,
  "u=11": 3,
  u: 3,
  "xu=1": 3,
};

for (const [field, urgency] of Object.entries(urgencies))
  test(`priority: "${field}" is an urgency of ${urgency}`, () =>
    assert.equal(urgencyOf(field), urgency));

test("of requests that wait for a host's window the more urgent go first, whoever came first", async (t) => {
  const order: string[] = [];
  const port = await startServer(t, ({stream, fields}) => {
    order.push(fields.priority ?? "none");
    writeHeaders(stream, {":status": 200});
    end(stream);
  });
  const {ask} = await connectClient(t, port);
  const post = (priority?: string) => {
    const fields = {":method": "POST", ":scheme": "http", ":authority": "a", ":path": "/"};
    // Each as large as the window of the whole connection, before the host has opened that.
    return ask({...fields, priority}, Buffer.alloc(FIRST_WINDOW));
  };
  await Promise.all(["u=6", undefined, "u=7", "u=5", "u=1, i", "u=2"].map(post));
  assert.deepEqual(order, ["u=6", "u=1, i", "u=2", "none", "u=5", "u=7"]);
});
