import assert from "node:assert/strict";
import {constants} from "node:http2";
import {test} from "node:test";
import {until} from "../../setup/until.ts";
import type {PolicyInput} from "../policy.ts";
import {
  answerEvents,
  ask,
  DONE,
  event,
  MODEL,
  open,
  type Script,
  startHost,
  startRig,
} from "../rig.ts";

const complete: Script = ({stream}) => {
  answerEvents(stream);
  stream.end(event("x") + DONE);
};
const silent: Script = () => {};

/** A primary host, and one that only mirrors reach. */
async function between(
  t: Parameters<typeof startHost>[0],
  scripts: {primary: Script; mirror: Script},
  changes: Partial<NonNullable<PolicyInput["mirrors"]>[number]> = {},
) {
  const primary = await startHost(t, scripts.primary);
  const mirror = await startHost(t, scripts.mirror);
  const rig = await startRig(t, {
    hosts: [primary, mirror],
    rules: {
      models: {
        [MODEL]: {deployments: [{upstream: "host-0", name: "codex", weight: 1}]},
        next: {deployments: [{upstream: "host-1", name: "next", weight: 1}]},
      },
      mirrors: [{name: "m", share: 100, model: "next", ...changes}],
    },
  });
  const headers = {authorization: `Bearer ${await rig.token()}`};
  const counts = async () =>
    [...(await rig.metrics()).matchAll(/^meridian_mirrors_total\{(.*)\} (\d+)$/gm)]
      .map(([, labels, count]) => `${labels!.replaceAll('"', "")} ${count}`)
      .toSorted();
  return {primary, mirror, rig, headers, counts};
}

test("a request is copied, and the client gets the primary's answer alone", async (t) => {
  const {primary, mirror, rig, headers, counts} = await between(t, {
    primary: complete,
    mirror: ({stream}) => {
      answerEvents(stream);
      stream.end(event("other") + DONE);
    },
  });
  const answer = await ask(rig.client, {headers});
  assert.deepEqual([answer.status, answer.text], [200, event("x") + DONE]);
  assert.equal(await mirror.seen[0]!.body, await primary.seen[0]!.body);
  const urgencies = [primary, mirror].map(({seen}) => seen[0]!.headers.priority);
  assert.deepEqual(urgencies, ["u=1, i", "u=7"]);
  assert.match(String(mirror.seen[0]!.headers[":path"]), /deployments\/next\//);
  await until(async () => (await counts()).length === 2);
  assert.deepEqual(await counts(), [
    "mirror=m,side=mirror,outcome=success 1",
    "mirror=m,side=primary,outcome=success 1",
  ]);
});

test("a mirror that fails or is silent is nobody's failure, and is given up", async (t) => {
  const failing = await between(t, {
    primary: complete,
    mirror: ({stream}) => stream.close(constants.NGHTTP2_INTERNAL_ERROR),
  });
  assert.equal((await ask(failing.rig.client, {headers: failing.headers})).status, 200);
  await until(async () =>
    (await failing.counts()).includes("mirror=m,side=mirror,outcome=error 1"),
  );
  const mute = await between(t, {primary: complete, mirror: silent}, {timeoutMs: 100});
  assert.equal((await ask(mute.rig.client, {headers: mute.headers})).status, 200);
  assert.equal(await mute.mirror.seen[0]!.closed, constants.NGHTTP2_CANCEL);
  await until(async () => (await mute.counts()).includes("mirror=m,side=mirror,outcome=timeout 1"));
});

test("a cancel reaches both", async (t) => {
  const {primary, mirror, rig, headers, counts} = await between(
    t,
    {primary: silent, mirror: silent},
    {timeoutMs: 60_000},
  );
  const stream = open(rig.client, {headers});
  await until(() => primary.seen.length === 1 && mirror.seen.length === 1);
  stream.close(constants.NGHTTP2_CANCEL);
  assert.deepEqual(await Promise.all([primary.seen[0]!.closed, mirror.seen[0]!.closed]), [
    constants.NGHTTP2_CANCEL,
    constants.NGHTTP2_CANCEL,
  ]);
  assert.deepEqual(await counts(), ["mirror=m,side=mirror,outcome=cancelled 1"]);
});

test("no more copies are under way than the mirror's budget", async (t) => {
  const {primary, mirror, rig, headers} = await between(
    t,
    {primary: complete, mirror: silent},
    {streams: 2},
  );
  for (let count = 0; count < 5; count++)
    assert.equal((await ask(rig.client, {headers})).status, 200);
  await until(() => primary.seen.length === 5 && mirror.seen.length >= 2);
  assert.equal(mirror.seen.length, 2);
});

test("once a mirror's deployment says that its room is short, it is people's alone", async (t) => {
  const {primary, mirror, rig, headers} = await between(t, {
    primary: complete,
    mirror: ({stream}) => {
      stream.respond({
        ":status": 200,
        "x-ratelimit-limit-tokens": "1000",
        "x-ratelimit-remaining-tokens": "200",
      });
      stream.end("{}");
    },
  });
  await ask(rig.client, {headers});
  await until(() => mirror.seen[0]?.stream.closed === true);
  for (let count = 0; count < 3; count++) await ask(rig.client, {headers});
  assert.deepEqual([primary.seen.length, mirror.seen.length], [4, 1]);
});

test("a mirror copies only what it concerns", async (t) => {
  const {primary, mirror, rig, headers} = await between(
    t,
    {primary: complete, mirror: complete},
    {when: {languages: ["go"]}},
  );
  await ask(rig.client, {headers});
  await ask(rig.client, {headers, body: '{"extra": {"language": "go"}}'});
  await until(() => primary.seen.length === 2 && mirror.seen.length === 1);
});
