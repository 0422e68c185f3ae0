import assert from "node:assert/strict";
import {type TestContext, test} from "node:test";
import {until} from "../../setup/until.ts";
import {answerEvents, ask, DONE, MODEL, type Script, startHost, startRig} from "../rig.ts";

const answers: Script = ({stream}) => {
  answerEvents(stream);
  stream.end(DONE);
};

/** A proxy before a host that fails until it is well, and before others that are. */
async function setUp(t: TestContext, others: number) {
  const model = {isWell: false};
  const host = await startHost(t, (seen) => {
    if (model.isWell) answers(seen);
    else seen.stream.respond({":status": 500}, {endStream: true});
  });
  const far = await Promise.all(Array.from({length: others}, () => startHost(t, answers)));
  const rig = await startRig(t, {hosts: [host, ...far]});
  const vote = async () =>
    (await ask(rig.client, {headers: {":path": "/healthz", ":method": "GET"}})).status;
  const crowd = await rig.crowd();
  const complete = () => ask(rig.client, {headers: crowd()});
  return {model, host, rig, vote, complete};
}

test("a proxy whose model fails votes itself out, probes, and is back when the model is", async (t) => {
  const {model, host, vote, complete} = await setUp(t, 0);
  assert.equal(await vote(), 200);
  for (let count = 0; count < 60; count++) await complete();
  assert.equal(await vote(), 500);
  const before = host.seen.length;
  await until(() => host.seen.length > before);
  assert.deepEqual(JSON.parse(await host.seen[before]!.body), {prompt: "x = ", max_tokens: 1});
  assert.equal(await vote(), 500);
  model.isWell = true;
  await until(async () => (await vote()) === 200);
  const after = host.seen.length;
  await new Promise((resolve) => setTimeout(resolve, 1200));
  assert.equal(host.seen.length, after, "a proxy that is in does not probe");
});

test("who is back sends to its own again, and stays", async (t) => {
  const {model, host, vote, complete} = await setUp(t, 1);
  while ((await vote()) === 200) await complete();
  model.isWell = true;
  await until(async () => (await vote()) === 200);
  const probed = host.seen.length;
  for (let count = 0; count < 200; count++) await complete();
  assert.equal(await vote(), 200);
  assert.ok(host.seen.length > probed);
});

test("one of two deployments being gone, a proxy that is out probes the other, and comes back", async (t) => {
  const model = {isWell: true};
  const gone = await startHost(t, ({stream}) =>
    stream.respond({":status": 410}, {endStream: true}),
  );
  const other = await startHost(t, (seen) => {
    if (model.isWell) answers(seen);
    else seen.stream.respond({":status": 500}, {endStream: true});
  });
  const deployments = ["host-0", "host-1"].map((upstream) => ({
    ...{upstream, name: "codex", weight: 1},
  }));
  const rules = {models: {[MODEL]: {deployments}}};
  const rig = await startRig(t, {hosts: [gone, other], rules});
  const vote = async () =>
    (await ask(rig.client, {headers: {":path": "/healthz", ":method": "GET"}})).status;
  const crowd = await rig.crowd();
  while (gone.seen.length === 0) await ask(rig.client, {headers: crowd()});
  model.isWell = false;
  while ((await vote()) === 200) await ask(rig.client, {headers: crowd()});
  model.isWell = true;
  await until(async () => (await vote()) === 200);
  assert.equal(gone.seen.length, 1);
});

test("while a proxy is out no user's request goes to what failed, however long that was ago", async (t) => {
  const {host, rig, vote, complete} = await setUp(t, 1);
  const ofUsers = async () =>
    (await Promise.all(host.seen.map(({body}) => body))).filter((body) => !body.includes("x = "));
  while ((await vote()) === 200) await complete();
  const before = await ofUsers();
  rig.pass(6000);
  const probed = host.seen.length;
  await until(() => host.seen.length > probed);
  for (let count = 0; count < 50; count++) await complete();
  assert.deepEqual(await ofUsers(), before);
});
