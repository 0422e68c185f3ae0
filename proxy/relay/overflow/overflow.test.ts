import assert from "node:assert/strict";
import {type TestContext, test} from "node:test";
import type {PolicyInput} from "../../policy.ts";
import {ask, type Host, MODEL, type Script, type Seen, startHost, startRig} from "../../rig.ts";

const OVERFLOW = "copilot-nano";
const EDITS = "/chat/completions";
const ANSWER = {choices: [{index: 0, text: "x", message: {content: "x"}, finish_reason: "stop"}]};

/** Answers by the status that its deployment's name begins with, and remembers the order in which it was asked. */
function telling(asked: string[]): Script {
  return ({headers, stream}: Seen) => {
    const name = deploymentOf(headers);
    asked.push(name);
    const status = Number(name.split("-")[0]);
    stream.respond({":status": status, "content-type": "application/json", ...QUOTA[status]});
    stream.end(status === 200 ? JSON.stringify(ANSWER) : "{}");
  };
}

const deploymentOf = ({":path": path = ""}: Seen["headers"]) => path.split("/")[3] as string;
const QUOTA: Record<number, object> = {
  200: {"x-ratelimit-limit-requests": "1000", "x-ratelimit-remaining-requests": "150"},
};

const on = (name: string) => [{upstream: "host-0", name, weight: 1}];

/** One host with deployments of all models, which are asked for as `ask` says. */
async function serving(t: TestContext, models: PolicyInput["models"], upstreams: Upstreams = {}) {
  const asked: string[] = [];
  const host: Host = await startHost(t, telling(asked));
  const own = {url: host.url, api: "azure", apiVersion: "1", credential: {kind: "none"}} as const;
  const rules = {models, upstreams: {"host-0": own, ...upstreams}};
  const rig = await startRig(t, {hosts: [host], rules});
  const token = (user: string) => rig.token({models: Object.keys(models), user});
  return {
    rig,
    host,
    /** What answered, and whom it was asked of before. */
    async complete(model = MODEL, headers: object = {}, user = "anna") {
      asked.length = 0;
      const isChat = ":path" in headers;
      const answer = await ask(rig.client, {
        headers: {
          ":path": `/v1/engines/${model}/completions`,
          authorization: `Bearer ${await token(user)}`,
          ...headers,
        },
        body: JSON.stringify(isChat ? {model, messages: []} : {prompt: "let x"}),
      });
      return {status: answer.status, asked: [...asked], text: answer.text};
    },
  };
}

type Upstreams = PolicyInput["upstreams"];

const STATUSES = [200, 429, 500, 410];

test("whatever each says, the region's own are asked first, the overflow next, other regions last, each once", async (t) => {
  const cases = STATUSES.flatMap((own) =>
    STATUSES.flatMap((over) => STATUSES.map((far) => [own, over, far] as const)),
  );
  const models: PolicyInput["models"] = {};
  for (const [at, [own, over, far]] of cases.entries()) {
    models[`m-${at}`] = {
      ...{deployments: on(`${own}-own-${at}`), fallback: on(`${far}-far-${at}`)},
      overflow: `o-${at}`,
    };
    models[`o-${at}`] = {api: "chat", deployments: on(`${over}-over-${at}`)};
  }
  const {complete} = await serving(t, models);
  for (const [at, [own, over, far]] of cases.entries()) {
    const {status, asked} = await complete(`m-${at}`, {}, `user-${at}`);
    const way = [`${own}-own-${at}`, `${over}-over-${at}`, `${far}-far-${at}`];
    const served = way.findIndex((name) => name.startsWith("200"));
    assert.deepEqual(asked, served < 0 ? way : way.slice(0, served + 1));
    assert.equal(status === 200, served >= 0, `${status} of ${way}`);
  }
});

