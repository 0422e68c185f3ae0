import assert from "node:assert/strict";
import {test} from "node:test";
import {clientOf} from "../admit/client.ts";
import {rulesSchema} from "../policy.ts";
import {answerEvents, ask, DONE, MODEL, startHost, startRig} from "../rig.ts";
import {assign} from "./experiment.ts";

const {experiments} = rulesSchema.parse({
  experiments: [
    {
      name: "python",
      when: {languages: ["python"]},
      arms: [
        {name: "a", weight: 3},
        {name: "b", weight: 1},
      ],
    },
    {
      name: "all",
      arms: [
        {name: "a", weight: 1},
        {name: "b", weight: 1},
      ],
    },
  ],
});
const asker = {model: MODEL, client: clientOf({}), language: "python"};
const armOf = (user: string, language = "python") =>
  assign(experiments, {...asker, language, user})?.label;

test("users are spread over arms by weight, and each stays in its own", () => {
  const users = Array.from({length: 4000}, (_, index) => `github:${index}`);
  const arms = users.map((user) => armOf(user));
  assert.deepEqual(
    arms,
    users.map((user) => armOf(user)),
  );
  const share = arms.filter((arm) => arm === "python/a").length / arms.length;
  assert.ok(Math.abs(share - 0.75) < 0.03, `${share}`);
  assert.deepEqual(new Set(arms), new Set(["python/a", "python/b"]));
});

test("a request is part of the first experiment that concerns it, and of none without one", () => {
  assert.match(armOf("github:1", "go") ?? "", /^all\//);
  assert.equal(assign(experiments.slice(0, 1), {...asker, language: "go", user: "u"}), undefined);
});

test("an arm changes mutations, model and deployment, and is told in header and metrics", async (t) => {
  const host = await startHost(t, ({stream}) => {
    answerEvents(stream);
    stream.end(DONE);
  });
  const deployment = (name: string, weight: number) => ({upstream: "host-0", name, weight});
  const askIn = async (arm: Record<string, unknown>) => {
    const rig = await startRig(t, {
      hosts: [host],
      rules: {
        models: {
          [MODEL]: {deployments: [deployment("codex", 1e9), deployment("reserved", 1e-9)]},
          small: {deployments: [deployment("small", 1)]},
        },
        experiments: [
          {
            name: "e",
            arms: [
              {name: "other", weight: 1e-9},
              {name: "arm", weight: 1e9, ...arm},
            ],
          },
        ],
      },
    });
    const answer = await ask(rig.client, {
      headers: {authorization: `Bearer ${await rig.token()}`},
    });
    const seen = host.seen.at(-1)!;
    const metrics = await rig.metrics();
    assert.match(metrics, /meridian_requests_total\{[^}]*arm="e\/arm",outcome="success"\} 1/);
    assert.equal(answer.headers["x-meridian-arm"], "e/arm");
    const path = String(seen.headers[":path"]).split("/")[3];
    return [answer.status, path, JSON.parse(await seen.body)];
  };
  const asked = {prompt: "let x", stream: true};
  assert.deepEqual(await askIn({}), [200, "codex", asked]);
  assert.deepEqual(await askIn({mutations: [{name: "m", set: {n: 2}}]}), [
    200,
    "codex",
    {...asked, n: 2},
  ]);
  assert.deepEqual(await askIn({model: "small"}), [200, "small", asked]);
  assert.deepEqual(await askIn({model: "elsewhere"}), [200, "codex", asked]);
  assert.deepEqual(await askIn({deployment: "reserved"}), [200, "reserved", asked]);
  assert.deepEqual(await askIn({deployment: "elsewhere"}), [200, "codex", asked]);
});
