import assert from "node:assert/strict";
import {test} from "node:test";
import {until} from "../../setup/until.ts";
import {answerEvents, ask, DONE, MODEL, startHost, startRig} from "../rig.ts";

test("the admin page tells the policy in force, what was refused, and how deployments are judged", async (t) => {
  const busy = await startHost(t, ({stream}) =>
    stream.respond({":status": 429, "retry-after": "30"}, {endStream: true}),
  );
  const far = await startHost(t, ({stream}) => {
    answerEvents(stream);
    stream.end(DONE);
  });
  const rig = await startRig(t, {hosts: [busy, far]});
  const get = async (path: string) => {
    const answer = await fetch(rig.admin + path);
    return {status: answer.status, text: await answer.text()};
  };
  await ask(rig.client, {headers: {authorization: `Bearer ${await rig.token()}`}});
  assert.deepEqual(await get("/livez"), {status: 200, text: "alive\n"});
  assert.deepEqual(await get("/healthz"), {status: 200, text: "in\n"});
  assert.equal((await get("/secrets")).status, 404);

  const judged = JSON.parse((await get("/deployments")).text);
  assert.deepEqual(
    judged.map(({model, upstream, isFallback, share, waitS}: Record<string, unknown>) => [
      model,
      upstream,
      isFallback,
      share,
      waitS,
    ]),
    [
      [MODEL, "host-0", false, 1, 30],
      [MODEL, "host-1", true, 1, 0],
    ],
  );

  const {inForce, refused} = JSON.parse((await get("/policy")).text);
  assert.deepEqual([Object.keys(inForce.upstreams), refused], [["host-0", "host-1"], null]);
  rig.writePolicy({...rig.policy, upstreams: {}});
  await until(async () => JSON.parse((await get("/policy")).text).refused !== null);
  const now = JSON.parse((await get("/policy")).text);
  assert.match(now.refused, /models\.copilot-codex: "host-0" is not an upstream/);
  assert.deepEqual(now.inForce, inForce);
  assert.match((await get("/metrics")).text, /^meridian_policy_refused 1$/m);
  rig.writePolicy(rig.policy);
  await until(async () => (await rig.metrics()).includes("meridian_policy_refused 0"));
});
