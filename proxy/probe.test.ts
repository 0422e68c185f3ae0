import assert from "node:assert/strict";
import {test} from "node:test";
import {answerEvents, ask, DONE, type Script, startHost, startRig, until} from "./rig.ts";

test("a proxy whose model fails votes itself out, probes, and is back when the model is", async (t) => {
  let isWell = false;
  const script: Script = ({stream}) => {
    if (!isWell) return stream.respond({":status": 500}, {endStream: true});
    answerEvents(stream);
    stream.end(DONE);
  };
  const host = await startHost(t, script);
  const rig = await startRig(t, {hosts: [host]});
  const vote = async () =>
    (await ask(rig.client, {headers: {":path": "/healthz", ":method": "GET"}})).status;
  const headers = {authorization: `Bearer ${await rig.token()}`};
  assert.equal(await vote(), 200);
  for (let count = 0; count < 20; count++) await ask(rig.client, {headers});
  assert.equal(await vote(), 500);
  const before = host.seen.length;
  await until(() => host.seen.length > before);
  assert.deepEqual(JSON.parse(await host.seen[before]!.body), {prompt: "x = ", max_tokens: 1});
  assert.equal(await vote(), 500);
  isWell = true;
  await until(async () => (await vote()) === 200);
  const after = host.seen.length;
  await new Promise((resolve) => setTimeout(resolve, 1200));
  assert.equal(host.seen.length, after, "a proxy that is in does not probe");
});
