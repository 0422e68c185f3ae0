import assert from "node:assert/strict";
import {test} from "node:test";
import {until} from "../../setup/until.ts";
import {
  answerEvents,
  ask,
  DONE,
  event,
  type Host,
  judged,
  KEY_SINCE,
  MODEL,
  open,
  type Rig,
  type Script,
  startHost,
  startRig,
} from "../rig.ts";

const ROOM = {"x-ratelimit-limit-tokens": "1000", "x-ratelimit-remaining-tokens": "400"};

const answers: Script = ({stream}) => {
  stream.respond({":status": 200, "content-type": "text/event-stream", ...ROOM});
  stream.write(event("1"));
  setImmediate(() => stream.end(DONE));
};

const streamed = '{"prompt": "let x", "stream": true}';

async function samples({metrics}: Rig, name: string): Promise<Record<string, number>> {
  const lines = (await metrics()).matchAll(
    new RegExp(`^meridian_${name}(\\{.*\\})? (\\S+)$`, "gm"),
  );
  return Object.fromEntries([...lines].map(([, labels = "", value]) => [labels, Number(value)]));
}

const well = async ({client}: Rig) =>
  (await ask(client, {headers: {":path": "/healthz", ":method": "GET"}})).status === 200;

const rigOf = async (t: Parameters<typeof startRig>[0], ...hosts: Host[]) => {
  const rig = await startRig(t, {hosts});
  return {rig, headers: {authorization: `Bearer ${await rig.token()}`}};
};

test("each request that counts for the objective has one verdict; the others have none", async (t) => {
  const script: {now: Script} = {now: answers};
  const {rig, headers} = await rigOf(t, await startHost(t, (seen) => script.now(seen)));
  const verdicts = () => judged(rig);
  assert.deepEqual(await verdicts(), [0, 0, 0]);
  await ask(rig.client, {headers});
  await ask(rig.client, {headers, body: "{"});
  assert.deepEqual(await verdicts(), [1, 0, 0]);
  script.now = (seen) => {
    rig.pass(2000);
    answers(seen);
  };
  await ask(rig.client, {headers});
  assert.deepEqual(await verdicts(), [1, 1, 0]);
  script.now = ({stream}) => {
    answerEvents(stream);
    stream.write(event("1"));
    setImmediate(() => stream.close(8));
  };
  await ask(rig.client, {headers});
  assert.deepEqual(await verdicts(), [1, 1, 1]);
  script.now = ({stream}) => stream.respond({":status": 429}, {endStream: true});
  await ask(rig.client, {headers});
  assert.deepEqual(await verdicts(), [1, 1, 2]);
});

test("a cancel has a verdict where the first byte was late by then: of a slow model nobody waits for the end", async (t) => {
  const script: {now: Script} = {now: ({stream}) => answerEvents(stream)};
  const host = await startHost(t, (seen) => script.now(seen));
  const {rig, headers} = await rigOf(t, host);
  const verdicts = () => judged(rig);
  const crowd = await rig.crowd();
  const leave = async (afterMs: number) => {
    const before = host.seen.length;
    const stream = open(rig.client, {headers: crowd()});
    await until(() => host.seen.length > before);
    rig.pass(afterMs);
    stream.close(8);
    await host.seen[before]!.closed;
  };
  await leave(500);
  assert.deepEqual(await verdicts(), [0, 0, 0]);
  await leave(2000);
  assert.deepEqual(await verdicts(), [0, 1, 0]);
  script.now = ({stream}) => {
    rig.pass(2000);
    answerEvents(stream);
    stream.write(event("1"));
  };
  const stream = open(rig.client, {headers});
  await new Promise((resolve) => stream.once("data", resolve));
  stream.close(8);
  await host.seen[2]!.closed;
  assert.deepEqual(await verdicts(), [0, 2, 0]);
  assert.equal(await well(rig), true);
  for (let left = 0; left < 40; left++) await leave(2000);
  assert.equal(await well(rig), false);
});

test("a cancel is counted where its model host was told of it", async (t) => {
  const host = await startHost(t, ({stream}) => {
    answerEvents(stream);
    stream.write(event("1"));
  });
  const {rig, headers} = await rigOf(t, host);
  const told = async () => (await samples(rig, "upstream_cancels_total"))[""];
  assert.equal(await told(), 0);
  const stream = open(rig.client, {headers});
  await new Promise((resolve) => stream.once("data", resolve));
  stream.close(8);
  await host.seen[0]!.closed;
  await until(async () => (await told()) === 1);
  const early = rig.client.request({":method": "POST", ":path": "/v1/completions", ...headers});
  early.on("error", () => {});
  early.close(8);
  await ask(rig.client, {headers: {...headers, ":path": "/v1/engines/nothing/completions"}});
  assert.equal(await told(), 1);
});

test("tokens that a cancelled answer still had to come are counted by what others had", async (t) => {
  const stalls: Script = ({stream}) => answerEvents(stream);
  const script: {now: Script} = {now: answers};
  const host = await startHost(t, (seen) => script.now(seen));
  const {rig, headers} = await rigOf(t, host);
  await ask(rig.client, {headers, body: streamed});
  script.now = stalls;
  const stream = open(rig.client, {headers, body: streamed});
  await until(() => host.seen.length === 2);
  stream.close(8);
  await until(async () => {
    const spared = await samples(rig, "answer_tokens_spared_total");
    return spared[`{model="${MODEL}"}`]! >= 1;
  });
});

test("sessions, deployments, quotas and keys are told as they are", async (t) => {
  const full = await startHost(t, ({stream}) =>
    stream.respond({":status": 429, "retry-after": "30", ...ROOM}, {endStream: true}),
  );
  const {rig, headers} = await rigOf(t, full, await startHost(t, answers));
  await ask(rig.client, {headers});
  const of = (host: number, role: string) =>
    `{model="${MODEL}",upstream="host-${host}",deployment="codex",role="${role}"}`;
  assert.deepEqual(await samples(rig, "deployment_share"), {
    [of(0, "own")]: 0,
    [of(1, "fallback")]: 1,
  });
  const quota = (host: number) => `{upstream="host-${host}",deployment="codex",unit="tokens"}`;
  assert.deepEqual(await samples(rig, "quota_left"), {[quota(0)]: 400, [quota(1)]: 400});
  assert.deepEqual(await samples(rig, "quota_limit"), {[quota(0)]: 1000, [quota(1)]: 1000});
  assert.deepEqual(await samples(rig, "upstream_sessions_opened_total"), {"": 2});
  assert.deepEqual(await samples(rig, "token_key_timestamp_seconds"), {
    [`{kid="${rig.kid}"}`]: KEY_SINCE,
  });
});