test("what has no room costs nothing from then on: the overflow is asked at once, in its own way, and counted", async (t) => {
  const {rig, host, complete} = await serving(t, {
    [MODEL]: {deployments: on("429-own"), overflow: OVERFLOW},
    [OVERFLOW]: {api: "chat", deployments: on("200-over"), objective: {firstByteMs: 9000}},
  });
  assert.deepEqual((await complete()).asked, ["429-own", "200-over"]);
  const {status, asked, text} = await complete();
  assert.deepEqual([status, asked, JSON.parse(text).choices[0].text], [200, ["200-over"], "x"]);
  assert.match(await host.seen.at(-1)!.body, /"messages"/);
  const metrics = await rig.metrics();
  const counted = `meridian_overflows_total{model="${MODEL}",overflow="${OVERFLOW}"} 2`;
  assert.ok(metrics.includes(counted), metrics);
  const judged = `meridian_judged_total{model="${OVERFLOW}",objective="model",verdict="good"} 2`;
  assert.ok(metrics.includes(judged), "by the objective of the model that served");
});

test("what failed of late is asked after the overflow", async (t) => {
  const {complete} = await serving(t, {
    [MODEL]: {deployments: on("500-own"), overflow: OVERFLOW},
    [OVERFLOW]: {deployments: on("429-over")},
  });
  for (const user of ["a", "b", "c", "d", "e", "f"]) await complete(MODEL, {}, user);
  const {asked, status} = await complete(MODEL, {}, "g");
  assert.deepEqual([asked, status], [["500-own"], 502], "while the overflow has no room");
});

test("neither overflow nor successor leads a request back to where it has been", async (t) => {
  const {complete} = await serving(t, {
    a: {deployments: on("410-a"), successor: "b", overflow: "c"},
    b: {deployments: on("429-b"), overflow: "a"},
    c: {deployments: on("429-c"), successor: "a"},
  });
  assert.deepEqual((await complete("a")).asked, ["410-a", "429-b", "429-c"]);
  assert.deepEqual((await complete("b")).asked, []);
});

test("while no replica has been found the overflow serves, and says whether it has room", async (t) => {
  const replicas: Upstreams[string] = {
    ...{url: "http://nobody.invalid:8000", api: "openai", protocol: "http/1.1"},
    ...{credential: {kind: "none"}, replicas: true},
  };
  const none = {deployments: [{upstream: "gpu", name: "m", weight: 100}]};
  const {complete} = await serving(
    t,
    {
      [MODEL]: {...none, overflow: OVERFLOW},
      [OVERFLOW]: {deployments: on("200-over")},
      busy: {...none, overflow: "full"},
      full: {deployments: on("429-full")},
      alone: none,
      both: {...none, overflow: "alone"},
    },
    {gpu: replicas},
  );
  assert.deepEqual((await complete()).asked, ["200-over"]);
  const statuses = async (model: string) => (await complete(model)).status;
  assert.equal(await statuses("busy"), 429);
  assert.equal(await statuses("alone"), 502);
  assert.equal(await statuses("both"), 502);
});

test("a call ahead does not go over", async (t) => {
  const {complete} = await serving(t, {
    [MODEL]: {deployments: on("429-own"), overflow: OVERFLOW},
    [OVERFLOW]: {deployments: on("200-over")},
  });
  const {asked} = await complete(MODEL, {"x-copilot-speculative": "true"});
  assert.deepEqual(asked, ["429-own"]);
});

test("once room is short next edits go over first, and what a person types does not", async (t) => {
  const {complete} = await serving(t, {
    [MODEL]: {api: "chat", deployments: on("200-own"), overflow: OVERFLOW},
    [OVERFLOW]: {api: "chat", deployments: on("200-over")},
    full: {api: "chat", deployments: on("200-own"), overflow: "none"},
    none: {api: "chat", deployments: on("429-none")},
  });
  const edit = async (model = MODEL) => (await complete(model, {":path": EDITS})).asked;
  assert.deepEqual(await edit(), ["200-own"], "nothing is known of its quota yet");
  assert.deepEqual(await edit(), ["200-over"]);
  assert.deepEqual((await complete()).asked, ["200-own"]);
  assert.deepEqual(await edit("full"), ["429-none", "200-own"], "where that has no room either");
});
