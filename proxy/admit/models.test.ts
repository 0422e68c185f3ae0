import assert from "node:assert/strict";
import {describe, test} from "node:test";
import {answerEvents, ask, DONE, event, MODEL, startHost, startRig} from "../rig.ts";

interface ModelList {
  readonly data: {
    id: string;
    model_picker_enabled: boolean;
    capabilities: {type: string; tokenizer: string};
  }[];
}

describe("GET /models", () => {
  for (const path of ["/models", "/v1/models"])
    test(`${path} lists what the token covers and the region serves, as editors choose it`, async (t) => {
      const rig = await startRig(t, {hosts: [await startHost(t, () => {})]});
      const authorization = `Bearer ${await rig.token({models: [MODEL, "elsewhere"]})}`;
      const headers = {":method": "GET", ":path": path, authorization};
      const {status, text} = await ask(rig.client, {headers, body: ""});
      const {data} = JSON.parse(text) as ModelList;
      const shown = data.map(({id, model_picker_enabled, capabilities: {type, tokenizer}}) => ({
        ...{id, model_picker_enabled, type, tokenizer},
      }));
      const model = {id: MODEL, model_picker_enabled: true, type: "completion"};
      assert.deepEqual([status, shown], [200, [{...model, tokenizer: "o200k_base"}]]);
    });

  test("without a token it lists nothing, by another method it says so", async (t) => {
    const rig = await startRig(t, {hosts: [await startHost(t, () => {})]});
    const get = await ask(rig.client, {headers: {":method": "GET", ":path": "/models"}, body: ""});
    const post = await ask(rig.client, {headers: {":path": "/models"}});
    const codes = [get, post].map(({status, text}) => [status, JSON.parse(text).error.code]);
    assert.deepEqual(codes, [
      [401, "token_missing"],
      [405, "method_wrong"],
    ]);
  });
});

describe("names that a model answers to", () => {
  const asked = ["copilot-codex", "gpt-41-copilot", "copilot-small", "any-other", "constructor"];
  const cases: Record<string, [aliases: string[], served: (string | undefined)[]]> = {
    "its own alone": [[], ["codex", undefined, "small", undefined, undefined]],
    "an alias": [["gpt-41-copilot"], ["codex", "codex", "small", undefined, undefined]],
    "any that no other has": [["*"], ["codex", "codex", "small", "codex", "codex"]],
  };
  for (const [what, [aliases, served]] of Object.entries(cases))
    test(what, async (t) => {
      const host = await startHost(t, ({stream}) => {
        answerEvents(stream);
        stream.end(event("well") + DONE);
      });
      const deploymentOf = (name: string) => ({upstream: "host-0", name, weight: 1});
      const models = {
        [MODEL]: {aliases, deployments: [deploymentOf("codex")]},
        "copilot-small": {deployments: [deploymentOf("small")]},
      };
      const {client, token} = await startRig(t, {hosts: [host], rules: {models}});
      const authorization = `Bearer ${await token({models: [MODEL, "copilot-small"]})}`;
      const answers = [];
      for (const name of asked)
        answers.push(
          await ask(client, {
            headers: {":path": `/v1/engines/${name}/completions`, authorization},
          }),
        );
      const paths = host.seen.map(({headers}) => headers[":path"]?.split("/")[3]);
      assert.deepEqual(
        answers.map(({status}) => (status === 200 ? paths.shift() : undefined)),
        served,
      );
    });
});
