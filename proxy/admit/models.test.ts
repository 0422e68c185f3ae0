import assert from "node:assert/strict";
import {describe, test} from "node:test";
import fc from "fast-check";
import type {Policy} from "../policy.ts";
import {answerEvents, ask, DONE, event, MODEL, startHost, startRig} from "../rig.ts";
import {modelNamed} from "./models.ts";

interface ModelList {
  readonly data: {
    id: string;
    model_picker_enabled: boolean;
    capabilities: {type: string; tokenizer: string};
  }[];
  readonly models: unknown[];
}

describe("GET /models", () => {
  for (const path of ["/models", "/v1/models"])
    test(`${path} lists what the token covers and the region serves, as editors choose it`, async (t) => {
      const rig = await startRig(t, {hosts: [await startHost(t, () => {})]});
      const authorization = `Bearer ${await rig.token({models: [MODEL, "elsewhere"]})}`;
      const headers = {":method": "GET", ":path": path, authorization};
      const {status, text} = await ask(rig.client, {headers, body: ""});
      const {data, models} = JSON.parse(text) as ModelList;
      const shown = data.map(({id, model_picker_enabled, capabilities: {type, tokenizer}}) => ({
        ...{id, model_picker_enabled, type, tokenizer},
      }));
      const model = {id: MODEL, model_picker_enabled: true, type: "completion"};
      assert.deepEqual([status, shown, models], [200, [{...model, tokenizer: "o200k_base"}], []]);
    });

  test("it lists for next edits what chats, and nothing that is not served or not covered", async (t) => {
    const deployments = [{upstream: "host-0", name: "x", weight: 1}];
    const chat = {api: "chat" as const, deployments};
    const pro = {api: "responses" as const, deployments};
    const models = {[MODEL]: {deployments}, edits: chat, pro, forbidden: chat};
    const rig = await startRig(t, {hosts: [await startHost(t, () => {})], rules: {models}});
    const authorization = `Bearer ${await rig.token({models: [MODEL, "edits", "pro", "elsewhere"]})}`;
    const headers = {":method": "GET", ":path": "/models", authorization};
    const {text} = await ask(rig.client, {headers, body: ""});
    const list = JSON.parse(text) as ModelList;
    const capabilities = {promptStrategy: "copilotNesXtab"};
    const listed = {name: "edits", serviceType: "NESChat", provider: "meridian", capabilities};
    assert.deepEqual(list.models, [listed, {...listed, name: "pro"}]);
    assert.deepEqual(
      list.data.map(({id}) => id),
      [MODEL, "edits", "pro"],
    );
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
    "any that begins so": [
      ["gpt-*", "copilot-*"],
      ["codex", "codex", "small", undefined, undefined],
    ],
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

/** Names so short that they, and what aliases say of them, meet all the time. */
const names = fc.string({unit: fc.constantFrom("a", "b"), minLength: 1, maxLength: 4});
const aliases = fc.oneof(
  names,
  names.map((name) => `${name}*`),
  fc.constant("*"),
);

/** Which model has which alias; no two have the same, as regions.yaml is checked for. */
const owners = fc
  .record({
    models: fc.uniqueArray(names, {minLength: 1, maxLength: 4}),
    given: fc.uniqueArray(fc.tuple(aliases, fc.nat()), {selector: ([alias]) => alias}),
  })
  .map(({models, given}) =>
    models.map((model, place) => ({
      model,
      aliases: given.filter(([, at]) => at % models.length === place).map(([alias]) => alias),
    })),
  );

test("the most specific of all names and aliases says which model is asked, in any order", () =>
  fc.assert(
    fc.property(owners, names, (owners, name) => {
      const ownerOf = (alias: string) => owners.find(({aliases}) => aliases.includes(alias))?.model;
      const beginnings = [...name, ""].map((_, cut) => `${name.slice(0, name.length - cut)}*`);
      const own = owners.find(({model}) => model === name)?.model;
      const wanted = [own, ...[name, ...beginnings].map(ownerOf)].find((model) => model);
      for (const order of [owners, owners.toReversed()])
        assert.equal(modelNamed(policyOf(order), name), wanted);
    }),
    {numRuns: 3000, seed: 1},
  ));

const policyOf = (owners: readonly {model: string; aliases: string[]}[]) => {
  const models = owners.map(({model, aliases}) => [model, {aliases}] as const);
  return {models: Object.fromEntries(models)} as unknown as Policy;
};
