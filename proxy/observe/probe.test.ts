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

test("of two models the one that fails puts the proxy out, is named and is asked; the other serves on", async (t) => {
  const model = {isWell: false};
  const broken = await startHost(t, (seen) => {
    if (model.isWell) answers(seen);
    else seen.stream.respond({":status": 500}, {endStream: true});
  });
  const good = await startHost(t, answers);
  const at = (upstream: string) => ({deployments: [{upstream, name: "codex", weight: 1}]});
  const rig = await startRig(t, {
    hosts: [broken, good],
    rules: {models: {[MODEL]: at("host-0"), other: at("host-1")}},
  });
  const users = ["github:1", "github:2", "github:3"];
  const tokens = await Promise.all(
    users.map((user) => rig.token({user, models: [MODEL, "other"]})),
  );
  const complete = (name: string, turn: number) =>
    ask(rig.client, {
      headers: {
        authorization: `Bearer ${tokens[turn % tokens.length]}`,
        ":path": `/v1/engines/${name}/completions`,
      },
    });
  const page = async () => (await fetch(`${rig.admin}/healthz`)).text();
  for (let turn = 0; turn < 60; turn++) {
    await complete(MODEL, turn);
    assert.equal((await complete("other", turn)).status, 200);
  }
  assert.match(
    await page(),
    new RegExp(`^out: misses ${MODEL} \\((\\d+) of \\1 failed here in 60 s\\)\n$`),
  );
  const metrics = await rig.metrics();
  for (const [name, vote] of [
    [MODEL, 0],
    ["other", 1],
  ] as const)
    assert.match(
      metrics,
      new RegExp(`^meridian_model_vote\\{model="${name}",objective="model"\\} ${vote}$`, "m"),
    );
  const [failing, serving] = [broken.seen.length, good.seen.length];
  await until(() => broken.seen.length > failing);
  assert.equal(good.seen.length, serving, "what is well is not probed");
  assert.equal((await complete("other", 0)).status, 200);
  model.isWell = true;
  await until(async () => (await page()) === "in\n");
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
